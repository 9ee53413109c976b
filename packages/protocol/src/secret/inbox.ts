/** An inbox (§20) with secrets: who may add to it, and who opens what was added. */
import type { Bytes } from '../bytes.ts';
import { concat, label } from '../bytes.ts';
import { fail, ok, type Result } from '../errors.ts';
import { encodeUnsignedInboxHeader, type InboxFields, inboxSigningInput, type SealedWords } from '../inbox.ts';
import {
  decodeItem,
  encodeUnsignedItem,
  encodeWithdrawal,
  itemClearPart,
  itemHash,
  itemSigningInput,
  withdrawalSigningInput,
} from '../item.ts';
import {
  AES_NONCE_BYTES,
  ITEM_CLASSES_BYTES,
  KEY_BYTES,
  PUBLIC_KEY_BYTES,
  SALT_BYTES,
  SECRET_BYTES,
  SEED_BYTES,
  VERSION,
} from '../limits.ts';
import { encodeUnsignedPermit, permitSigningInput } from '../permit.ts';
import { Reader } from '../reader.ts';
import { encode, sizeOf } from '../writer.ts';
import type { Hpke, OpeningKey } from './hpke-suite.ts';
import { derive, type Keys, NO_CONTEXT, signerFor, signerOf } from './keys.ts';
import { type Link, parseLink } from './link.ts';
import type { Signer, Suite } from './suite.ts';

/** Of whoever may add to an inbox. It opens the owner's words, and nothing that was added. */
export interface FillKeys {
  inboxId: Bytes;
  postSigner: Signer;
  wordsRoot: Bytes;
  /** S_fill. */
  secret: Bytes;
}

async function fillKeys(suite: Suite, inboxId: Bytes, secret: Bytes): Promise<FillKeys> {
  const [postSigner, wordsRoot] = await Promise.all([
    signerOf(suite, secret, 'arc1 post key'),
    derive(suite, secret, 'arc1 words', NO_CONTEXT, KEY_BYTES),
  ]);
  return { inboxId, postSigner, wordsRoot, secret };
}

/** View contains fill (CAP-1). */
export async function fillKeysOf(suite: Suite, { docId, secrets }: Keys): Promise<FillKeys> {
  return fillKeys(suite, docId, await derive(suite, secrets.view, 'arc1 fill', NO_CONTEXT, SECRET_BYTES));
}

/** Errors: those of `parseLink`; `link_broken` when it is another link. */
export async function fillKeysFromLink(suite: Suite, link: string | Link): Promise<Result<FillKeys>> {
  const parsed = typeof link === 'string' ? parseLink(link) : ok(link);
  if (!parsed.ok) return parsed;
  const { cap, docId, secret } = parsed.value;
  return cap === 'fill' ? ok(await fillKeys(suite, docId, secret)) : fail('link_broken');
}

export function fillLinkFor({ inboxId, secret }: FillKeys, hints: string[] = []): Link {
  return { cap: 'fill', docId: inboxId, secret, hints };
}

/** The inbox key. Throws when the keys are not an owner's: a bug of the caller. */
export async function inboxKeyOf(suite: Suite, { openingKey }: Hpke, { secrets }: Keys): Promise<OpeningKey> {
  if (secrets.own === undefined) throw new RangeError('only an owner opens an inbox');
  return openingKey(await derive(suite, secrets.own, 'arc1 inbox key', NO_CONTEXT, SEED_BYTES));
}

async function wordsKey(suite: Suite, { inboxId, wordsRoot }: FillKeys, salt: Bytes) {
  return suite.aesKey(await derive(suite, wordsRoot, 'arc1 words key', concat(inboxId, salt), KEY_BYTES));
}

const WORDS_NONCE: Bytes = new Uint8Array(AES_NONCE_BYTES);

/** INBOX-10. */
export async function sealWords(suite: Suite, keys: FillKeys, plaintext: Bytes): Promise<SealedWords> {
  const salt = suite.random(SALT_BYTES);
  return {
    salt,
    ciphertext: await suite.seal(await wordsKey(suite, keys, salt), WORDS_NONCE, keys.inboxId, plaintext),
  };
}

/** Error: `open_failed`. */
export async function openWords(
  suite: Suite,
  keys: FillKeys,
  { salt, ciphertext }: SealedWords,
): Promise<Result<Bytes>> {
  const plain = await suite.open(await wordsKey(suite, keys, salt), WORDS_NONCE, keys.inboxId, ciphertext);
  return plain === undefined ? fail('open_failed') : ok(plain);
}

/** A header's bytes, signed. */
export async function signInboxHeader(
  keys: Keys,
  { postSigner }: FillKeys,
  inbox: Bytes,
  fields: Omit<InboxFields, 'owner' | 'post' | 'inbox'>,
): Promise<Bytes> {
  const owner = signerFor(keys, 'own');
  const unsigned = encodeUnsignedInboxHeader({
    ...fields,
    owner: owner.publicKey,
    post: postSigner.publicKey,
    inbox,
  });
  return concat(unsigned, await owner.sign(inboxSigningInput(unsigned)));
}

/** What is in an item. */
export interface ItemContent {
  /** X25519: an answer to whoever sent it is sealed to it. */
  reply: Bytes;
  /** What the tool says. */
  content: Bytes;
}

function contentSize(content: Bytes): number {
  return sizeOf((writer) => {
    writer.u8(VERSION);
    writer.fixed(new Uint8Array(PUBLIC_KEY_BYTES), PUBLIC_KEY_BYTES);
    writer.bytes(content);
  });
}

/** How long the plaintext of an item with so much in it is (INBOX-4); undefined: more than an item holds. */
export function itemClassOf(content: Bytes): number | undefined {
  const size = contentSize(content);
  return ITEM_CLASSES_BYTES.find((bytes) => size <= bytes);
}

function encodeContent({ reply, content }: ItemContent): Bytes {
  const length = itemClassOf(content);
  if (length === undefined) throw new RangeError('more than an item holds');
  return encode((writer) => {
    writer.u8(VERSION);
    writer.fixed(reply, PUBLIC_KEY_BYTES);
    writer.bytes(content);
    writer.raw(new Uint8Array(length - contentSize(content)));
  });
}

/** Errors: `unsupported_version`, `bad_message` (INBOX-4: zeros behind the content, and the shortest class). */
function decodeContent(plaintext: Bytes): Result<ItemContent> {
  const reader = new Reader(plaintext);
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  const reply = reader.fixed(PUBLIC_KEY_BYTES);
  const content = reader.bytes();
  const padding = reader.rest();
  reader.check(padding.every((byte) => byte === 0) && itemClassOf(content) === plaintext.length);
  return reader.end({ reply, content });
}

/** The secret of whoever sent one item: it takes it back, and opens the answer. */
export interface SenderKeys {
  signer: Signer;
  replyKey: OpeningKey;
}

/** From 32 random bytes, made for one item alone. */
export async function senderKeysOf(suite: Suite, { openingKey }: Hpke, seed: Bytes): Promise<SenderKeys> {
  const [signer, replyKey] = await Promise.all([
    signerOf(suite, seed, 'arc1 sender key'),
    derive(suite, seed, 'arc1 reply key', NO_CONTEXT, SEED_BYTES).then(openingKey),
  ]);
  return { signer, replyKey };
}

const infoOf = (inboxId: Bytes): Bytes => concat(label('arc1 inbox'), inboxId);

/** An item's bytes, signed (INBOX-5). Error: `bad_header` when nothing can be sealed to this inbox key. */
export async function sealItem(
  { seal }: Hpke,
  { inboxId, postSigner }: FillKeys,
  inbox: Bytes,
  { signer, replyKey }: SenderKeys,
  content: Bytes,
): Promise<Result<Bytes>> {
  const sender = signer.publicKey;
  const plaintext = encodeContent({ reply: replyKey.publicKey, content });
  const sealed = await seal(inbox, infoOf(inboxId), itemClearPart(sender), plaintext);
  if (sealed === undefined) return fail('bad_header');
  const unsigned = encodeUnsignedItem({ sender, ...sealed });
  return ok(concat(unsigned, await postSigner.sign(itemSigningInput(inboxId, unsigned))));
}

/** The signature is not looked at. Errors: those of `decodeItem`, `open_failed`, and those of what is inside. */
export async function openItem(key: OpeningKey, inboxId: Bytes, bytes: Bytes): Promise<Result<ItemContent>> {
  const item = decodeItem(bytes);
  if (!item.ok) return item;
  const plaintext = await key.open(item.value, infoOf(inboxId), itemClearPart(item.value.sender));
  return plaintext === undefined ? fail('open_failed') : decodeContent(plaintext);
}

/** What takes the item back, in bytes (INBOX-9). */
export async function signWithdrawal({ signer }: SenderKeys, inboxId: Bytes, item: Bytes): Promise<Bytes> {
  const hash = itemHash(inboxId, item);
  return encodeWithdrawal({ hash, signature: await signer.sign(withdrawalSigningInput(inboxId, hash)) });
}

/** What makes a relay count a drop for this inbox (ASK-3), in bytes. `sender`: of the item that will announce it. */
export async function signPermit(
  { inboxId, postSigner }: FillKeys,
  sender: Signer['publicKey'],
  blobId: Bytes,
): Promise<Bytes> {
  const unsigned = encodeUnsignedPermit({ inboxId, sender });
  return concat(unsigned, await postSigner.sign(permitSigningInput(blobId, unsigned)));
}
