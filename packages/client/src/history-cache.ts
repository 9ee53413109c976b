/** The history as this machine keeps it: what was read once is not asked for again, and can be seen without the relay. */
import type { Bytes } from '@archipel/protocol';
import type { Head } from './chains.ts';
import { ClientError } from './errors.ts';
import type { HistoryStep } from './history.ts';
import { askPage, HistoryReader } from './history.ts';
import type { Log } from './log.ts';
import type { Value } from './values.ts';
import { decodeValue, encodeValue, isRecord } from './values.ts';

export interface PastPage {
  steps: HistoryStep[];
  /** How many positions the relay has, as far as is known: for a bar of progress. */
  total: number;
}

/** Under it lies how far was read, and where; after it the pages. */
const KEY = 'history/';
const POSITION_DIGITS = 16;

interface Mark {
  /** Address of the relay: positions are its own. */
  relay: string;
  /** Position of the first record. Another one: the history was erased meanwhile. */
  first: number;
  /** Of the first record that is not here. */
  next: number;
  heads: Head[];
}

/**
 * Pages in order. Returns `current` at the end of what the relay has, `cached` when it cannot be asked and what is on this
 * machine has to do. Throws a `ClientError` as `HistoryReader.page` does, but `unavailable` only when there is nothing here.
 */
export async function* readPast(log: Log): AsyncGenerator<PastPage, 'current' | 'cached'> {
  let mark = await readMark(log);
  const isServed = await servesOn(log, mark);
  if (isServed === 'other') {
    await forgetPast(log);
    mark = undefined;
  }
  const total = Math.max(log.position, mark?.next ?? 1);
  if (mark !== undefined) for await (const steps of cachedPages(log, mark.next)) yield { steps, total };
  if (isServed === 'nobody') {
    if (mark === undefined) throw new ClientError('unavailable');
    return 'cached';
  }
  yield* readOn(log, mark, total);
  return 'current';
}

async function* readOn(log: Log, mark: Mark | undefined, total: number): AsyncGenerator<PastPage> {
  const relay = log.servedBy ?? '';
  const reader = await HistoryReader.begin(log, mark?.heads);
  let first = mark?.first ?? 0;
  for (let from = mark?.next ?? 1; from > 0; ) {
    const { steps, next, ...page } = await reader.page(from);
    if (first === 0) first = page.first;
    if (page.last > 0) {
      await log.store.put(keyOf(from), encodePage({ next: page.last + 1, steps }));
      await writeMark(log, { relay, first, next: page.last + 1, heads: reader.heads });
    }
    yield { steps, total };
    from = next;
  }
}

/** Nothing of the past is left on this machine. */
export async function forgetPast({ store }: Log): Promise<void> {
  // The mark first: pages without one are never read.
  await store.delete(KEY);
  for (const { key } of await store.list(KEY)) await store.delete(key);
}

/** Whether the relay goes on where our pages end; `other`: another relay, or its history was erased, or is closed to us (HDR-6). */
async function servesOn(log: Log, mark: Mark | undefined): Promise<'same' | 'other' | 'nobody'> {
  if (log.servedBy === undefined) return 'nobody';
  try {
    const { records } = await askPage(log, 1, 1);
    const first = records[0]?.position ?? 0;
    return mark === undefined || (mark.relay === log.servedBy && mark.first === first) ? 'same' : 'other';
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    if (error.code === 'unavailable') return 'nobody';
    await forgetPast(log);
    throw error;
  }
}

/** One at a time: a history can be larger than what one wants in memory. */
async function* cachedPages({ store }: Log, end: number): AsyncGenerator<HistoryStep[]> {
  for (let from = 1; from < end; ) {
    const page = decodePage(await store.get(keyOf(from)));
    if (page === undefined || page.next <= from) return;
    yield page.steps;
    from = page.next;
  }
}

function keyOf(from: number): string {
  return KEY + String(from).padStart(POSITION_DIGITS, '0');
}

async function readMark({ store }: Log): Promise<Mark | undefined> {
  const value = decodeValue(await store.get(KEY));
  if (!isRecord(value) || typeof value.relay !== 'string' || !Array.isArray(value.heads)) return undefined;
  const heads = value.heads.flatMap((head) => headOf(head) ?? []);
  return { relay: value.relay, first: Number(value.first), next: Number(value.next), heads };
}

function headOf(value: Value): Head | undefined {
  if (!isRecord(value) || !(value.session instanceof Uint8Array) || !(value.hash instanceof Uint8Array))
    return undefined;
  return { session: value.session, have: Number(value.have), hash: value.hash };
}

function writeMark({ store }: Log, { heads, ...mark }: Mark): Promise<void> {
  const known = heads.map(({ session, have, hash }) => ({ session, have, hash }));
  return store.put(KEY, encodeValue({ ...mark, heads: known }));
}

/** `next`: position where the page after it begins. */
interface StoredPage {
  next: number;
  steps: HistoryStep[];
}

function encodePage({ next, steps }: StoredPage): Bytes {
  return encodeValue({
    next,
    steps: steps.map(({ position, session, n, update }) => ({ position, session, n, update })),
  });
}

function decodePage(bytes: Bytes | undefined): StoredPage | undefined {
  const value = decodeValue(bytes);
  if (!isRecord(value) || !Array.isArray(value.steps)) return undefined;
  const steps = value.steps.flatMap((step) => {
    if (!isRecord(step) || !(step.session instanceof Uint8Array) || !(step.update instanceof Uint8Array)) return [];
    return { position: Number(step.position), session: step.session, n: Number(step.n), update: step.update };
  });
  return { next: Number(value.next), steps };
}
