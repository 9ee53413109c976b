import { randomFillSync } from 'node:crypto';
import { pool } from '../harness/pool.ts';
import { seededRandom, shuffled } from '../harness/random.ts';
import type { Measures } from '../harness/rounds.ts';
import { Histogram } from '../harness/stats.ts';
import { type Counters, difference, type Engine, type EngineKind } from './engine.ts';
import { measureReading, TAIL_RECORDS } from './reading.ts';
import { type Step, steps } from './steps.ts';

const RECORD_BYTES = 325;
const FILLED_AT_ONCE = 1_000;
/** Bodies are cut out of this: sealed bytes look random, and making them must not be what is measured. */
const NOISE = randomFillSync(new Uint8Array(1 << 20));

interface Sizes {
  documents: number;
  /** Before anything is measured. */
  records: number;
  /** Of the documents: those with a tail of 200 records, at the end of the numbers. */
  tails: number;
  warmUpMs: number;
  windowMs: number;
}

const FULL: Sizes = { documents: 2_000, records: 40_000, tails: 60, warmUpMs: 500, windowMs: 4_000 };
const QUICK: Sizes = { documents: 1_000, records: 8_000, tails: 16, warmUpMs: 200, windowMs: 800 };

/** Everything that is measured of one engine. */
export async function measureStore(
  kind: EngineKind,
  { folder, round, quick }: { folder: string; round: number; quick: boolean },
): Promise<Measures> {
  const sizes = quick ? QUICK : FULL;
  const engine = await kind.open(folder, sizes.documents);
  const load = new StoreLoad(engine, sizes, seededRandom(500 + round));
  const emptyBytes = await engine.bytes();
  await load.fill();
  await engine.merge();
  const measures: Measures = {
    bytesPerDocument: engine.bytesPerDocument ?? Number.NaN,
    bytesPerRecord: ((await engine.bytes()) - emptyBytes) / load.records,
  };
  const before = await engine.counters();
  const syncsBefore = await engine.syncs?.();
  for (const step of steps) {
    await load.offer(step, sizes.warmUpMs);
    const measured = await load.offer(step, sizes.windowMs);
    for (const [name, value] of Object.entries(measured)) measures[`${step.name}.${name}`] = value;
  }
  await engine.merge();
  const used = difference(before, await engine.counters());
  measures.writtenBytesMerged = used.writtenBytes / used.records;
  measures.bytesBesideBody = ((await engine.bytes()) - emptyBytes - load.bodyBytes) / load.records;
  if (engine.reading !== undefined) {
    const first = sizes.documents - sizes.tails;
    Object.assign(measures, await measureReading(engine, engine.reading, first, sizes.documents));
  }
  if (syncsBefore !== undefined) {
    measures.syncsPerCommit = (((await engine.syncs?.()) ?? Number.NaN) - syncsBefore) / used.commits;
  }
  await engine.close();
  return Object.fromEntries(Object.entries(measures).filter(([, value]) => Number.isFinite(value)));
}

/** Writes to one engine, and counts what. */
class StoreLoad {
  readonly #engine: Engine;
  readonly #sizes: Sizes;
  readonly #random: () => number;
  records = 0;
  bodyBytes = 0;

  constructor(engine: Engine, sizes: Sizes, random: () => number) {
    this.#engine = engine;
    this.#sizes = sizes;
    this.#random = random;
  }

  /** Records of all documents in a seeded disorder, so that no document lies in one piece. */
  async fill(): Promise<void> {
    const { documents, records, tails } = this.#sizes;
    const others = documents - tails;
    const order = shuffled(records, this.#random);
    await pool(records, FILLED_AT_ONCE, async (index) => {
      const place = order[index] as number;
      const isTail = place < tails * TAIL_RECORDS;
      await this.#append(isTail ? others + (place % tails) : Math.floor(this.#random() * others), RECORD_BYTES);
    });
  }

  /** So many writers, each of which waits for its record before it writes the next one. */
  async offer(step: Step, ms: number): Promise<Measures> {
    const latency = new Histogram();
    const documents = step.isHot ? 1 : this.#sizes.documents - this.#sizes.tails;
    const before = await this.#engine.counters();
    const started = performance.now();
    await Promise.all(
      Array.from({ length: step.waiting }, async () => {
        while (performance.now() - started < ms) {
          const at = performance.now();
          await this.#append(Math.floor(this.#random() * documents), step.bytes);
          latency.add(performance.now() - at);
        }
      }),
    );
    const elapsed = performance.now() - started;
    const used = difference(before, await this.#engine.counters());
    return { perSecond: (latency.count / elapsed) * 1000, ...perAppend(used, latency) };
  }

  async #append(document: number, bytes: number): Promise<void> {
    const start = Math.floor(this.#random() * (NOISE.length - bytes));
    const failure = await this.#engine.append(document, NOISE.subarray(start, start + bytes));
    if (failure !== undefined) throw new Error(`an append failed: ${failure}`);
    this.records += 1;
    this.bodyBytes += bytes;
  }
}

function perAppend(used: Counters, latency: Histogram): Measures {
  return {
    p50Ms: latency.percentile(0.5),
    p95Ms: latency.percentile(0.95),
    clientCpuMsPer1000: (used.clientCpuMs / latency.count) * 1000,
    serverCpuMsPer1000: (used.serverCpuMs / latency.count) * 1000,
    writtenBytes: used.writtenBytes / latency.count,
    walBytes: used.walBytes / latency.count,
    recordsPerCommit: used.records / used.commits,
  };
}
