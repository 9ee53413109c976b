import type { Measures } from '../harness/rounds.ts';
import { median, percentile } from '../harness/stats.ts';
import { difference, type Engine, type Reading } from './engine.ts';

/** Records of each of the documents that are read: the longest tail before a client makes a checkpoint. */
export const TAIL_RECORDS = 200;
const PAGE_RECORDS = 100;
const HEADS = 1_000;
const HEADS_TIMES = 9;

/** After a restart the documents `first` to `end - 1` are read for the first time: half of them whole, half by pages. */
export async function measureReading(engine: Engine, reading: Reading, first: number, end: number): Promise<Measures> {
  await reading.restart();
  // Connections and statements are made by the first call.
  await reading.load(0);
  const loads: number[] = [];
  const pages: number[] = [];
  for (let document = first; document < end; document++) {
    const started = performance.now();
    const isPaged = document % 2 === 0;
    const count = isPaged
      ? await reading.pages(document, PAGE_RECORDS, (ms) => pages.push(ms))
      : await reading.load(document);
    if (!isPaged) loads.push(performance.now() - started);
    if (count !== TAIL_RECORDS) throw new Error(`a document has ${count} records instead of ${TAIL_RECORDS}`);
  }
  return {
    loadP50Ms: median(loads),
    loadP95Ms: percentile(loads, 0.95),
    pageP50Ms: median(pages),
    pageP95Ms: percentile(pages, 0.95),
    ...(await measureHeads(engine, reading, Math.min(HEADS, end))),
  };
}

/** What it costs to compare documents in memory with the store. */
async function measureHeads(engine: Engine, { heads }: Reading, documents: number): Promise<Measures> {
  if (heads === undefined) return {};
  const times: number[] = [];
  const before = await engine.counters();
  for (let time = 0; time < HEADS_TIMES; time++) {
    const started = performance.now();
    const count = await heads(documents);
    times.push(performance.now() - started);
    if (count !== documents) throw new Error(`the store told of ${count} documents instead of ${documents}`);
  }
  const used = difference(before, await engine.counters());
  const asked = (documents * HEADS_TIMES) / 1000;
  return {
    headsP50Ms: median(times),
    headsClientCpuMsPer1000: used.clientCpuMs / asked,
    headsServerCpuMsPer1000: used.serverCpuMs / asked,
  };
}
