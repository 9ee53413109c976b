/** So many at once under one key, so many more in line, no one else. */
import type { Budget } from './budget.ts';
import type { ProbeFailure } from './failure.ts';

export interface Slot {
  kind: 'slot';
  /** To be called once. */
  leave(): void;
}

interface Line {
  running: number;
  waiting: (() => void)[];
}

export class Slots {
  readonly #running: number;
  readonly #waiting: number;
  readonly #lines = new Map<string, Line>();

  constructor({ running, waiting }: { running: number; waiting: number }) {
    this.#running = running;
    this.#waiting = waiting;
  }

  /** Fails with `busy` when the line is full, and with `timeout` when nobody leaves in time. */
  take(key: string, budget: Budget, waitMs: number): Promise<Slot | ProbeFailure> {
    return budget.run<Slot>((work) => {
      work.enter('wait', waitMs);
      const line = this.#lines.get(key) ?? { running: 0, waiting: [] };
      this.#lines.set(key, line);
      const enter = (): void => {
        line.running += 1;
        work.settle({ kind: 'slot', leave: () => this.#leave(key, line) });
      };
      if (line.running < this.#running) enter();
      else if (line.waiting.length >= this.#waiting) work.fail('busy');
      else line.waiting.push(enter);
      return () => {
        line.waiting = line.waiting.filter((other) => other !== enter);
      };
    });
  }

  #leave(key: string, line: Line): void {
    line.running -= 1;
    const next = line.waiting.shift();
    if (next !== undefined) next();
    else if (line.running === 0) this.#lines.delete(key);
  }
}
