import type { Locks } from './ports.ts';

/** Locks within one program; `clear` lets all go, as the end of a program does. */
export function memoryLocks(): Locks & { clear(): void } {
  const held = new Set<string>();
  return {
    acquire: async (name) => {
      if (held.has(name)) return undefined;
      held.add(name);
      return () => {
        held.delete(name);
      };
    },
    clear: () => held.clear(),
  };
}

/** Web Locks: the browser lets go when the tab ends, however it ends. */
export function webLocks(manager: LockManager): Locks {
  return {
    acquire: (name) =>
      new Promise((resolve, reject) => {
        manager
          .request(`archipel ${name}`, { ifAvailable: true }, (lock) => {
            if (lock === null) {
              resolve(undefined);
              return undefined;
            }
            return new Promise<void>((release) => resolve(() => release()));
          })
          .catch(reject);
      }),
  };
}
