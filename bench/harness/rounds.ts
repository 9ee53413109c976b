import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pinned } from './server-process.ts';

/** One measurement: one scenario on one peer in one round. */
export interface Cell {
  scenario: string;
  peer: string;
  round: number;
  /** About how long it takes. */
  seconds: number;
}

export type Measures = Record<string, number>;

/** Medians by scenario, then by peer, then by measure. */
export type Results = Record<string, Record<string, Measures>>;

/**
 * The order of the cells: scenario by scenario, and in each round every peer in turn, another one first each time, so
 * that what the machine does meanwhile falls on all of them.
 */
export function interleaved(
  scenarios: readonly { name: string; peers: readonly string[]; seconds: number }[],
  rounds: number,
): Cell[] {
  return scenarios.flatMap(({ name, peers, seconds }) =>
    Array.from({ length: rounds }, (_, round) =>
      peers.map((_peer, turn) => ({
        scenario: name,
        peer: peers[(turn + round) % peers.length] as string,
        round,
        seconds,
      })),
    ).flat(),
  );
}

/**
 * Runs `script scenario peer round folder words...` bound to `core`, or free without one, on an empty folder that is gone
 * afterwards, and gives what it sends back. Throws with its complaints when it fails or takes longer than `limitMs`.
 */
export async function runCell(
  script: string,
  cell: Cell,
  words: readonly string[],
  limitMs: number,
  core: number | undefined,
): Promise<Measures> {
  const folder = mkdtempSync(join(tmpdir(), 'archipel-bench-'));
  const node = [process.execPath, script, cell.scenario, cell.peer, String(cell.round), folder, ...words];
  const [command, ...rest] = pinned(core, node);
  const child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let measures: Measures | undefined;
  let complaints = '';
  child.on('message', (message) => {
    measures = message as Measures;
  });
  child.stderr?.on('data', (bytes) => {
    complaints = `${complaints}${bytes}`.slice(-2000);
  });
  const limit = setTimeout(() => child.kill('SIGTERM'), limitMs);
  const [code] = await once(child, 'close');
  clearTimeout(limit);
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0 || measures === undefined) throw new Error(`ended with ${code}: ${complaints}`);
  return measures;
}

/** How long the cells still take, corrected by how long those before took, as `3 min` or `40 s`. */
export class TimeLeft {
  #expected = 0;
  #taken = 0;

  done(cell: Cell, seconds: number): void {
    this.#expected += cell.seconds;
    this.#taken += seconds;
  }

  of(cells: readonly Cell[]): string {
    const pace = this.#expected === 0 ? 1 : this.#taken / this.#expected;
    const seconds = cells.reduce((sum, cell) => sum + cell.seconds, 0) * pace;
    return seconds >= 100 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds)} s`;
  }
}
