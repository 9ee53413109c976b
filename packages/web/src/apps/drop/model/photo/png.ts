/** PNG (W3C, third edition): a string of chunks, each with its name. */
import { orientationOf, tiffOf, UPRIGHT } from './orientation.ts';
import { assemble, type Peek, type Piece } from './peek.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Beside the critical ones, what a decoder needs to show the picture as it is meant; moving pictures among it. */
const NEEDED = new Set('tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT acTL fcTL fdAT'.split(' '));
const AROUND_BYTES = 12;

export const isPng = (head: Uint8Array): boolean => SIGNATURE.every((byte, index) => head[index] === byte);

/** Without texts, EXIF (but which way up), times, and whatever follows the picture. Undefined: it is damaged. */
export async function cleanPng(peek: Peek): Promise<Blob | undefined> {
  const pieces: Piece[] = [[0, SIGNATURE.length]];
  for (let at = SIGNATURE.length; ; ) {
    const head = await peek.bytes(at, 8);
    if (head.length < 8) return undefined;
    const length = new DataView(head.buffer, head.byteOffset).getUint32(0);
    const name = await peek.letters(at + 4);
    const end = at + AROUND_BYTES + length;
    if (!/^[A-Za-z]{4}$/.test(name) || end > peek.size) return undefined;
    // A capital: no picture without it.
    if (/^[A-Z]/.test(name) || NEEDED.has(name)) pieces.push([at, end]);
    else if (name === 'eXIf') pieces.push(...uprightOf(await peek.bytes(at + 8, length)));
    if (name === 'IEND') return assemble(peek.file, pieces);
    at = end;
  }
}

function uprightOf(tiff: Uint8Array): Piece[] {
  const orientation = orientationOf(tiff);
  if (orientation === UPRIGHT) return [];
  const content = tiffOf(orientation);
  const chunk = new Uint8Array(AROUND_BYTES + content.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, content.length);
  chunk.set(new TextEncoder().encode('eXIf'), 4);
  chunk.set(content, 8);
  view.setUint32(8 + content.length, crcOf(chunk.subarray(4, 8 + content.length)));
  return [chunk];
}

/** As annex D of the specification has it. */
export function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
