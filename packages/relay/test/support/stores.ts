/** A store's calls in the short forms that its tests need. */
import type { Bytes } from '@archipel/protocol';
import { expect } from 'vitest';
import type {
  AppendFailure,
  CheckpointBasis,
  DocRef,
  Store,
  StoredCheckpoint,
  StoredDocument,
} from '../../src/store/store.ts';

export const PAGE_BYTES = 1024 * 1024;
export const HOUR_SECONDS = 3600;

export interface StoreUnderTest {
  /** Opens the store; called again after `close`, it must find what was committed. */
  open(): Promise<Store>;
  /** Unix seconds, as the store reads them. */
  now(): number;
}

export type Prepare = () => StoreUnderTest;

/** Where a record goes, and the version it was judged by. */
export interface Target {
  ref: DocRef;
  version: number;
}

let lastId = 0;

export function bytes(length: number, fill: number): Bytes {
  return new Uint8Array(length).fill(fill);
}

export function newDocId(): Bytes {
  const docId = new Uint8Array(20);
  lastId += 1;
  new DataView(docId.buffer).setUint32(0, lastId);
  return docId;
}

/** Resolves with what the store settled the append with. */
export function append(
  store: Store,
  { ref, version }: Target,
  n: number,
  body: Bytes,
  session: Bytes = bytes(16, 7),
): Promise<number | AppendFailure> {
  return new Promise((settle) => store.append({ ref, version, session, n, body, settle }));
}

export async function create(store: Store, expiry = 0): Promise<StoredDocument> {
  const docId = newDocId();
  expect(await store.create(docId, bytes(180, 1), expiry)).toBe('created');
  return loaded(store, docId);
}

export function found<T>(answer: T | string | undefined): T {
  if (typeof answer === 'string' || answer === undefined) throw new Error(`the store answered ${answer}`);
  return answer;
}

export async function loaded(store: Store, docId: Bytes): Promise<StoredDocument> {
  return found(await store.load(docId, PAGE_BYTES));
}

/** The first byte of each record from the tail on. */
export async function bodies(store: Store, { docId }: DocRef): Promise<number[]> {
  return (await loaded(store, docId)).page.records.map(({ body }) => body[0] as number);
}

/** The first byte of each record that is stored. */
export async function allBodies(store: Store, ref: DocRef): Promise<number[]> {
  return found(await store.read(ref, 0, PAGE_BYTES)).records.map(({ body }) => body[0] as number);
}

export async function appendAll(store: Store, target: Target, fills: number[]): Promise<number[]> {
  const outcomes = await Promise.all(fills.map((fill, n) => append(store, target, n, bytes(50, fill))));
  return outcomes as number[];
}

export function checkpoint(seq: number, tailFrom: number): StoredCheckpoint {
  return { seq, body: bytes(500 + seq, 10 + seq), tailFrom, historyBytes: 100 * seq };
}

/** By one who saw everything, and retires nobody unless told. */
export function basisOf({ version }: Target, changes: Partial<CheckpointBasis> = {}): CheckpointBasis {
  return { version, position: Number.MAX_SAFE_INTEGER, retired: [], ...changes };
}
