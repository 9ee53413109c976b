import type { Log } from './log.ts';
import type { Clock } from './ports.ts';

/** Resolves when nothing waits to be acknowledged, the line breaks, or the time given is over. */
export function settled(log: Log, clock: Clock, { ms, unsaved }: { ms: number; unsaved(): number }): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clock.clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = clock.setTimeout(finish, ms);
    const check = (): void => {
      if (unsaved() === 0 || log.phase !== 'live') finish();
    };
    const stop = log.events.on('outbox', check);
    check();
  });
}
