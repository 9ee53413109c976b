/** How busy a page is: what a person notices as a button that answers late. */

/** The DevTools protocol, and what is run in the page. */
export interface Watched {
  send(method: string, params?: Record<string, unknown>): Promise<unknown>;
  evaluate<T>(expression: string): Promise<T>;
}

export interface Smoothness {
  /** CPU time of the page's own thread in milliseconds. */
  busyMs: number;
  /** Times at which it could answer nobody for more than 50 ms, and the longest of them in milliseconds. */
  longTasks: number;
  longestMs: number;
}

const SECOND_MS = 1000;
const WATCH = `(globalThis.longTasks = [], new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) globalThis.longTasks.push(duration);
}).observe({ entryTypes: ['longtask'] }))`;

/** From now on until `stop`. */
export async function watchSmoothness(page: Watched): Promise<{ stop(): Promise<Smoothness> }> {
  await page.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busyMs = async (): Promise<number> => {
    const { metrics } = (await page.send('Performance.getMetrics')) as { metrics: { name: string; value: number }[] };
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * SECOND_MS;
  };
  await page.evaluate(WATCH);
  const before = await busyMs();
  return {
    async stop() {
      const tasks = await page.evaluate<number[]>('globalThis.longTasks');
      return { busyMs: (await busyMs()) - before, longTasks: tasks.length, longestMs: Math.max(0, ...tasks) };
    },
  };
}
