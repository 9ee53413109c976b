/** The ports for hashing and verifying, so that a relay can pass its platform's own; SHA-256 by @noble by default. */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import type { Bytes } from './bytes.ts';

export type Sha256 = (data: Bytes) => Bytes;
/** Ed25519 (RFC 8032): 32-byte public key, message, 64-byte signature. False for anything malformed; never throws. */
export type Verify = (publicKey: Bytes, message: Bytes, signature: Bytes) => boolean | Promise<boolean>;

export const sha256: Sha256 = (data) => nobleSha256(data);
