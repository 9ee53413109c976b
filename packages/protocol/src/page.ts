/** A published page (§22): the one thing of a document that everybody can read, signed by a key that leads back to nothing. */
import { type Bytes, concat, equal, label } from './bytes.ts';
import { fail, ok, type Result } from './errors.ts';
import { sha256 as defaultSha256, type Sha256, type Verify } from './hash.ts';
import { docIdOf } from './ids.ts';
import {
  KIND_PAGE,
  MAX_ORDER_SKEW_SECONDS,
  MAX_PUBLISHED_AUTHORS_BYTES,
  MAX_PUBLISHED_BYTES,
  MAX_PUBLISHED_DESCRIPTION_BYTES,
  MAX_PUBLISHED_HTML_BYTES,
  MAX_PUBLISHED_PICTURES,
  MAX_PUBLISHED_TITLE_BYTES,
  PUBLIC_KEY_BYTES,
  SIGNATURE_BYTES,
  VERSION,
} from './limits.ts';
import { language, optionalLine, readText, requiredLine, writeText } from './network/text.ts';
import { pictureTypeOf } from './picture-type.ts';
import { Reader } from './reader.ts';
import { signatureOf, unsignedPart } from './signed.ts';
import { encodeUtf8 } from './utf8.ts';
import type { Writer } from './writer.ts';
import { encode } from './writer.ts';

/** In the order of their codes, from 1. */
export const LICENCES = ['rights-reserved', 'cc0', 'cc-by', 'cc-by-sa', 'licence-ouverte'] as const;
export type Licence = (typeof LICENCES)[number];

export interface PageContent {
  /** Unix seconds; 0: as long as the host keeps pages. */
  expiry: number;
  licence: Licence;
  language: string;
  title: string;
  /** These two may be empty. */
  description: string;
  authors: string;
  /** What stands between title and foot; `src` of an `img` is the number of a picture, from 0. */
  html: string;
  pictures: Bytes[];
}

export interface PageFields {
  seq: number;
  /** Unix seconds: when it was signed. */
  time: number;
  /** Ed25519. */
  key: Bytes;
  /** Left out: the page is taken back. */
  content?: PageContent;
}

export interface Page extends PageFields {
  signature: Bytes;
}

const TAKEN_BACK = 1;
const TITLE = requiredLine(MAX_PUBLISHED_TITLE_BYTES);
const DESCRIPTION = optionalLine(MAX_PUBLISHED_DESCRIPTION_BYTES);
const AUTHORS = optionalLine(MAX_PUBLISHED_AUTHORS_BYTES);

function writeContent(writer: Writer, { html, pictures, ...content }: PageContent): void {
  if (encodeUtf8(html).length > MAX_PUBLISHED_HTML_BYTES || pictures.length > MAX_PUBLISHED_PICTURES)
    throw new RangeError('more than a page holds');
  writer.varint(content.expiry);
  writer.u8(LICENCES.indexOf(content.licence) + 1);
  writeText(writer, language, content.language);
  writeText(writer, TITLE, content.title);
  writeText(writer, DESCRIPTION, content.description);
  writeText(writer, AUTHORS, content.authors);
  writer.utf8(html);
  writer.varint(pictures.length);
  for (const picture of pictures) {
    if (pictureTypeOf(picture) === undefined) throw new RangeError('no picture');
    writer.bytes(picture);
  }
}

function writeFields(writer: Writer, { seq, time, key, content }: PageFields): void {
  if (seq < 1) throw new RangeError('seq');
  writer.u8(VERSION);
  writer.u8(KIND_PAGE);
  writer.u8(content === undefined ? TAKEN_BACK : 0);
  writer.varint(seq);
  writer.varint(time);
  writer.fixed(key, PUBLIC_KEY_BYTES);
  if (content !== undefined) writeContent(writer, content);
}

/** All fields but the signature: what `pageSigningInput` takes. */
export function encodeUnsignedPage(page: PageFields): Bytes {
  return encode((writer) => writeFields(writer, page));
}

export function encodePage(page: Page): Bytes {
  return encode((writer) => {
    writeFields(writer, page);
    writer.fixed(page.signature, SIGNATURE_BYTES);
  });
}

function readContent(reader: Reader): PageContent {
  const expiry = reader.varint();
  const licence = LICENCES[reader.u8() - 1];
  reader.check(licence !== undefined);
  const texts = {
    language: readText(reader, language),
    title: readText(reader, TITLE),
    description: readText(reader, DESCRIPTION),
    authors: readText(reader, AUTHORS),
    html: reader.utf8(MAX_PUBLISHED_HTML_BYTES),
  };
  const pictures = reader.list(reader.varint(MAX_PUBLISHED_PICTURES), () => {
    const picture = reader.bytes();
    reader.check(pictureTypeOf(picture) !== undefined);
    return picture;
  });
  return { expiry, licence: licence ?? 'rights-reserved', ...texts, pictures };
}

/** Errors: `too_large`, `unsupported_version`, `bad_message` (PAGE-3). */
export function decodePage(bytes: Bytes): Result<Page> {
  if (bytes.length > MAX_PUBLISHED_BYTES) return fail('too_large');
  const reader = new Reader(bytes);
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  reader.check(reader.u8() === KIND_PAGE);
  const flags = reader.u8();
  reader.check(flags <= TAKEN_BACK);
  const seq = reader.varint();
  reader.check(seq >= 1);
  const time = reader.varint();
  const key = reader.fixed(PUBLIC_KEY_BYTES);
  const content = flags === TAKEN_BACK ? {} : { content: readContent(reader) };
  return reader.end({ seq, time, key, ...content, signature: reader.fixed(SIGNATURE_BYTES) });
}

/** `unsigned`: the page's bytes without the signature. */
export function pageSigningInput(unsigned: Bytes): Bytes {
  return concat(label('arc1 page'), unsigned);
}

/** By which a page is asked for: it commits to the page key. */
export function pageIdOf(key: Bytes): Bytes {
  return docIdOf(KIND_PAGE, key);
}

/** PAGE-1: decodes and checks that the page is of this id and signed by its key, else `bad_header`. */
export async function checkPage(pageId: Bytes, bytes: Bytes, verify: Verify): Promise<Result<Page>> {
  const page = decodePage(bytes);
  if (!page.ok) return page;
  const { key } = page.value;
  if (!equal(pageIdOf(key), pageId)) return fail('bad_header');
  const isSigned = await verify(key, pageSigningInput(unsignedPart(bytes)), signatureOf(bytes));
  return isSigned ? page : fail('bad_header');
}

/** 32 bytes over all bytes of a page, signature included. */
export function pageHash(bytes: Bytes, sha256: Sha256 = defaultSha256): Bytes {
  return sha256(concat(label('arc1 page hash'), bytes));
}

/** What a host knows of a page that it has, or had. */
export interface HeldPage {
  seq: number;
  hash: Bytes;
}

/** PAGE-2; `hash`: of the page that comes. Errors: `stale_header`, `stale_order`. */
export function succeedPage(
  held: HeldPage | undefined,
  { seq, time }: Page,
  hash: Bytes,
  nowSeconds: number,
): Result<'same' | 'next'> {
  if (held !== undefined && equal(held.hash, hash)) return ok('same');
  if (held !== undefined && seq <= held.seq) return fail('stale_header');
  return Math.abs(time - nowSeconds) > MAX_ORDER_SKEW_SECONDS ? fail('stale_order') : ok('next');
}
