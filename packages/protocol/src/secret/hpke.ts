/**
 * HPKE with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM: by the platform's WebCrypto where it has X25519, else by @noble.
 * Both pass the vectors of the RFC.
 */
import { AEAD_AES_256_GCM, KDF_HKDF_SHA256, KEM_DHKEM_X25519_HKDF_SHA256 } from 'hpke';
import { type Hpke, makeHpke } from './hpke-suite.ts';
import { platform } from './webcrypto-types.ts';

export type { Hpke, OpeningKey } from './hpke-suite.ts';

export const webHpke: Hpke = makeHpke(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM);

/** By @noble alone: the second opinion of the vectors, and for Node, which warns of its own as long as it calls a part of it experimental. */
export const nobleHpke = async (): Promise<Hpke> => (await import('./hpke-noble.ts')).nobleHpke;

let chosen: Promise<Hpke> | undefined;

/** That of this platform. */
export function hpke(): Promise<Hpke> {
  chosen ??= hasX25519().then((has) => (has ? webHpke : nobleHpke()));
  return chosen;
}

/** Browsers before 2025 have none, and pages that came over plain HTTP have no WebCrypto at all. */
async function hasX25519(): Promise<boolean> {
  if (platform.crypto.subtle === undefined) return false;
  return webHpke.openingKey(new Uint8Array(32)).then(
    () => true,
    () => false,
  );
}
