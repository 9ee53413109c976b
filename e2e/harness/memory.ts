/** Memory of the tabs that this process has opened: heap, and all that their processes hold (Linux). */
import { readdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const KIB = 1024;

export interface TabMemory {
  /** Bytes of JavaScript's heap, with the buffers that belong to it, at most at any look. */
  heap: number;
  /** Bytes in memory of the largest process of a tab; 0 where that is not known. */
  resident: number;
}

/** Looks ten times a second until `stop`. */
export async function watchMemory(page: Page): Promise<{ stop(): Promise<TabMemory> }> {
  const devtools = await page.context().newCDPSession(page);
  return watchMemoryOf({ send: (method) => devtools.send(method as 'Runtime.getHeapUsage') });
}

/** The DevTools protocol of a page. */
interface Asked {
  send(method: string): Promise<unknown>;
}

/** The same of a page that is not Playwright's. */
export function watchMemoryOf(devtools: Asked): { stop(): Promise<TabMemory> } {
  const peak: TabMemory = { heap: 0, resident: 0 };
  const ended = Promise.withResolvers<void>();
  let isOver = false;
  const look = async (): Promise<void> => {
    while (!isOver) {
      peak.heap = Math.max(peak.heap, await heapOf(devtools));
      peak.resident = Math.max(peak.resident, ...residentOfTabs());
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  look().then(ended.resolve, ended.reject);
  return {
    async stop() {
      isOver = true;
      await ended.promise;
      return peak;
    },
  };
}

async function heapOf(devtools: Asked): Promise<number> {
  const usage = (await devtools.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize?: number };
  return usage.usedSize + (usage.backingStorageSize ?? 0);
}

function residentOfTabs(): number[] {
  if (process.platform !== 'linux') return [0];
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(all.map((pid) => [pid, /^PPid:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? '0']));
  const isOurs = (pid: string): boolean => pid === `${process.pid}` || (pid !== '0' && isOurs(parents.get(pid) ?? '0'));
  const tabs = all.filter((pid) => read(`/proc/${pid}/cmdline`).includes('--type=renderer') && isOurs(pid));
  return tabs.map((pid) => Number(/^VmRSS:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * KIB);
}

/** Empty when the process has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
