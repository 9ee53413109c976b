import type { Document } from '@archipel/client';
import { type ReadonlySignal, signal } from '@preact/signals';
import * as Y from 'yjs';
import type { LastVisit } from '../model/past.ts';

const NOTE = 'visit';
const TIME_BYTES = 8;

/**
 * Where this browser was when it left the document the last time: a time and a state vector of Yjs, noted on this machine with
 * `mark`. `last` has it when there is something new since, once the host's state is here.
 */
export function followVisits(
  document: Document,
  now: () => number,
): { last: ReadonlySignal<LastVisit | undefined>; mark: () => void } {
  const last = signal<LastVisit | undefined>(undefined);
  const { ydoc } = document;
  const before = document.note(NOTE).then(decode);
  const look = async (): Promise<void> => {
    const visit = await before;
    await document.synced();
    if (visit !== undefined && isBeyond(ydoc, visit.seen)) last.value = visit;
  };
  const mark = async (): Promise<void> => {
    await before;
    if (document.hasContents) await document.setNote(NOTE, encode({ at: now(), seen: Y.encodeStateVector(ydoc) }));
  };
  // Without the host nothing is newer than what was seen.
  void look().catch(() => undefined);
  return { last, mark: () => void mark() };
}

/** Something is here that was not, typed by somebody else than this program. */
function isBeyond(ydoc: Y.Doc, seen: Uint8Array): boolean {
  const then = Y.decodeStateVector(seen);
  const news = [...Y.decodeStateVector(Y.encodeStateVector(ydoc))];
  return news.some(([client, clock]) => client !== ydoc.clientID && clock > (then.get(client) ?? 0));
}

function encode({ at, seen }: LastVisit): Uint8Array {
  const bytes = new Uint8Array(TIME_BYTES + seen.length);
  new DataView(bytes.buffer).setFloat64(0, at);
  bytes.set(seen, TIME_BYTES);
  return bytes;
}

/** A damaged note is none. */
function decode(bytes: Uint8Array | undefined): LastVisit | undefined {
  if (bytes === undefined || bytes.length <= TIME_BYTES) return undefined;
  const seen = bytes.slice(TIME_BYTES);
  try {
    Y.decodeStateVector(seen);
  } catch {
    return undefined;
  }
  return { at: new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0), seen };
}
