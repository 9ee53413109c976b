/** Links (§3): the fragment `1<cap>.<docId>.<secret>[.<hints>]`, or with `2` and a secret that a password locks, in its only spelling. */
import { decodeBase64url, encodeBase64url } from '../base64url.ts';
import type { Bytes } from '../bytes.ts';
import { fail, ok, type Result } from '../errors.ts';
import { COMMENT_SECRET_BYTES, DOC_ID_BYTES, LOCK_BYTES, MAX_HINTS, SECRET_BYTES } from '../limits.ts';

export type Capability = 'own' | 'edit' | 'comment' | 'view';
/** `fill`: to add to an inbox (§20), and to see nothing of it. */
export type LinkCapability = Capability | 'fill';

export interface Link {
  cap: LinkCapability;
  docId: Bytes;
  /** S_own, S_edit, S_view or S_fill: 20 bytes; of a link to comment S_comment, then S_view: 40. */
  secret: Bytes;
  /** Relays, `host` or `host:port`; none: the host of the front. */
  hints: string[];
}

/** A link whose secret only a password opens (LINK-5): `unlockLink`. */
export interface LockedLink {
  cap: LinkCapability;
  docId: Bytes;
  /** Salt of 16 bytes, then the sealed secret. */
  locked: Bytes;
  hints: string[];
}

/** How a capability is written in a link. */
export const LETTERS: Readonly<Record<LinkCapability, string>> = {
  own: 'o',
  edit: 'e',
  comment: 'c',
  view: 'v',
  fill: 'f',
};
const CAPABILITIES: ReadonlyMap<string, LinkCapability> = new Map([
  ['o', 'own'],
  ['e', 'edit'],
  ['c', 'comment'],
  ['v', 'view'],
  ['f', 'fill'],
]);
const ID_CHARACTERS = charactersOf(DOC_ID_BYTES);
const BASE64URL = /^[A-Za-z0-9_-]*$/;
const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const PORT = /^[1-9][0-9]{0,4}$/;
const MAX_HOST_CHARACTERS = 253;

function charactersOf(bytes: number): number {
  return Math.ceil((bytes * 8) / 6);
}

function isHint(hint: string): boolean {
  const [host = '', port, ...more] = hint.split(':');
  if (more.length > 0 || host.length > MAX_HOST_CHARACTERS) return false;
  if (port !== undefined && !(PORT.test(port) && Number(port) <= 65535)) return false;
  return host.split('.').every((part) => HOST_LABEL.test(part));
}

function parseHints(text: string): Result<string[]> {
  if (text === '') return fail('link_incomplete');
  const hints = text.split(',');
  return hints.length <= MAX_HINTS && hints.every(isHint) ? ok(hints) : fail('link_broken');
}

/** A field of a fixed number of characters; `last` when nothing follows it: then a short one is a link that was cut. */
function parseField(text: string, characters: number, last: boolean): Result<Bytes> {
  if (!BASE64URL.test(text)) return fail('link_broken');
  if (text.length < characters && last) return fail('link_incomplete');
  if (text.length !== characters) return fail('link_broken');
  const bytes = decodeBase64url(text);
  return bytes.ok ? bytes : fail('link_broken');
}

/** The first character: how the secret is written. */
type Form = '1' | '2';

/**
 * The fragment without `#`, with a password or without. Errors (LINK-1): `link_incomplete`, `link_broken`, `unsupported_version`.
 */
export function readLink(fragment: string): Result<Link | LockedLink> {
  const form = fragment[0];
  if (form === undefined) return fail('link_incomplete');
  if (form !== '1' && form !== '2') {
    return fail(/^[3-9][a-z]\./.test(fragment) ? 'unsupported_version' : 'link_broken');
  }
  const cap = CAPABILITIES.get(fragment[1] ?? '');
  if (fragment.length === 1) return fail('link_incomplete');
  if (cap === undefined) return fail('link_broken');
  const [, idText, secretText, ...hintParts] = fragment.slice(1).split('.');
  if (fragment.length > 2 && fragment[2] !== '.') return fail('link_broken');
  if (idText === undefined) return fail('link_incomplete');
  const docId = parseField(idText, ID_CHARACTERS, secretText === undefined);
  if (!docId.ok) return docId;
  if (secretText === undefined) return fail('link_incomplete');
  const secret = parseField(secretText, charactersOf(secretBytesOf(form, cap)), hintParts.length === 0);
  if (!secret.ok) return secret;
  const hints = hintParts.length === 0 ? ok([]) : parseHints(hintParts.join('.'));
  if (!hints.ok) return hints;
  const common = { cap, docId: docId.value, hints: hints.value };
  return ok(form === '1' ? { ...common, secret: secret.value } : { ...common, locked: secret.value });
}

function secretBytesOf(form: Form, cap: LinkCapability): number {
  const bytes = cap === 'comment' ? COMMENT_SECRET_BYTES : SECRET_BYTES;
  return form === '1' ? bytes : bytes + LOCK_BYTES;
}

export function isLocked(link: Link | LockedLink): link is LockedLink {
  return 'locked' in link;
}

/** A link without a password, the fragment without `#`. Errors: those of `readLink`, and `password_needed` (LINK-5). */
export function parseLink(fragment: string): Result<Link> {
  const link = readLink(fragment);
  if (!link.ok) return link;
  return isLocked(link.value) ? fail('password_needed') : ok(link.value);
}

/** The fragment without `#`. Throws on lengths or hints that no link may have: a bug of the caller. */
export function printLink(link: Link | LockedLink): string {
  const { cap, docId, hints } = link;
  const form: Form = isLocked(link) ? '2' : '1';
  const secret = isLocked(link) ? link.locked : link.secret;
  if (docId.length !== DOC_ID_BYTES || secret.length !== secretBytesOf(form, cap))
    throw new RangeError('lengths of a link');
  if (hints.length > MAX_HINTS || !hints.every(isHint)) throw new RangeError('hints of a link');
  const text = `${form}${LETTERS[cap]}.${encodeBase64url(docId)}.${encodeBase64url(secret)}`;
  return hints.length === 0 ? text : `${text}.${hints.join(',')}`;
}
