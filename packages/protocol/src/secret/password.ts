/** Links under a password (§3): the secret of a link, sealed with a key that is slow to make from the password. */
import { argon2id } from '@noble/hashes/argon2.js';
import { type Bytes, concat, label } from '../bytes.ts';
import { fail, ok, type Result } from '../errors.ts';
import {
  AES_NONCE_BYTES,
  KEY_BYTES,
  MAX_PASSWORD_BYTES,
  PASSWORD_MEMORY_KIB,
  PASSWORD_PASSES,
  SALT_BYTES,
} from '../limits.ts';
import { encodeUtf8 } from '../utf8.ts';
import { LETTERS, type Link, type LockedLink } from './link.ts';
import type { AesKey, Suite } from './suite.ts';

/** From the bytes of a password and a salt to 32 bytes: `stretch`, or the same on another thread. */
export type Stretch = (password: Bytes, salt: Bytes) => Bytes | Promise<Bytes>;

/** Each lock has a salt of its own, hence a key of its own, that seals one secret. */
const NONCE: Bytes = new Uint8Array(AES_NONCE_BYTES);

/** Argon2id (RFC 9106) of LINK-6. Holds its thread for about half a second, and 19 MiB: pages give it to a worker. */
export function stretch(password: Bytes, salt: Bytes): Bytes {
  return argon2id(password, salt, { m: PASSWORD_MEMORY_KIB, t: PASSWORD_PASSES, p: 1, dkLen: KEY_BYTES });
}

/** What counts of a password (LINK-6); undefined when nothing does, or too much. */
function passwordBytes(text: string): Bytes | undefined {
  if (!text.isWellFormed()) return undefined;
  const bytes = encodeUtf8(text.normalize('NFKC').trim());
  return bytes.length >= 1 && bytes.length <= MAX_PASSWORD_BYTES ? bytes : undefined;
}

/** Whether a text can be a password: not blank, at most 1,024 bytes. */
export function isPassword(text: string): boolean {
  return passwordBytes(text) !== undefined;
}

type Place = Pick<Link, 'cap' | 'docId'>;

function inputOf(name: string, { cap, docId }: Place): Bytes {
  return concat(label(name), docId, encodeUtf8(LETTERS[cap]));
}

async function keyOf(suite: Suite, place: Place, salt: Bytes, password: Bytes, stretching: Stretch): Promise<AesKey> {
  const key = await stretching(password, concat(inputOf('arc1 link password', place), salt));
  return suite.aesKey(key);
}

/** The same link, of use only with the password; another one at each call. Throws when the text is no password (`isPassword`). */
export async function lockLink(
  suite: Suite,
  { cap, docId, secret, hints }: Link,
  password: string,
  stretching: Stretch,
): Promise<LockedLink> {
  const bytes = passwordBytes(password);
  if (bytes === undefined) throw new RangeError('no password');
  const salt = suite.random(SALT_BYTES);
  const place = { cap, docId };
  const key = await keyOf(suite, place, salt, bytes, stretching);
  const sealed = await suite.seal(key, NONCE, inputOf('arc1 link secret', place), secret);
  return { cap, docId, locked: concat(salt, sealed), hints };
}

/** The link that the password opens. Error: `wrong_password`, also when the link was changed: nobody can tell the two apart. */
export async function unlockLink(
  suite: Suite,
  { cap, docId, locked, hints }: LockedLink,
  password: string,
  stretching: Stretch,
): Promise<Result<Link>> {
  const bytes = passwordBytes(password);
  if (bytes === undefined) return fail('wrong_password');
  const place = { cap, docId };
  const key = await keyOf(suite, place, locked.subarray(0, SALT_BYTES), bytes, stretching);
  const secret = await suite.open(key, NONCE, inputOf('arc1 link secret', place), locked.subarray(SALT_BYTES));
  return secret === undefined ? fail('wrong_password') : ok({ cap, docId, secret, hints });
}
