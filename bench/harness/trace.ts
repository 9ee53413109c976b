import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Doc } from 'yjs';
import { clientIdOf } from '../peers/peer.ts';
import { TEXT } from './typing.ts';

/** Replaces `deleted` code points at `position` by `inserted`. */
export type Patch = [position: number, deleted: number, inserted: string];

export interface Trace {
  startContent: string;
  endContent: string;
  txns: { patches: Patch[] }[];
}

const PAPER = new URL('../../testdata/editing-traces/automerge-paper.json.gz', import.meta.url);

/** The recorded session of one person writing a paper (see testdata/editing-traces/README.md). */
export function readPaper(): Trace {
  return JSON.parse(gunzipSync(readFileSync(PAPER)).toString('utf8')) as Trace;
}

/**
 * Replays the first `count` transactions in a Y.Text and gives their Yjs updates, `perUpdate` transactions in each, and
 * the text at the end. Positions are code points; the text must have none beyond the basic plane.
 */
export function replayedUpdates(trace: Trace, count: number, perUpdate: number, writer = 0) {
  const document = new Doc();
  document.clientID = clientIdOf(writer);
  const updates: Uint8Array[] = [];
  document.on('update', (update: Uint8Array) => updates.push(update));
  const text = document.getText(TEXT);
  text.insert(0, trace.startContent);
  const apply = (patches: Patch[]) => {
    for (const [position, deleted, inserted] of patches) {
      if (deleted > 0) text.delete(position, deleted);
      if (inserted !== '') text.insert(position, inserted);
    }
  };
  for (let start = 0; start < Math.min(count, trace.txns.length); start += perUpdate) {
    document.transact(() => {
      for (const { patches } of trace.txns.slice(start, Math.min(start + perUpdate, count))) apply(patches);
    });
  }
  return { updates, content: text.toString() };
}
