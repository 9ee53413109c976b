/** How far a transfer is: amount, speed, and what is left of it. */
import { Pace } from '@archipel/client/drop';
import { durationOf, sizeOf } from './progress.ts';
import type { Terminal } from './terminal.ts';

const BAR_CELLS = 20;
const REPLACE_MS = 100;
const PLAIN_MS = 5000;

export class TransferLine {
  readonly #terminal: Terminal;
  readonly #verb: string;
  readonly #now: () => number;
  #saidMs = 0;
  readonly #pace: Pace;

  constructor(terminal: Terminal, verb: string, now: () => number = Date.now) {
    this.#terminal = terminal;
    this.#verb = verb;
    this.#now = now;
    this.#pace = new Pace(now);
  }

  show(bytes: number, total: number): void {
    const now = this.#now();
    this.#pace.mark(bytes);
    const { replace } = this.#terminal;
    if (bytes < total && now - this.#saidMs < (replace === undefined ? PLAIN_MS : REPLACE_MS)) return;
    this.#saidMs = now;
    const line = this.#line(bytes, total);
    if (replace === undefined) this.#terminal.say(line);
    else replace(line);
  }

  #line(bytes: number, total: number): string {
    const cells = total === 0 ? BAR_CELLS : Math.floor((bytes / total) * BAR_CELLS);
    const bar = '#'.repeat(cells).padEnd(BAR_CELLS, '.');
    const parts = [`${this.#verb} [${bar}] ${sizeOf(bytes)} of ${sizeOf(total)}`];
    const { bytesPerSecond } = this.#pace;
    const leftMs = this.#pace.leftMs(total);
    if (bytesPerSecond !== undefined) parts.push(`${sizeOf(bytesPerSecond)}/s`);
    if (leftMs !== undefined && bytes < total) parts.push(`${durationOf(leftMs)} left`);
    return parts.join(', ');
  }
}
