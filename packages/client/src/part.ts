/** The two parts of a document: every session writes in one of them alone (RMK-2). */
import type { Bytes, Header } from '@archipel/protocol';
import { concat, equal, isRemarkSession, REMARK_SESSION_END, SESSION_BYTES } from '@archipel/protocol';
import type { Keys, Suite } from '@archipel/protocol/secret';
import type { Part } from './log-types.ts';

export function partOf(session: Bytes): Part {
  return isRemarkSession(session) ? 'remarks' : 'text';
}

/** The id of a new session. */
export function newSession(suite: Suite, part: Part): Bytes {
  if (part === 'text') return suite.random(SESSION_BYTES);
  return concat(suite.random(SESSION_BYTES - REMARK_SESSION_END.length), REMARK_SESSION_END);
}

/** Whether these keys sign what is written there. */
export function holdsKeyOf(keys: Keys, part: Part): boolean {
  return (part === 'text' ? keys.editSigner : keys.commentSigner) !== undefined;
}

/** Whether what these keys write there counts, as the header says; before any is known, of the text alone. */
export function mayAppend(keys: Keys, header: Header | undefined, part: Part): boolean {
  if (part === 'text') return holdsKeyOf(keys, part);
  const { commentSigner } = keys;
  return commentSigner !== undefined && header?.comment !== undefined && equal(commentSigner.publicKey, header.comment);
}
