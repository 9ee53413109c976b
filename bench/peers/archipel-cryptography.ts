import { checkHeader, encodeBase64url, NO_PREVIOUS, proofInput } from '@archipel/protocol';
import {
  createKeys,
  keysFromLink,
  makeSession,
  openRecord,
  parseLink,
  prove,
  signHeader,
  verifyChain,
  webSuite,
} from '@archipel/protocol/secret';
import { verify } from '@archipel/relay';
import { linkTo, makeRoom } from './archipel-room.ts';
import { loadSuite } from './archipel-suite.ts';
import { SESSION_BYTES } from './archipel-writer.ts';

const AUDIENCE = '127.0.0.1:4280';
const NONCE_BYTES = 32;

/**
 * Milliseconds that the cryptography of one opening takes with nothing around it, one operation after the other as each waits for what it
 * needs: keys of the link, proof, its verification by the relay, header and chain verified, one record opened. No opening of a
 * sealed document can be faster than this and an opening without any.
 */
export async function openingCryptography(plaintext: Uint8Array): Promise<number> {
  const suite = loadSuite;
  const keys = await createKeys(suite);
  const { docId } = keys;
  const room = makeRoom(`cryptography ${encodeBase64url(docId)}`, keys);
  const header = await signHeader(suite, keys, { seq: 1, expiry: 0 });
  const session = makeSession(suite, keys, 0, suite.random(SESSION_BYTES));
  const record = await session.sealRecord({
    n: 0,
    previous: NO_PREVIOUS,
    deps: [],
    plaintext: Uint8Array.from(plaintext),
  });
  const nonce = suite.random(NONCE_BYTES);
  const link = parseLink(linkTo(room, 'edit'));

  const started = performance.now();
  const opened = link.ok ? await keysFromLink(webSuite, link.value) : link;
  if (!opened.ok) throw new Error(opened.error);
  const proof = await prove(opened.value, 'edit', nonce, docId, AUDIENCE);
  const edit = opened.value.editSigner?.publicKey ?? new Uint8Array();
  const isProved = await verify(edit, proofInput(nonce, 'edit', docId, AUDIENCE), proof);
  const [isHeader, isChain, text] = await Promise.all([
    checkHeader(docId, header, webSuite.verify),
    verifyChain(webSuite, { edit }, docId, NO_PREVIOUS, [record]),
    openRecord(webSuite, opened.value, docId, record),
  ]);
  const took = performance.now() - started;
  if (!(isProved && isHeader.ok && isChain.ok && text.ok && text.value.length === plaintext.length)) {
    throw new Error('the cryptography of an opening failed');
  }
  return took;
}
