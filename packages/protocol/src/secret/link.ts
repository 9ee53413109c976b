/** Links (§3): the fragment `1<cap>.<docId>.<secret>[.<hints>]`, in its only spelling. */
import { decodeBase64url, encodeBase64url } from '../base64url.ts';
import type { Bytes } from '../bytes.ts';
import { fail, ok, type Result } from '../errors.ts';
import { DOC_ID_BYTES, MAX_HINTS, SECRET_BYTES } from '../limits.ts';

export type Capability = 'own' | 'edit' | 'view';

export interface Link {
  cap: Capability;
  docId: Bytes;
  /** S_own, S_edit or S_view. */
  secret: Bytes;
  /** Relays, `host` or `host:port`; none: the host of the front. */
  hints: string[];
}

const LETTERS: Readonly<Record<Capability, string>> = { own: 'o', edit: 'e', view: 'v' };
const CAPABILITIES: ReadonlyMap<string, Capability> = new Map([
  ['o', 'own'],
  ['e', 'edit'],
  ['v', 'view'],
]);
const ID_CHARACTERS = Math.ceil((DOC_ID_BYTES * 8) / 6);
const SECRET_CHARACTERS = Math.ceil((SECRET_BYTES * 8) / 6);
const BASE64URL = /^[A-Za-z0-9_-]*$/;
const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const PORT = /^[1-9][0-9]{0,4}$/;
const MAX_HOST_CHARACTERS = 253;

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

/** The fragment without `#`. Errors (LINK-1): `link_incomplete`, `link_broken`, `unsupported_version`. */
export function parseLink(fragment: string): Result<Link> {
  const version = fragment[0];
  if (version === undefined) return fail('link_incomplete');
  if (version !== '1') return fail(/^[2-9][a-z]\./.test(fragment) ? 'unsupported_version' : 'link_broken');
  const cap = CAPABILITIES.get(fragment[1] ?? '');
  if (fragment.length === 1) return fail('link_incomplete');
  if (cap === undefined) return fail('link_broken');
  const [, idText, secretText, ...hintParts] = fragment.slice(1).split('.');
  if (fragment.length > 2 && fragment[2] !== '.') return fail('link_broken');
  if (idText === undefined) return fail('link_incomplete');
  const docId = parseField(idText, ID_CHARACTERS, secretText === undefined);
  if (!docId.ok) return docId;
  if (secretText === undefined) return fail('link_incomplete');
  const secret = parseField(secretText, SECRET_CHARACTERS, hintParts.length === 0);
  if (!secret.ok) return secret;
  const hints = hintParts.length === 0 ? ok([]) : parseHints(hintParts.join('.'));
  return hints.ok ? ok({ cap, docId: docId.value, secret: secret.value, hints: hints.value }) : hints;
}

/** The fragment without `#`. Throws on lengths or hints that no link may have: a bug of the caller. */
export function printLink(link: Link): string {
  const { cap, docId, secret, hints } = link;
  if (docId.length !== DOC_ID_BYTES || secret.length !== SECRET_BYTES) throw new RangeError('lengths of a link');
  if (hints.length > MAX_HINTS || !hints.every(isHint)) throw new RangeError('hints of a link');
  const text = `1${LETTERS[cap]}.${encodeBase64url(docId)}.${encodeBase64url(secret)}`;
  return hints.length === 0 ? text : `${text}.${hints.join(',')}`;
}
