/** JPEG (ITU-T T.81, annex B): a string of segments, each with its marker. */
import { orientationOf, tiffOf, UPRIGHT } from './orientation.ts';
import { assemble, type Peek, type Piece } from './peek.ts';

const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;
const COMMENT = 0xfe;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
const EXIF = 'Exif\0\0';
/** How a decoder must read the picture: what belongs to it, unlike all that programs add. */
const NEEDED: Partial<Record<number, string>> = { [APP2]: 'ICC_PROFILE\0', [APP14]: 'Adobe' };
const JFIF = 'JFIF\0';
/** Of a JFIF segment without its little picture. */
const JFIF_BYTES = 16;
const SCAN_BYTES = 2 ** 18;
const HEAD_BYTES = 16;

export const isJpeg = (head: Uint8Array): boolean => head[0] === 0xff && head[1] === START && head[2] === 0xff;

/** Without EXIF (but which way up), XMP, IPTC, comments, little pictures, and whatever follows the picture. Undefined: it is damaged. */
export async function cleanJpeg(peek: Peek): Promise<Blob | undefined> {
  const pieces: Piece[] = [[0, 2]];
  for (let at = 2; ; ) {
    const [mark = 0, marker = 0, high = 0, low = 0] = await peek.bytes(at, 4);
    if (mark !== 0xff) return undefined;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === END) return assemble(peek.file, [...pieces, [at, at + 2]]);
    const end = at + 2 + high * 256 + low;
    if (end < at + 4 || end > peek.size) return undefined;
    const kept = await keptOf(peek, marker, at, end);
    if (kept !== undefined) pieces.push(kept);
    at = end;
    if (marker !== SCAN) continue;
    at = await endOfScan(peek, end);
    pieces.push([end, at]);
    // A picture that was cut has no end; browsers show what there is.
    if (at === peek.size) return assemble(peek.file, pieces);
  }
}

async function keptOf(peek: Peek, marker: number, at: number, end: number): Promise<Piece | undefined> {
  const isAdded = (marker >= APP0 && marker <= APP15) || marker === COMMENT;
  if (!isAdded) return [at, end];
  const name = String.fromCharCode(...(await peek.bytes(at + 4, Math.min(HEAD_BYTES, end - at - 4))));
  if (marker === APP0 && name.startsWith(JFIF) && end - at >= JFIF_BYTES + 2) return jfifOf(peek, at);
  if (marker === APP1 && name.startsWith(EXIF)) {
    const orientation = orientationOf(await peek.bytes(at + 4 + EXIF.length, end - at - 4 - EXIF.length));
    return orientation === UPRIGHT ? undefined : exifOf(orientation);
  }
  const needed = NEEDED[marker];
  return needed !== undefined && name.startsWith(needed) ? [at, end] : undefined;
}

async function jfifOf(peek: Peek, at: number): Promise<Piece> {
  const segment = new Uint8Array(JFIF_BYTES + 2);
  segment.set(await peek.bytes(at, JFIF_BYTES));
  segment[3] = JFIF_BYTES;
  segment[2] = 0;
  return segment;
}

function exifOf(orientation: number): Piece {
  const tiff = tiffOf(orientation);
  const segment = new Uint8Array(4 + EXIF.length + tiff.length);
  segment.set([0xff, APP1, 0, segment.length - 2]);
  segment.set(new TextEncoder().encode(EXIF), 4);
  segment.set(tiff, 4 + EXIF.length);
  return segment;
}

/** Where the next marker is, after the bytes of a picture: there FF is followed by 00, or by a restart. */
async function endOfScan(peek: Peek, start: number): Promise<number> {
  for (let at = start; at < peek.size - 1; ) {
    const bytes = await peek.bytes(at, SCAN_BYTES);
    for (let found = bytes.indexOf(0xff); found >= 0; found = bytes.indexOf(0xff, found + 1)) {
      const next = bytes[found + 1];
      if (next === undefined) break;
      const isPicture = next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7);
      if (!isPicture) return at + found;
    }
    // The last byte may be the first half of a marker.
    at += Math.max(1, bytes.length - 1);
  }
  return peek.size;
}
