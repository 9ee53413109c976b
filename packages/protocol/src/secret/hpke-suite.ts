/** HPKE in base mode (RFC 9180) on given implementations of its algorithms: the library does it, and this is all of it that is used. */
import { type AEADFactory, CipherSuite, type KDFFactory, type KEMFactory } from 'hpke';
import type { Bytes } from '../bytes.ts';

export interface Sealed {
  /** The encapsulated key, 32 bytes. */
  enc: Bytes;
  /** 16 bytes longer than the plaintext. */
  ciphertext: Bytes;
}

/** Whoever holds it opens what was sealed to `publicKey` (X25519, 32 bytes). */
export interface OpeningKey {
  readonly publicKey: Bytes;
  /** The plaintext, or undefined when it does not open. */
  open(sealed: Sealed, info: Bytes, aad: Bytes): Promise<Bytes | undefined>;
}

export interface Hpke {
  /** DeriveKeyPair of RFC 9180, from 32 bytes. */
  openingKey(seed: Bytes): Promise<OpeningKey>;
  /** Undefined when `publicKey` is none to which anything can be sealed. */
  seal(publicKey: Bytes, info: Bytes, aad: Bytes, plaintext: Bytes): Promise<Sealed | undefined>;
}

/** `kem`, `kdf`, `aead`: implementations of this suite's algorithms. */
// biome-ignore lint/suspicious/noExplicitAny: keys of a KEM are known to that KEM alone
export function makeHpke(kem: KEMFactory<any>, kdf: KDFFactory, aead: AEADFactory): Hpke {
  const suite = new CipherSuite(kem, kdf, aead);
  return {
    async openingKey(seed) {
      const pair = await suite.DeriveKeyPair(seed, false);
      return {
        publicKey: await suite.SerializePublicKey(pair.publicKey),
        open: ({ enc, ciphertext }, info, aad) =>
          suite.Open(pair, enc, ciphertext, { info, aad }).catch(expected<Bytes>),
      };
    },
    async seal(publicKey, info, aad, plaintext) {
      const key = await suite.DeserializePublicKey(publicKey).catch(expected<never>);
      if (key === undefined) return undefined;
      const sealed = await suite.Seal(key, plaintext, { info, aad }).catch(expected<never>);
      return sealed && { enc: sealed.encapsulatedSecret, ciphertext: sealed.ciphertext };
    },
  };
}

const EXPECTED: ReadonlySet<string> = new Set(['DeserializeError', 'EncapError', 'DecapError', 'OpenError']);

/** Input that is wrong; anything else is a bug and goes up. */
function expected<T>(error: Error): T | undefined {
  if (EXPECTED.has(error.name)) return undefined;
  throw error;
}
