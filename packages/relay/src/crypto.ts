/** The platform's own SHA-256, Ed25519 and randomness: faster than any library, and Ed25519 off the main thread. */
import { hash, KeyObject, randomBytes, verify as verifySignature, webcrypto } from 'node:crypto';
import type { Bytes, Sha256, Verify } from '@archipel/protocol';
import { SIGNATURE_BYTES } from '@archipel/protocol';

/** One import per array: a document in memory keeps its arrays, and the keys go when it goes. */
const imported = new WeakMap<Bytes, Promise<KeyObject | undefined>>();

/** By way of WebCrypto, which imports in a tenth of the time that `createPublicKey` takes. Undefined: this is no public key. */
function importKey(publicKey: Bytes): Promise<KeyObject | undefined> {
  const known = imported.get(publicKey);
  if (known !== undefined) return known;
  const raw = publicKey as Uint8Array<ArrayBuffer>;
  const key = webcrypto.subtle.importKey('raw', raw, 'Ed25519', true, ['verify']).then(
    (imported) => KeyObject.from(imported),
    () => undefined,
  );
  imported.set(publicKey, key);
  return key;
}

export const sha256: Sha256 = (data) => hash('sha256', data, 'buffer');

/** Off the main thread. False for a signature or key that is malformed. */
export const verify: Verify = async (publicKey, message, signature) => {
  const key = signature.length === SIGNATURE_BYTES ? await importKey(publicKey) : undefined;
  if (key === undefined) return false;
  return new Promise((resolve) => {
    verifySignature(null, message, key, signature, (error, isGood) => resolve(error === null && isGood));
  });
};

/** On this thread: for the one proof that somebody waits for, where the way to another thread takes longer than the work. */
export const verifyNow: Verify = async (publicKey, message, signature) => {
  const key = signature.length === SIGNATURE_BYTES ? await importKey(publicKey) : undefined;
  return key !== undefined && verifySignature(null, message, key, signature);
};

export function random(length: number): Bytes {
  return new Uint8Array(randomBytes(length));
}
