import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { sleep } from './pool.ts';

/** One fsync or fdatasync, by the wall clock in ms. */
export interface SyncCall {
  startMs: number;
  endMs: number;
}

/** Watches when a process makes its files safe, by strace; `start` gives undefined where the machine has none. */
export class SyncWatch {
  readonly #child: ChildProcess;
  readonly #log: string;

  private constructor(child: ChildProcess, log: string) {
    this.#child = child;
    this.#log = log;
  }

  static async start(pid: number, log: string): Promise<SyncWatch | undefined> {
    if (spawnSync('strace', ['-V']).status !== 0) return undefined;
    const words = [
      '-f',
      '-ttt',
      '-T',
      '-e',
      'trace=fsync,fdatasync,sync_file_range,msync',
      '-o',
      log,
      '-p',
      String(pid),
    ];
    const child = spawn('strace', words, { stdio: 'ignore' });
    await sleep(500);
    return child.exitCode === null ? new SyncWatch(child, log) : undefined;
  }

  /** Waits for its end (it ends with the process watched, or at SIGINT) and gives the calls in order. */
  async calls(): Promise<SyncCall[]> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGINT');
      await once(this.#child, 'exit');
    }
    return parseSyncCalls(readFileSync(this.#log, 'utf8'));
  }
}

/** Reads `strace -f -ttt -T` lines, of calls in one line and of calls that another thread's line interrupted. */
export function parseSyncCalls(log: string): SyncCall[] {
  const begun = new Map<string, number>();
  const calls: SyncCall[] = [];
  for (const line of log.split('\n')) {
    const parts = /^(\d+)\s+(\d+\.\d+) (.*)$/.exec(line);
    if (parts === null) continue;
    const [, thread = '', seconds = '', rest = ''] = parts;
    const atMs = Number(seconds) * 1000;
    if (rest.includes('<unfinished')) begun.set(thread, atMs);
    else if (rest.includes('resumed>')) {
      const startMs = begun.get(thread);
      if (startMs !== undefined && rest.includes('= 0')) calls.push({ startMs, endMs: atMs });
      begun.delete(thread);
    } else {
      const took = /= 0 <(\d+\.\d+)>$/.exec(rest);
      if (took !== null) calls.push({ startMs: atMs, endMs: atMs + Number(took[1]) * 1000 });
    }
  }
  return calls.sort((a, b) => a.endMs - b.endMs);
}
