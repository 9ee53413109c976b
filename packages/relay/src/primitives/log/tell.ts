/** What every reader of a document is told at once, and the end of channels that are not served any more. */
import type { Bytes, Header, RelayMessage } from '@archipel/protocol';
import { encodeFrame } from '@archipel/protocol';
import type { Ending } from '../../store/store.ts';
import type { LogContext } from './context.ts';
import type { CheckpointState, Document } from './document.ts';
import { leave } from './open.ts';

function tellAll(document: Document, message: RelayMessage): void {
  const frame = encodeFrame(document.channel, [message]);
  for (const reader of document.readers) reader.peer.send(frame);
}

/** CKP-1 */
export function sayCheckpoint(document: Document, { seq, hash }: CheckpointState): void {
  tellAll(document, { type: 'checkpointMade', seq, hash });
}

/** HDR-2: the document has another header from here on. */
export function replaceHeader(context: LogContext, document: Document, header: Header, bytes: Bytes): void {
  const { gen } = document.header;
  document.header = header;
  document.headerBytes = bytes;
  tellAll(document, { type: 'headerData', header: bytes });
  if (header.gen > gen) endOldLinks(context, document);
}

/** CAP-4: who proved a key of an older generation is not served any more. */
function endOldLinks(context: LogContext, document: Document): void {
  for (const reader of [...document.readers]) {
    if (reader.role === 'own') continue;
    reader.peer.refuse(document.channel, 'header', 'wrong_generation', 0);
    reader.peer.dropChannel(document.channel);
    leave(context, reader);
  }
}

export function sayEnded(context: LogContext, document: Document, reason: Ending | 'removed'): void {
  tellAll(document, { type: 'ended', reason });
  for (const reader of [...document.readers]) {
    reader.peer.dropChannel(document.channel);
    leave(context, reader);
  }
}
