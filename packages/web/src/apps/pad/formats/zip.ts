/** Zipped files that other people made, opened within bounds. */
import { type UnzipFileInfo, unzipSync, type Zippable, zipSync } from 'fflate';
import { Refusal } from './refusal.ts';

const FILES_MAX = 3000;
/** All of it opened: more would fill the memory of a phone. */
const OPENED_MAX_BYTES = 100_000_000;
/** What one part of text or style may be. */
const XML_MAX_BYTES = 40_000_000;

export type Parts = ReadonlyMap<string, Uint8Array>;

/** The parts of a zipped file by their names. Throws `Refusal`: `broken`, `tooLarge`. */
export function openZip(bytes: Uint8Array): Parts {
  let [files, total] = [0, 0];
  const filter = ({ originalSize }: UnzipFileInfo): boolean => {
    files += 1;
    total += originalSize;
    // The sizes that a zip says of itself are what is kept free for it: more than that is never written.
    if (files > FILES_MAX || total > OPENED_MAX_BYTES) throw new Refusal('tooLarge');
    return true;
  };
  try {
    return new Map(Object.entries(unzipSync(bytes, { filter })));
  } catch (cause) {
    throw cause instanceof Refusal ? cause : new Refusal('broken', { cause });
  }
}

/** The same parts as a zip without compression, whose sizes are true. */
export function closedAgain(parts: Parts): Uint8Array {
  return zipSync(Object.fromEntries(parts), { level: 0 });
}

/** A zip whose first part is kept as it is: what tells the types of documents apart. */
export function zipOfParts(
  first: readonly [string, Uint8Array],
  parts: Iterable<readonly [string, Uint8Array]>,
): Uint8Array {
  const all: Zippable = { [first[0]]: [first[1], { level: 0 }] };
  for (const [name, bytes] of parts) all[name] = bytes;
  return zipSync(all, { level: 6, mtime: new Date(1980, 1, 1) });
}

/** A part of XML as text. Throws `Refusal`: `hostile` for what declares entities, `tooLarge`, `broken` when it is not there. */
export function xmlText(parts: Parts, name: string): string {
  const bytes = parts.get(name);
  if (bytes === undefined) throw new Refusal('broken');
  if (bytes.length > XML_MAX_BYTES) throw new Refusal('tooLarge');
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes);
  // No document of an office program has one; entities in it could name other files, or grow without end.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new Refusal('hostile');
  return text;
}

/** A part of XML, read. Throws `Refusal` as `xmlText` does, and `broken` for what is none. */
export function xmlDocument(parts: Parts, name: string): Document {
  const document = new DOMParser().parseFromString(xmlText(parts, name), 'application/xml');
  if (document.getElementsByTagName('parsererror').length > 0) throw new Refusal('broken');
  return document;
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xff && second === 0xfe ? 'utf-16le' : 'utf-8';
}
