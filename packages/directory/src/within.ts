import type { Clock } from './clock.ts';

/** What is asked for, or `late` when it takes too long; what comes after that is dropped. Rejects as `asked` does. */
export function within<T>(clock: Clock, limitMs: number, asked: Promise<T>, late: T): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => resolve(late), limitMs);
    asked.then(
      (answer) => {
        clock.clearTimeout(timer);
        resolve(answer);
      },
      (error: unknown) => {
        clock.clearTimeout(timer);
        reject(error);
      },
    );
  });
}
