/** One process alone: it hands its messages to its own readers itself, so there is nobody to tell. */
import type { Bus } from './bus.ts';

const nothing = (): void => undefined;

export function createLocalBus(): Bus {
  return {
    isShared: false,
    publish: nothing,
    subscribe: () => nothing,
    announce: nothing,
    listen: () => nothing,
    close: () => Promise.resolve(),
  };
}
