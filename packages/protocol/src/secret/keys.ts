/** Capabilities (§2): the secrets of a document and what is derived from them. */
import { type Bytes, concat, equal, label } from '../bytes.ts';
import { fail, ok, type Result } from '../errors.ts';
import { docIdOf } from '../ids.ts';
import { ATTACHMENT_ID_BYTES, KEY_BYTES, KIND_BLOB, KIND_LOG, SECRET_BYTES, SEED_BYTES } from '../limits.ts';
import { proofInput, type Role } from '../proof.ts';
import { encodeVarint } from '../varint.ts';
import { type Capability, type Link, parseLink } from './link.ts';
import type { Signer, Suite } from './suite.ts';

/** The generation a document begins with. */
export const FIRST_GENERATION = 0;

export interface Keys {
  cap: Capability;
  docId: Bytes;
  /** Of an owner: the generation that the edit and view secrets belong to. Others learn it from the header. */
  gen?: number;
  ownerSigner?: Signer;
  editSigner?: Signer;
  commentSigner?: Signer;
  readSigner: Signer;
  contentRoot: Bytes;
  liveRoot: Bytes;
  secrets: { own?: Bytes; edit?: Bytes; comment?: Bytes; view: Bytes };
}

/** HKDF-SHA-256 of §2 with info `L(label) | context`. */
export function derive(suite: Suite, secret: Bytes, name: string, context: Bytes, length: number): Promise<Bytes> {
  return suite.hkdf(secret, concat(label(name), context), length);
}

export const NO_CONTEXT: Bytes = new Uint8Array(0);

export async function signerOf(suite: Suite, secret: Bytes, name: string): Promise<Signer> {
  return suite.signer(await derive(suite, secret, name, NO_CONTEXT, SEED_BYTES));
}

type ViewKeys = Pick<Keys, 'readSigner' | 'contentRoot' | 'liveRoot'>;

async function viewKeys(suite: Suite, view: Bytes): Promise<ViewKeys> {
  const [readSigner, contentRoot, liveRoot] = await Promise.all([
    signerOf(suite, view, 'arc1 read key'),
    derive(suite, view, 'arc1 content', NO_CONTEXT, KEY_BYTES),
    derive(suite, view, 'arc1 live', NO_CONTEXT, KEY_BYTES),
  ]);
  return { readSigner, contentRoot, liveRoot };
}

type CommentKeys = ViewKeys & { commentSigner: Signer };

async function commentKeys(suite: Suite, comment: Bytes, view: Bytes): Promise<CommentKeys> {
  const [commentSigner, keys] = await Promise.all([
    signerOf(suite, comment, 'arc1 comment key'),
    viewKeys(suite, view),
  ]);
  return { commentSigner, ...keys };
}

type EditKeys = CommentKeys & { editSigner: Signer; comment: Bytes; view: Bytes };

async function editKeys(suite: Suite, edit: Bytes): Promise<EditKeys> {
  const below = Promise.all([
    derive(suite, edit, 'arc1 comment', NO_CONTEXT, SECRET_BYTES),
    derive(suite, edit, 'arc1 view', NO_CONTEXT, SECRET_BYTES),
  ]);
  const [editSigner, keys, [comment, view]] = await Promise.all([
    signerOf(suite, edit, 'arc1 edit key'),
    below.then(([comment, view]) => commentKeys(suite, comment, view)),
    below,
  ]);
  return { editSigner, ...keys, comment, view };
}

async function ownKeys(suite: Suite, own: Bytes, gen: number, kind: number): Promise<Keys> {
  const edit = derive(suite, own, 'arc1 edit', encodeVarint(gen), SECRET_BYTES);
  const [ownerSigner, { comment, view, ...keys }] = await Promise.all([
    signerOf(suite, own, 'arc1 owner key'),
    edit.then((secret) => editKeys(suite, secret)),
  ]);
  const docId = docIdOf(kind, ownerSigner.publicKey, suite.sha256);
  return { cap: 'own', docId, gen, ownerSigner, ...keys, secrets: { own, edit: await edit, comment, view } };
}

/** A new document, or a blob: its own secret by chance, the first generation. */
export function createKeys(suite: Suite, kind: number = KIND_LOG): Promise<Keys> {
  return ownKeys(suite, suite.random(SECRET_BYTES), FIRST_GENERATION, kind);
}

/**
 * The keys of a fragment (or of a parsed link). An owner's link does not tell the generation: `gen` is the header's (`Keys` for another one
 * by calling again), `kind` what it is a link of. Errors: those of `parseLink`, and `link_broken` when an owner's secret is not of this docId (LINK-2),
 * when it is a link to fill, which opens nothing, or one to comment on what is no document with a log.
 */
export async function keysFromLink(
  suite: Suite,
  link: string | Link,
  gen: number = FIRST_GENERATION,
  kind: number = KIND_LOG,
): Promise<Result<Keys>> {
  const parsed = typeof link === 'string' ? parseLink(link) : ok(link);
  if (!parsed.ok) return parsed;
  const { cap, docId, secret } = parsed.value;
  if (cap === 'fill') return fail('link_broken');
  if (cap === 'own') {
    const keys = await ownKeys(suite, secret, gen, kind);
    return equal(keys.docId, docId) ? ok(keys) : fail('link_broken');
  }
  if (cap === 'view') return ok({ cap, docId, ...(await viewKeys(suite, secret)), secrets: { view: secret } });
  if (cap === 'comment') {
    if (kind !== KIND_LOG) return fail('link_broken');
    const [comment, view] = [secret.subarray(0, SECRET_BYTES), secret.subarray(SECRET_BYTES)];
    return ok({ cap, docId, ...(await commentKeys(suite, comment, view)), secrets: { comment, view } });
  }
  const { comment, view, ...keys } = await editKeys(suite, secret);
  return ok({ cap, docId, ...keys, secrets: { edit: secret, comment, view } });
}

/**
 * Of a file that belongs to a document (ATT-1): a blob that whoever may edit the document owns. `id`: 16 random bytes.
 * Throws when the keys give no right to edit: a bug of the caller.
 */
export async function attachmentKeys(suite: Suite, { docId, secrets }: Keys, id: Bytes): Promise<Keys> {
  if (secrets.edit === undefined || id.length !== ATTACHMENT_ID_BYTES)
    throw new RangeError('keys or id of an attachment');
  const own = await derive(suite, secrets.edit, 'arc1 attachment', concat(docId, id), SECRET_BYTES);
  return ownKeys(suite, own, FIRST_GENERATION, KIND_BLOB);
}

/** A link that gives `cap` of what the keys hold (CAP-1). Throws when they hold less: a bug of the caller. */
export function linkFor(keys: Keys, cap: Capability, hints: string[] = []): Link {
  const secret = keys.secrets[cap];
  if (secret === undefined) throw new RangeError(`${keys.cap} does not contain ${cap}`);
  return { cap, docId: keys.docId, secret: cap === 'comment' ? concat(secret, keys.secrets.view) : secret, hints };
}

/** Signer of a role. Throws when the keys do not hold it: a bug of the caller. */
export function signerFor(keys: Keys, role: Role): Signer {
  const { ownerSigner: own, editSigner: edit, commentSigner: comment, readSigner: view } = keys;
  const signer = { own, edit, comment, view }[role];
  if (signer === undefined) throw new RangeError(`${keys.cap} does not contain ${role}`);
  return signer;
}

/** The proof of an Open (CON-2); audience is the `host[:port]` that was dialled. */
export function prove(keys: Keys, role: Role, nonce: Bytes, docId: Bytes, audience: string): Promise<Bytes> {
  return signerFor(keys, role).sign(proofInput(nonce, role, docId, audience));
}
