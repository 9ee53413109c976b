/** Suite 1 by WebCrypto, in browsers and Node alike; HKDF by @noble, and Ed25519 where the platform lacks it. */
import { decodeBase64url } from '../base64url.ts';
import { type Bytes, concat, fromHex, toHex } from '../bytes.ts';
import { sha256 } from '../hash.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../limits.ts';
import { deflate, inflate, random } from './deflate.ts';
import { nobleHkdf, nobleSigner, nobleSuite, nobleVerify } from './noble-suite.ts';
import type { AesKey, Signer, Suite } from './suite.ts';
import { type PlatformKey, platform, type Subtle } from './webcrypto-types.ts';

/** PKCS#8 of an Ed25519 key is this and the seed (RFC 8410). */
const PKCS8_PREFIX = fromHex('302e020100300506032b657004220420') as Bytes;
/** Imported public keys kept: a program sees few, and importing costs as much as verifying. */
const MAX_CACHED_KEYS = 256;

async function webSigner(subtle: Subtle, seed: Bytes): Promise<Signer> {
  const pkcs8 = concat(PKCS8_PREFIX, seed);
  const key = await subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
  const { x } = await subtle.exportKey('jwk', key);
  const publicKey = decodeBase64url(x ?? '');
  if (!publicKey.ok || publicKey.value.length !== PUBLIC_KEY_BYTES) throw new Error('no Ed25519 public key in the JWK');
  return {
    publicKey: publicKey.value,
    sign: async (message) => new Uint8Array(await subtle.sign('Ed25519', key, message)),
  };
}

/** Ed25519 of this platform, tried once; undefined when it has none (older Chromium, some WebViews). */
function makeEd25519(subtle: Subtle): () => Promise<boolean> {
  let known: Promise<boolean> | undefined;
  return () => {
    known ??= webSigner(subtle, new Uint8Array(32)).then(
      () => true,
      () => false,
    );
    return known;
  };
}

/** Verification with imported keys kept, the oldest dropped. A key that does not import stands as undefined. */
function makeVerify(subtle: Subtle) {
  const keys = new Map<string, Promise<PlatformKey | undefined>>();
  function keyOf(publicKey: Bytes): Promise<PlatformKey | undefined> {
    const name = toHex(publicKey);
    const held = keys.get(name);
    if (held !== undefined) return held;
    const oldest = keys.size >= MAX_CACHED_KEYS ? keys.keys().next().value : undefined;
    if (oldest !== undefined) keys.delete(oldest);
    const key = subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']).catch(() => undefined);
    keys.set(name, key);
    return key;
  }
  return async (publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean> => {
    const key = await keyOf(publicKey);
    return key !== undefined && subtle.verify('Ed25519', key, signature, message);
  };
}

function keyOf(key: AesKey): PlatformKey {
  return key.handle as PlatformKey;
}

/** The suite on a given WebCrypto: tests pass one without Ed25519. */
export function makeWebSuite(subtle: Subtle): Suite {
  const hasEd25519 = makeEd25519(subtle);
  const verify = makeVerify(subtle);
  return {
    // A link opens through nine derivations of a few hashes each, in chains: the way to another thread and back costs more than all of them.
    hkdf: nobleHkdf,
    async aesKey(raw) {
      return { handle: await subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']) };
    },
    async seal(key, nonce, aad, plaintext) {
      const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: aad };
      return new Uint8Array(await subtle.encrypt(algorithm, keyOf(key), plaintext));
    },
    async open(key, nonce, aad, ciphertext) {
      const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: aad };
      try {
        return new Uint8Array(await subtle.decrypt(algorithm, keyOf(key), ciphertext));
      } catch {
        return undefined; // OperationError: a wrong tag, the only expected failure of decrypt
      }
    },
    signer: async (seed) => ((await hasEd25519()) ? webSigner(subtle, seed) : nobleSigner(seed)),
    async verify(publicKey, message, signature) {
      if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
      return (await hasEd25519()) ? verify(publicKey, message, signature) : nobleVerify(publicKey, message, signature);
    },
    sha256,
    random,
    deflate,
    inflate,
  };
}

/** A page that came over plain HTTP from elsewhere than localhost has no WebCrypto: @noble does it all there. */
export const webSuite: Suite = platform.crypto.subtle === undefined ? nobleSuite : makeWebSuite(platform.crypto.subtle);
