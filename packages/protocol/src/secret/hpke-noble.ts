/** HPKE by @noble alone: for platforms without X25519, and the second opinion of the vectors. Loaded only there. */
import { AEAD_AES_256_GCM, KDF_HKDF_SHA256, KEM_DHKEM_X25519_HKDF_SHA256 } from '@panva/hpke-noble';
import { type Hpke, makeHpke } from './hpke-suite.ts';

export const nobleHpke: Hpke = makeHpke(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM);
