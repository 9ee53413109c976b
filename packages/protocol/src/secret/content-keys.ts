/** The AES keys of sessions, live messages and checkpoints (§2), kept per document's keys so that each is derived once. */
import { type Bytes, concat, toHex } from '../bytes.ts';
import { AES_NONCE_BYTES, KEY_BYTES } from '../limits.ts';
import { encodeVarint } from '../varint.ts';
import { derive, type Keys } from './keys.ts';
import type { AesKey, Suite } from './suite.ts';

const MAX_CACHED_KEYS = 4096;
const caches = new WeakMap<Keys, Map<string, Promise<AesKey>>>();

/** A key handle belongs to the suite that made it, so the suite is in the name. */
const suiteNumbers = new WeakMap<Suite, number>();
let suiteCount = 0;

function numberOf(suite: Suite): number {
  const known = suiteNumbers.get(suite) ?? suiteCount++;
  suiteNumbers.set(suite, known);
  return known;
}

async function contentKey(suite: Suite, root: Bytes, name: string, context: Bytes): Promise<AesKey> {
  return suite.aesKey(await derive(suite, root, name, context, KEY_BYTES));
}

function cachedKey(suite: Suite, keys: Keys, root: Bytes, name: string, context: Bytes): Promise<AesKey> {
  const cache = caches.get(keys) ?? new Map<string, Promise<AesKey>>();
  caches.set(keys, cache);
  const id = `${numberOf(suite)} ${name} ${toHex(context)}`;
  const held = cache.get(id);
  if (held !== undefined) return held;
  const oldest = cache.size >= MAX_CACHED_KEYS ? cache.keys().next().value : undefined;
  if (oldest !== undefined) cache.delete(oldest);
  const key = contentKey(suite, root, name, context);
  cache.set(id, key);
  return key;
}

function contextOf(docId: Bytes, gen: number, session: Bytes): Bytes {
  return concat(docId, encodeVarint(gen), session);
}

export function sessionKey(suite: Suite, keys: Keys, docId: Bytes, gen: number, session: Bytes): Promise<AesKey> {
  return cachedKey(suite, keys, keys.contentRoot, 'arc1 session', contextOf(docId, gen, session));
}

export function liveKey(suite: Suite, keys: Keys, docId: Bytes, gen: number, session: Bytes): Promise<AesKey> {
  return cachedKey(suite, keys, keys.liveRoot, 'arc1 live key', contextOf(docId, gen, session));
}

/** Not kept: each checkpoint has its own salt. */
export function checkpointKey(suite: Suite, keys: Keys, docId: Bytes, gen: number, salt: Bytes): Promise<AesKey> {
  return contentKey(suite, keys.contentRoot, 'arc1 checkpoint key', contextOf(docId, gen, salt));
}

/** REC-2: 4 zero bytes and the counter as 8 bytes big-endian. */
export function nonceOf(counter: number): Bytes {
  const nonce = new Uint8Array(AES_NONCE_BYTES);
  new DataView(nonce.buffer).setBigUint64(4, BigInt(counter));
  return nonce;
}
