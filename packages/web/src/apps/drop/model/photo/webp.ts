/** WebP (RFC 9649): a RIFF file, chunks with their names. */
import { orientationOf, tiffOf, UPRIGHT } from './orientation.ts';
import { assemble, type Peek, type Piece } from './peek.ts';

const HEAD_BYTES = 12;
const NEEDED = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
const HAS_EXIF = 0x08;
const HAS_XMP = 0x04;
const EXIF_MARK = 'Exif';

export function isWebp(head: Uint8Array): boolean {
  const letters = String.fromCharCode(...head.subarray(0, HEAD_BYTES));
  return letters.startsWith('RIFF') && letters.endsWith('WEBP') && letters.length === HEAD_BYTES;
}

interface Chunk {
  name: string;
  start: number;
  /** With its padding. */
  end: number;
  length: number;
}

/** Undefined: it is damaged. */
async function chunksOf(peek: Peek): Promise<Chunk[] | undefined> {
  const head = await peek.bytes(0, HEAD_BYTES);
  const size = 8 + new DataView(head.buffer, head.byteOffset).getUint32(4, true);
  if (size > peek.size) return undefined;
  const chunks: Chunk[] = [];
  for (let at = HEAD_BYTES; at < size; ) {
    const bytes = await peek.bytes(at, 8);
    if (bytes.length < 8) return undefined;
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
    const end = at + 8 + length + (length % 2);
    if (end > size) return undefined;
    chunks.push({ name: await peek.letters(at), start: at, end, length });
    at = end;
  }
  return chunks;
}

/** Without EXIF (but which way up), XMP, and whatever follows the picture. Undefined: it is damaged. */
export async function cleanWebp(peek: Peek): Promise<Blob | undefined> {
  const chunks = await chunksOf(peek);
  if (chunks === undefined) return undefined;
  const exif = chunks.find(({ name }) => name === 'EXIF');
  const orientation = exif === undefined ? UPRIGHT : orientationOf(await tiffIn(peek, exif));
  const pieces: Piece[] = [];
  for (const { name, start, end } of chunks) {
    if (name === 'VP8X') pieces.push(await flagged(peek, start, end, orientation));
    else if (NEEDED.has(name)) pieces.push([start, end]);
    else if (name === 'EXIF' && orientation !== UPRIGHT) pieces.push(chunkOf('EXIF', tiffOf(orientation)));
  }
  const size = pieces.reduce(
    (sum, piece) => sum + (piece instanceof Uint8Array ? piece.length : piece[1] - piece[0]),
    0,
  );
  const head = new Uint8Array(HEAD_BYTES);
  head.set(await peek.bytes(0, HEAD_BYTES));
  new DataView(head.buffer).setUint32(4, size + 4, true);
  return assemble(peek.file, [head, ...pieces]);
}

/** Some programs write the mark of JPEG before it. */
async function tiffIn(peek: Peek, { start, length }: Chunk): Promise<Uint8Array> {
  const isMarked = (await peek.letters(start + 8)) === EXIF_MARK;
  return peek.bytes(start + 8 + (isMarked ? 6 : 0), length);
}

async function flagged(peek: Peek, start: number, end: number, orientation: number): Promise<Piece> {
  const chunk = new Uint8Array(end - start);
  chunk.set(await peek.bytes(start, chunk.length));
  chunk[8] = ((chunk[8] ?? 0) & ~(HAS_EXIF | HAS_XMP)) | (orientation === UPRIGHT ? 0 : HAS_EXIF);
  return chunk;
}

function chunkOf(name: string, content: Uint8Array): Piece {
  const chunk = new Uint8Array(8 + content.length + (content.length % 2));
  chunk.set(new TextEncoder().encode(name));
  new DataView(chunk.buffer).setUint32(4, content.length, true);
  chunk.set(content, 8);
  return chunk;
}
