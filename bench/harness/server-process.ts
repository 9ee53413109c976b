import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 600_000;
const COLLECT_PATH = fileURLToPath(new URL('./collect-on-signal.cjs', import.meta.url));

/** Whether processes can be bound to a core: the server gets core 0, the load generator core 1. */
export const canPin = cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0;

/** `command` bound to one core where the machine can. */
export function pinned(core: number, command: readonly string[]): [string, ...string[]] {
  const words = canPin ? ['taskset', '-c', String(core), ...command] : [...command];
  return words as [string, ...string[]];
}

/** A peer's server in a process of its own. */
export class ServerProcess {
  readonly port: number;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #complaints: string[];

  private constructor(child: ChildProcess, pid: number, port: number, complaints: string[]) {
    this.#child = child;
    this.pid = pid;
    this.port = port;
    this.#complaints = complaints;
  }

  /**
   * Starts `node <args> <dataFolder>`, which must print one JSON line `{"port": number}` when it listens.
   * Throws when it ends or stays silent instead.
   */
  static async start(args: readonly string[], dataFolder: string): Promise<ServerProcess> {
    // --expose-gc for every peer alike: memory is read after a collection, so that "kept" means kept.
    const node = [process.execPath, '--expose-gc', '--require', COLLECT_PATH, ...args, dataFolder];
    const [command, ...rest] = pinned(0, node);
    const child = spawn(command, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    const complaints: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => complaints.length < 40 && complaints.push(line));
    const port = await portOf(child, complaints);
    return new ServerProcess(child, child.pid as number, port, complaints);
  }

  /** CPU time used so far by all threads, user and system, in ms. */
  cpuMs(): number {
    return cpuMs(this.pid);
  }

  /** Resident memory in bytes, and the share of it that is the process's own (PSS). */
  memory(): { rss: number; pss: number } {
    const field = (text: string, name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1024;
    return {
      rss: field(readFileSync(`/proc/${this.pid}/status`, 'utf8'), 'VmRSS'),
      pss: field(readFileSync(`/proc/${this.pid}/smaps_rollup`, 'utf8'), 'Pss'),
    };
  }

  /** Makes the server collect its garbage and give it a moment to hand pages back. */
  async collectGarbage(): Promise<void> {
    process.kill(this.pid, 'SIGUSR2');
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }

  /** Stops it in order (SIGTERM) and waits until it has ended. Throws when it fails to. */
  async stop(): Promise<void> {
    const ended = this.#ended(STOP_LIMIT_MS);
    this.#child.kill('SIGTERM');
    const code = await ended;
    if (code !== 0) throw new Error(`server ended with ${code}: ${this.#complaints.join('\n')}`);
  }

  /** Ends it at once (SIGKILL), as a crash would. */
  async crash(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = this.#ended(STOP_LIMIT_MS);
    this.#child.kill('SIGKILL');
    await ended;
  }

  async #ended(limitMs: number): Promise<number | string> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const [code, signal] = await once(this.#child, 'exit', { signal: AbortSignal.timeout(limitMs) });
    return code ?? signal;
  }
}

async function portOf(child: ChildProcess, complaints: readonly string[]): Promise<number> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const port = new Promise<number>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`server is silent\n${complaints.join('\n')}`)), START_LIMIT_MS);
    lines.on('line', (line) => {
      const said = /^\{"port":(\d+)\}$/.exec(line);
      if (said === null) return;
      clearTimeout(limit);
      resolve(Number(said[1]));
    });
    child.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`server ended with ${code}\n${complaints.join('\n')}`));
    });
  });
  return port;
}

/** CPU time of a process in ms: nanosecond counters of its threads where the kernel has them, else ticks of 10 ms. */
export function cpuMs(pid: number): number {
  // Threads that have ended are missing from /proc/PID/task, so the ticks of the whole process are the lower bound.
  const ticks = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const tickMs = (Number(ticks[11]) + Number(ticks[12])) * 10;
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const read = scheduledNanoseconds(`/proc/${pid}/task/${thread}/schedstat`);
    if (read === undefined) return tickMs;
    nanoseconds += read;
  }
  return Math.max(nanoseconds / 1e6, tickMs - 10);
}

function scheduledNanoseconds(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8').split(' ')[0]);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
