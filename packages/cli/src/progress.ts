/** How far a move is, as a line: one that is replaced on a terminal, one now and then elsewhere. */
import type { MoveProgress } from '@archipel/relay/admin';
import type { Terminal } from './terminal.ts';

const PLAIN_MS = 5000;
const SECOND_MS = 1000;
const MINUTE_SECONDS = 60;
/** Before that nobody can tell how long it takes. */
const ESTIMATE_MS = 2000;

const NAMES: Readonly<Record<MoveProgress['phase'], string>> = {
  copying: 'Copying',
  files: 'Copying files',
  'catching up': 'Catching up with what was written meanwhile',
  switching: 'Changing over; people wait for a moment',
};

const UNITS: readonly (readonly [number, string])[] = [
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
];

export function sizeOf(bytes: number): string {
  const [size, unit] = UNITS.find(([least]) => bytes >= least) ?? [1, 'B'];
  const value = bytes / size;
  return `${value >= 100 || size === 1 ? value.toFixed(0) : value.toFixed(1)} ${unit}`;
}

export function countOf(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

export function durationOf(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  const seconds = ms / SECOND_MS;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 2 * MINUTE_SECONDS ? `${seconds.toFixed(0)} s` : `${(seconds / MINUTE_SECONDS).toFixed(0)} min`;
}

export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #beganMs: number;
  #phase: MoveProgress['phase'] | undefined;
  #saidMs = 0;

  constructor(terminal: Terminal, now: () => number = Date.now) {
    this.#terminal = terminal;
    this.#now = now;
    this.#beganMs = now();
  }

  show(progress: MoveProgress): void {
    const now = this.#now();
    const line = this.#line(progress, now - this.#beganMs);
    const isNew = progress.phase !== this.#phase;
    this.#phase = progress.phase;
    if (this.#terminal.replace !== undefined) return this.#terminal.replace(line);
    if (!isNew && now - this.#saidMs < PLAIN_MS) return;
    this.#saidMs = now;
    this.#terminal.say(line);
  }

  #line({ phase, documents, total, bytes, fileBytes, fileTotal }: MoveProgress, tookMs: number): string {
    if (phase === 'files') return `${NAMES.files}: ${sizeOf(fileBytes)} of ${sizeOf(fileTotal)}`;
    if (phase !== 'copying') return `${NAMES[phase]} ...`;
    const parts = [
      `${NAMES[phase]}: ${documents.toLocaleString('en')} of ${countOf(total, 'document')}`,
      sizeOf(bytes),
    ];
    if (tookMs > 0) parts.push(`${sizeOf((bytes / tookMs) * SECOND_MS)}/s`);
    const left = Math.max(0, total - documents);
    if (tookMs >= ESTIMATE_MS && documents > 0) {
      parts.push(`about ${durationOf(Math.max(SECOND_MS, (tookMs / documents) * left))} left`);
    }
    return parts.join(', ');
  }
}
