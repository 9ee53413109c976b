/** The port for cryptography (suite 1 of §1). Asynchronous so that WebCrypto fits; every implementation passes the same vectors. */
import type { Bytes } from '../bytes.ts';
import type { Sha256, Verify } from '../hash.ts';

/** An AES-256 key of the suite that made it: of no use to another. */
export interface AesKey {
  readonly handle: unknown;
}

/** Ed25519 (RFC 8032). */
export interface Signer {
  readonly publicKey: Bytes;
  sign(message: Bytes): Promise<Bytes>;
}

export interface Suite {
  /** HKDF-SHA-256 with empty salt. */
  hkdf(secret: Bytes, info: Bytes, length: number): Promise<Bytes>;
  /** From 32 bytes. */
  aesKey(raw: Bytes): Promise<AesKey>;
  /** AES-256-GCM: ciphertext and 16-byte tag. */
  seal(key: AesKey, nonce: Bytes, aad: Bytes, plaintext: Bytes): Promise<Bytes>;
  /** The plaintext, or undefined when it does not open. */
  open(key: AesKey, nonce: Bytes, aad: Bytes, ciphertext: Bytes): Promise<Bytes | undefined>;
  /** `seal` at once into `target`, which is 16 bytes longer than the plaintext: only where the platform has it. */
  sealInto?(key: AesKey, nonce: Bytes, aad: Bytes, plaintext: Bytes, target: Bytes): void;
  /** `open` at once into `target`; false: it does not open, and what is in `target` is nothing. */
  openInto?(key: AesKey, nonce: Bytes, aad: Bytes, ciphertext: Bytes, target: Bytes): boolean;
  /** From a 32-byte seed (CAP-2). */
  signer(seed: Bytes): Promise<Signer>;
  verify: Verify;
  sha256: Sha256;
  random(length: number): Bytes;
  /** Raw DEFLATE. */
  deflate(bytes: Bytes): Promise<Bytes>;
  /** Undefined when it is no DEFLATE stream; `too_large` as soon as more than `maxBytes` came out (REC-7). */
  inflate(bytes: Bytes, maxBytes: number): Promise<Bytes | 'too_large' | undefined>;
}
