import { GENERATOR_LIMIT_PERCENT, LATE_MS } from '../harness/doubts.ts';
import { sleep } from '../harness/pool.ts';
import { machineCpuMs } from '../harness/process-usage.ts';
import type { Measures } from '../harness/rounds.ts';
import { Histogram } from '../harness/stats.ts';
import { typingSchedule } from '../harness/typing.ts';
import type { Crowd, ReadyLetter } from './crowd.ts';
import type { Load } from './loads.ts';
import type { PartUsage, Servers } from './servers.ts';

/** Nobody notices a tenth of a second. */
const MOST_P95_MS = 100;
/** Less than this share of what is due, and the servers fall behind: what is on its way counts for little in a window. */
const LEAST_PERCENT = 95;
const DRAIN_MS = 10_000;

export interface StepWindow {
  warmUpMs: number;
  windowMs: number;
}

export interface StepResult {
  measures: Measures;
  isHeld: boolean;
  /** All that was sent has arrived in the end, and nothing was refused. */
  isClean: boolean;
}

/** One rate, offered for a while. */
export class StepRun {
  readonly #crowd: Crowd;
  readonly #servers: Servers;
  readonly #load: Load;
  readonly #source: string;

  constructor(crowd: Crowd, servers: Servers, load: Load, source: string) {
    this.#crowd = crowd;
    this.#servers = servers;
    this.#load = load;
    this.#source = source;
  }

  async run(rate: number, { warmUpMs, windowMs }: StepWindow, random: () => number): Promise<StepResult> {
    const crowd = this.#crowd;
    const keysPerWriter = rate / this.#load.perKey(this.#load.groups) / crowd.writers.length;
    const durationMs = warmUpMs + windowMs;
    const keys = typingSchedule(crowd.writers.length, keysPerWriter, durationMs, random);
    const letters = await crowd.seal(this.#load.letters(keys, durationMs), this.#source);
    const lag = new Histogram();
    const sending = send(crowd, letters, lag);
    await sleep(warmUpMs);
    const measured = await this.#measure(windowMs);
    await sending;
    const isClean = (await this.#drained()) && crowd.refusal === undefined;
    const measures: Measures = { ...measured, offeredPerSecond: rate, generatorLagP95Ms: lag.percentile(0.95) };
    return { measures, isClean, isHeld: isClean && holds(measures) };
  }

  async #measure(windowMs: number): Promise<Measures> {
    const crowd = this.#crowd;
    const servers = await this.#servers.usage();
    crowd.deliveries.latency = new Histogram();
    crowd.ackLatency = new Histogram();
    const start = { at: performance.now(), ...this.#load.progress(crowd), machine: machineCpuMs() };
    const own = process.cpuUsage();
    await sleep(windowMs);
    const ownCpu = process.cpuUsage(own);
    const { done, due } = this.#load.progress(crowd);
    const elapsed = performance.now() - start.at;
    const machine = machineCpuMs() - start.machine;
    const latency = this.#load.name === 'delivered' ? crowd.deliveries.latency : crowd.ackLatency;
    const generator = (ownCpu.user + ownCpu.system) / 1000;
    const count = done - start.done;
    const used = difference(servers, await this.#servers.usage());
    const parts = { relays: used.relaysCpuMs, postgres: used.postgresCpuMs, nats: used.natsCpuMs, generator };
    const measures: Measures = {
      perSecond: (count / elapsed) * 1000,
      donePercent: (100 * count) / (due - start.due),
      p50Ms: latency.percentile(0.5),
      p95Ms: latency.percentile(0.95),
      elsewhereCpuPercent: (100 * Math.max(0, machine - sumOf(Object.values(parts)))) / elapsed,
      writtenBytes: used.writtenBytes / count,
      walBytes: used.walBytes / count,
      busMessages: used.busMessages / count,
      busBytes: used.busBytes / count,
      relayMemoryMb: this.#servers.relayMemory() / 1e6,
    };
    for (const [part, ms] of Object.entries(parts)) {
      measures[`${part}CpuMsPer1000`] = (ms / count) * 1000;
      measures[`${part}CpuPercent`] = (100 * ms) / elapsed;
    }
    return measures;
  }

  /** Waits until all that is due has arrived; false when the servers do not get there. */
  async #drained(): Promise<boolean> {
    for (const started = performance.now(); performance.now() - started < DRAIN_MS; await sleep(50)) {
      const { done, due } = this.#load.progress(this.#crowd);
      const { acknowledged, records, refusal } = this.#crowd;
      if (refusal !== undefined) return false;
      if (done >= due && acknowledged >= records) return true;
    }
    return false;
  }
}

/** Strikes each letter in its time; `lag`: how late, which grows when the generator cannot keep up. */
async function send(crowd: Crowd, letters: readonly ReadyLetter[], lag: Histogram): Promise<void> {
  const start = performance.now();
  for (const letter of letters) {
    for (let now = performance.now(); letter.atMs > now - start; now = performance.now()) await sleep(1);
    lag.add(performance.now() - start - letter.atMs);
    crowd.send(letter);
  }
}

function holds({ p95Ms, donePercent, generatorCpuPercent, generatorLagP95Ms }: Measures): boolean {
  return (
    (p95Ms ?? Number.POSITIVE_INFINITY) <= MOST_P95_MS &&
    (donePercent ?? 0) >= LEAST_PERCENT &&
    (generatorCpuPercent ?? 0) <= GENERATOR_LIMIT_PERCENT &&
    (generatorLagP95Ms ?? 0) <= LATE_MS
  );
}

function difference(before: PartUsage, after: PartUsage): PartUsage {
  const names = Object.keys(after) as (keyof PartUsage)[];
  return Object.fromEntries(names.map((name) => [name, after[name] - before[name]])) as Record<keyof PartUsage, number>;
}

function sumOf(values: readonly number[]): number {
  return values.filter((value) => !Number.isNaN(value)).reduce((sum, value) => sum + value, 0);
}
