import { existsSync, readdirSync, readFileSync } from 'node:fs';

const TICK_MS = 10;
/** Linux counts by process, other systems do not. */
const isCounted = existsSync('/proc/self/stat');

/** CPU time of a process in ms: nanosecond counters of its threads where the kernel has them, else ticks of 10 ms. */
export function cpuMs(pid: number): number {
  // Threads that have ended are missing from /proc/PID/task, so the ticks of the whole process are the lower bound.
  const ticks = statFields(pid);
  const ticksMs = (Number(ticks[11]) + Number(ticks[12])) * TICK_MS;
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const scheduled = ifThere(() => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    if (scheduled === undefined) return ticksMs;
    nanoseconds += Number(scheduled);
  }
  return Math.max(nanoseconds / 1e6, ticksMs - TICK_MS);
}

/** CPU time of a process and all that it started, those that have ended included, in ms; NaN where the machine does not say. */
export function treeCpuMs(root: number): number {
  if (!isCounted) return Number.NaN;
  let sum = 0;
  // A process may end between two looks at it; its parent then counts it the next time.
  for (const { pid, endedMs } of processTree(root)) sum += endedMs + (ifThere(() => cpuMs(pid)) ?? 0);
  return sum;
}

/** `endedMs`: CPU time of children that have ended, in ticks of 10 ms. */
function processTree(root: number): { pid: number; endedMs: number }[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = ifThere(() => statFields(Number(name)));
      if (stat === undefined) return [];
      return [{ pid: Number(name), parent: Number(stat[1]), endedMs: (Number(stat[13]) + Number(stat[14])) * TICK_MS }];
    });
  const tree = all.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

/** What /proc says of a process after its name, from its state on. */
function statFields(pid: number): string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
}

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

/** CPU time used by everything on the machine so far, in ms, all cores together, time stolen by the host included. */
export function machineCpuMs(): number {
  const ticks = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]?.split(' ').map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = ticks;
  return (user + nice + system + irq + softirq + steal) * TICK_MS;
}
