/** Names of hosts (FACT-3, FACT-4): they commit to the host's key, as document ids do to the owner's. */
import type { Bytes } from '../bytes.ts';
import { concat, label, toHex } from '../bytes.ts';
import type { Sha256 } from '../hash.ts';
import { sha256 as defaultSha256 } from '../hash.ts';
import { HOST_ID_BYTES, SHORT_HOST_ID_BYTES } from '../limits.ts';
import { encodeUtf8 } from '../utf8.ts';

/** No I, L, O, 0, 1, and of B 8, G 6, S 5, U V, Z 2 only one each. */
const LETTERS = 'ACDEFHJKMNPQRTVWXY23456789';
const FINGERPRINT_LETTERS = 20;
const GROUP_LETTERS = 4;

/** 20 bytes. */
export function hostIdOf(publicKey: Bytes, sha256: Sha256 = defaultSha256): Bytes {
  return sha256(concat(label('arc1 host'), publicKey)).slice(0, HOST_ID_BYTES);
}

/** What the directory calls a host: the first 8 bytes of its id. */
export function shortHostId(hostId: Bytes): Bytes {
  return hostId.slice(0, SHORT_HOST_ID_BYTES);
}

/** What the directory calls a service of other software (§17): 8 bytes that its address gives. */
export function foreignIdOf(url: string, sha256: Sha256 = defaultSha256): Bytes {
  return sha256(concat(label('arc1 foreign'), encodeUtf8(url))).slice(0, SHORT_HOST_ID_BYTES);
}

/** For people to compare by eye or voice: five groups of four letters and digits, 94 bits of the host id. */
export function fingerprintOf(hostId: Bytes): string {
  if (hostId.length !== HOST_ID_BYTES) throw new RangeError('no host id');
  const base = BigInt(LETTERS.length);
  let rest = BigInt(`0x${toHex(hostId)}`);
  let text = '';
  for (let place = 0; place < FINGERPRINT_LETTERS; place++) {
    if (place > 0 && place % GROUP_LETTERS === 0) text = `-${text}`;
    text = `${LETTERS[Number(rest % base)]}${text}`;
    rest /= base;
  }
  return text;
}
