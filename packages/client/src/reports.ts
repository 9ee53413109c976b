import type { Report } from './errors.ts';

const MAX_REPORTS = 200;

/** Each thing is reported once, and a relay that lies without end does not fill the memory. */
export class Reports {
  readonly #told = new Set<string>();
  #listener: ((report: Report) => void) | undefined;
  readonly #all: Report[] = [];

  listen(listener: (report: Report) => void): void {
    this.#listener = listener;
  }

  add(report: Report): void {
    const key = `${report.code} ${report.rule} ${report.detail}`;
    if (this.#told.has(key) || this.#told.size >= MAX_REPORTS) return;
    this.#told.add(key);
    this.#all.push(report);
    this.#listener?.(report);
  }

  /** Everything reported so far. */
  get all(): readonly Report[] {
    return this.#all;
  }
}
