/** Suite 1 by @noble alone: for platforms without WebCrypto, and the second opinion of the vectors. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 as sha256Hash } from '@noble/hashes/sha2.js';
import type { Bytes } from '../bytes.ts';
import { sha256 } from '../hash.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../limits.ts';
import { deflate, inflate, random } from './deflate.ts';
import type { AesKey, Signer, Suite } from './suite.ts';

const later = () => import('./noble-aes-ed25519.ts');

/** HKDF-SHA-256 (RFC 5869) with empty salt, at once. */
export async function nobleHkdf(secret: Bytes, info: Bytes, length: number): Promise<Bytes> {
  return hkdf(sha256Hash, secret, new Uint8Array(0), info, length);
}

export async function nobleSigner(seed: Bytes): Promise<Signer> {
  const { ed25519 } = await later();
  return { publicKey: ed25519.getPublicKey(seed), sign: async (message) => ed25519.sign(message, seed) };
}

/** RFC 8032 and not the laxer ZIP 215, as WebCrypto does it. */
export async function nobleVerify(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  const { ed25519 } = await later();
  return ed25519.verify(signature, message, publicKey, { zip215: false });
}

function rawKey(key: AesKey): Bytes {
  return key.handle as Bytes;
}

export const nobleSuite: Suite = {
  hkdf: nobleHkdf,
  aesKey: async (raw) => ({ handle: raw.slice() }),
  async seal(key, nonce, aad, plaintext) {
    const { gcm } = await later();
    return gcm(rawKey(key), nonce, aad).encrypt(plaintext);
  },
  async open(key, nonce, aad, ciphertext) {
    const { gcm } = await later();
    try {
      return gcm(rawKey(key), nonce, aad).decrypt(ciphertext);
    } catch {
      return undefined; // a wrong tag: the only expected failure of decrypt
    }
  },
  signer: nobleSigner,
  verify: nobleVerify,
  sha256,
  random,
  deflate,
  inflate,
};
