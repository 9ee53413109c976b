/**
 * Suite 1 by `node:crypto`, synchronous inside its promises: no thread decides an order, so a simulation depends on its seed
 * alone. It passes the vectors of the other suites.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  sign as edSign,
  verify as edVerify,
  hash,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Bytes } from '@archipel/protocol';
import type { AesKey, Signer, Suite } from '@archipel/protocol/secret';

const TAG_BYTES = 16;
/** What comes before the seed in PKCS #8, and before the key in SPKI (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** `random` decides session ids and secrets: give a seeded one to a simulation. */
export function nodeSuite(random: (length: number) => Bytes): Suite {
  const publicKeys = new Map<string, KeyObject>();
  const publicKey = (raw: Bytes): KeyObject => {
    const name = Buffer.from(raw).toString('latin1');
    const known = publicKeys.get(name);
    if (known) return known;
    const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
    publicKeys.set(name, key);
    return key;
  };
  return {
    hkdf: async (secret, info, length) => new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), info, length)),
    aesKey: async (raw) => ({ handle: Buffer.from(raw) }),
    seal: async (key, nonce, aad, plaintext) => sealed(key, nonce, aad, plaintext),
    open: async (key, nonce, aad, ciphertext) => opened(key, nonce, aad, ciphertext),
    signer: async (seed) => signerOf(seed),
    verify: (key, message, signature) =>
      key.length === 32 && signature.length === 64 && edVerify(null, message, publicKey(key), signature),
    sha256: (data) => new Uint8Array(hash('sha256', data, 'buffer')),
    random,
    deflate: async (bytes) => new Uint8Array(deflateRawSync(bytes)),
    inflate: async (bytes, maxBytes) => inflated(bytes, maxBytes),
  };
}

function signerOf(seed: Bytes): Signer {
  const { publicKey, sign } = hostSignerOf(seed);
  return { publicKey, sign: async (message) => sign(message) };
}

/** A host's key: it signs at once. */
export function hostSignerOf(seed: Bytes): { publicKey: Bytes; sign(message: Bytes): Bytes } {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKey: new Uint8Array(spki.subarray(SPKI_PREFIX.length)),
    sign: (message) => new Uint8Array(edSign(null, message, key)),
  };
}

function sealed(key: AesKey, nonce: Bytes, aad: Bytes, plaintext: Bytes): Bytes {
  const cipher = createCipheriv('aes-256-gcm', key.handle as Buffer, nonce);
  cipher.setAAD(aad);
  return new Uint8Array(Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]));
}

function opened(key: AesKey, nonce: Bytes, aad: Bytes, ciphertext: Bytes): Bytes | undefined {
  if (ciphertext.length < TAG_BYTES) return undefined;
  const end = ciphertext.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key.handle as Buffer, nonce);
  decipher.setAAD(aad);
  decipher.setAuthTag(ciphertext.subarray(end));
  const plaintext = decipher.update(ciphertext.subarray(0, end));
  try {
    return new Uint8Array(Buffer.concat([plaintext, decipher.final()]));
  } catch {
    return undefined; // the tag does not fit: the only expected failure of `final`
  }
}

function inflated(bytes: Bytes, maxBytes: number): Bytes | 'too_large' | undefined {
  try {
    return new Uint8Array(inflateRawSync(bytes, { maxOutputLength: maxBytes, finishFlush: constants.Z_FINISH }));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : undefined;
  }
}
