/** A request for files (§20): what its owner says to whoever may send, and what whoever sends puts into the inbox. */
import type { Bytes } from '../bytes.ts';
import type { Result } from '../errors.ts';
import {
  MAX_FILES,
  MAX_LINK_BYTES,
  MAX_REQUEST_TEXT_BYTES,
  MAX_SENDER_NAME_BYTES,
  MAX_TITLE_BYTES,
  MAX_WORDS_BYTES,
  VERSION,
} from '../limits.ts';
import { Reader } from '../reader.ts';
import { encode } from '../writer.ts';
import { parseLink } from './link.ts';

/** The first kind of words and of contents; forms and others get the next ones. */
const TYPE_FILES = 1;
const FLAG_NAME = 1;

/** In the words of an inbox. */
export interface FileRequest {
  title: string;
  text: string;
  /** Whoever sends must say a name. */
  asksName: boolean;
  /** Of one sending; 0 as many as people want. */
  maxFiles: number;
  /** Of one sending, in bytes of files; 0 as much as the host takes. */
  maxBytes: number;
}

/** In an item. Number and size are what whoever sends says: the drop tells the truth. */
export interface Delivery {
  /** Empty: nobody said one. */
  name: string;
  files: number;
  bytes: number;
  /** The link to view of the drop, without `#`. */
  link: string;
}

/** Throws on texts that are too long: a bug of the caller. */
export function encodeFileRequest(request: FileRequest): Bytes {
  const bytes = encode((writer) => {
    writer.u8(VERSION);
    writer.u8(TYPE_FILES);
    writer.u8(request.asksName ? FLAG_NAME : 0);
    writer.utf8(request.title);
    writer.utf8(request.text);
    writer.varint(request.maxFiles);
    writer.varint(request.maxBytes);
  });
  if (!decodeFileRequest(bytes).ok) throw new RangeError('no request for files');
  return bytes;
}

/** Errors: `too_large`, `unsupported_version`, `bad_message`. */
export function decodeFileRequest(bytes: Bytes): Result<FileRequest> {
  const reader = new Reader(bytes);
  reader.check(bytes.length <= MAX_WORDS_BYTES, 'too_large');
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  reader.check(reader.u8() === TYPE_FILES);
  const flags = reader.u8();
  reader.check((flags & ~FLAG_NAME) === 0);
  const title = reader.utf8(MAX_TITLE_BYTES);
  const text = reader.utf8(MAX_REQUEST_TEXT_BYTES);
  reader.check(title !== '');
  const [maxFiles, maxBytes] = [reader.varint(MAX_FILES), reader.varint()];
  return reader.end({ title, text, asksName: (flags & FLAG_NAME) !== 0, maxFiles, maxBytes });
}

/** Throws on what no delivery may have: a bug of the caller. */
export function encodeDelivery(delivery: Delivery): Bytes {
  const bytes = encode((writer) => {
    writer.u8(VERSION);
    writer.u8(TYPE_FILES);
    writer.utf8(delivery.name);
    writer.varint(delivery.files);
    writer.varint(delivery.bytes);
    writer.utf8(delivery.link);
  });
  if (!decodeDelivery(bytes).ok) throw new RangeError('no delivery of files');
  return bytes;
}

/** Errors: `unsupported_version`, `bad_message` (ASK-1: the link is one to view, and to nothing else). */
export function decodeDelivery(bytes: Bytes): Result<Delivery> {
  const reader = new Reader(bytes);
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  reader.check(reader.u8() === TYPE_FILES);
  const name = reader.utf8(MAX_SENDER_NAME_BYTES);
  const files = reader.varint(MAX_FILES);
  const size = reader.varint();
  const text = reader.utf8(MAX_LINK_BYTES);
  const link = parseLink(text);
  reader.check(files > 0 && link.ok && link.value.cap === 'view');
  return reader.end({ name, files, bytes: size, link: text });
}
