/** The platform's own SHA-256, Ed25519 and randomness: faster than any library, and Ed25519 off the main thread. */
import type { KeyObject } from 'node:crypto';
import { createPublicKey, hash, randomBytes, verify as verifySignature } from 'node:crypto';
import type { Bytes, Sha256, Verify } from '@archipel/protocol';
import { concat, SIGNATURE_BYTES } from '@archipel/protocol';

/** DER of an Ed25519 public key (RFC 8410 §4) up to its 32 bytes. */
const SPKI_PREFIX = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);

/** One import per array: a document in memory keeps its arrays, and the keys go when it goes. */
const imported = new WeakMap<Bytes, KeyObject>();

function importKey(publicKey: Bytes): KeyObject {
  const known = imported.get(publicKey);
  if (known !== undefined) return known;
  const der = Buffer.from(concat(SPKI_PREFIX, publicKey));
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  imported.set(publicKey, key);
  return key;
}

export const sha256: Sha256 = (data) => hash('sha256', data, 'buffer');

/** Off the main thread. False for a signature or key that is malformed. */
export const verify: Verify = (publicKey, message, signature) => {
  if (signature.length !== SIGNATURE_BYTES) return false;
  return new Promise((resolve) => {
    verifySignature(null, message, importKey(publicKey), signature, (error, isGood) => {
      resolve(error === null && isGood);
    });
  });
};

/** At once on this thread: for the one proof that somebody waits for, where the way to another thread takes longer than the work. */
export const verifyNow: Verify = (publicKey, message, signature) =>
  signature.length === SIGNATURE_BYTES && verifySignature(null, message, importKey(publicKey), signature);

export function random(length: number): Bytes {
  return new Uint8Array(randomBytes(length));
}
