import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cpuMs } from './process-usage.ts';

const START_LIMIT_MS = 20_000;
const SWEEP_MS = 1_500;
const STOP_LIMIT_MS = 600_000;
const COLLECT_PATH = fileURLToPath(new URL('./collect-on-signal.ts', import.meta.url));

/** Whether processes can be bound to a core: the server gets core 0, the load generator core 1. */
export const canPin = cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0;

/** `command` bound to one core where the machine can; without a core it is left free. */
export function pinned(core: number | undefined, command: readonly string[]): [string, ...string[]] {
  const words = canPin && core !== undefined ? ['taskset', '-c', String(core), ...command] : [...command];
  return words as [string, ...string[]];
}

/** A peer's server in a process of its own. */
export class ServerProcess {
  /** The first lines that servers of this process wrote on standard error: why, when a cell fails. */
  static readonly complaints: string[] = [];
  static readonly #running = new Set<ChildProcess>();
  readonly port: number;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  private constructor(child: ChildProcess, lines: Interface, port: number) {
    this.#child = child;
    this.#lines = lines;
    this.pid = child.pid as number;
    this.port = port;
  }

  /**
   * Starts `node <args> <dataFolder>`, which must print one JSON line `{"port": number}` when it listens.
   * Throws when it ends or stays silent instead.
   */
  static async start(args: readonly string[], dataFolder: string): Promise<ServerProcess> {
    // --expose-gc for every peer alike: memory is read after a collection, so that "kept" means kept.
    const node = [process.execPath, '--expose-gc', '--import', COLLECT_PATH, ...args, dataFolder];
    const [command, ...rest] = pinned(0, node);
    const child = spawn(command, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    if (ServerProcess.#running.size === 0) process.once('exit', () => ServerProcess.#endAll());
    ServerProcess.#running.add(child);
    child.once('exit', () => ServerProcess.#running.delete(child));
    const complaints = ServerProcess.complaints;
    createInterface({ input: child.stderr }).on('line', (line) => complaints.length < 40 && complaints.push(line));
    const lines = createInterface({ input: child.stdout });
    const port = await portOf(child, lines, complaints);
    return new ServerProcess(child, lines, port);
  }

  /** No server outlives the cell that started it, also when the cell fails. */
  static #endAll(): void {
    for (const child of ServerProcess.#running) child.kill('SIGKILL');
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

  /**
   * Makes the server collect its garbage and gives it a moment to hand pages back. Gives the bytes that its JavaScript
   * objects and buffers hold then; what a native library holds shows in the resident memory only.
   */
  async collectGarbage(): Promise<number> {
    const said = new Promise<number>((resolve) => {
      const hear = (line: string) => {
        const use = /^\{"inUse":(\d+)\}$/.exec(line);
        if (use === null) return;
        this.#lines.off('line', hear);
        resolve(Number(use[1]));
      };
      this.#lines.on('line', hear);
    });
    process.kill(this.pid, 'SIGUSR2');
    const inUse = await said;
    await new Promise((resolve) => setTimeout(resolve, SWEEP_MS));
    return inUse;
  }

  /** Stops it in order (SIGTERM) and waits until it has ended. Throws when it fails to. */
  async stop(): Promise<void> {
    const ended = this.#ended(STOP_LIMIT_MS);
    this.#child.kill('SIGTERM');
    const code = await ended;
    if (code !== 0) throw new Error(`server ended with ${code}: ${ServerProcess.complaints.join('\n')}`);
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

function portOf(child: ChildProcess, lines: Interface, complaints: readonly string[]): Promise<number> {
  return new Promise<number>((resolve, reject) => {
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
}
