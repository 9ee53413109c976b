import type { ReadonlySignal } from '@preact/signals';
import type * as Y from 'yjs';

/** What a document holds of a picture: which one, and a link to take it. Both may be anything another program wrote. */
export interface PictureRef {
  id: string;
  link: string;
}

/** Why a picture is not there, or cannot be sent. */
export type PictureTrouble = 'waiting' | 'gone' | 'broken' | 'no_files' | 'too_large' | 'no_room' | 'refused';

export interface PictureState {
  /** An address within this page, once it is here. */
  url?: string;
  /** Bytes that have left, and of how many; while it is being sent. */
  sending?: { bytes: number; total: number };
  trouble?: PictureTrouble;
}

/** The pictures of a document: sealed files beside it. */
export interface Pictures {
  /** Keeps it in this browser and sends it as soon as that can be. */
  add(picture: Blob): Promise<PictureRef>;
  state(ref: PictureRef): ReadonlySignal<PictureState>;
  /** For a copy of the text; undefined when it is not to be had now. */
  take(ref: PictureRef): Promise<Blob | undefined>;
  /** Sends it again after a refusal. */
  retry(ref: PictureRef): void;
}

/** The picture of a node: the name of its type in the schema, and in the Yjs document. */
export const PICTURE = 'picture';

/** Puts another one in the place of a picture, wherever it stands. */
export function replacePicture(root: Y.XmlFragment, from: PictureRef, to: PictureRef): void {
  eachPicture(root, (element) => {
    if (element.getAttribute('id') !== from.id) return;
    element.setAttribute('id', to.id);
    element.setAttribute('link', to.link);
  });
}

/** All that stand in a text, each once. */
export function picturesIn(root: { toArray(): unknown[] }): PictureRef[] {
  const found = new Map<string, PictureRef>();
  eachPicture(root, (element) => {
    const { id, link } = element.getAttributes() as Record<string, unknown>;
    if (typeof id === 'string' && typeof link === 'string') found.set(id, { id, link });
  });
  return [...found.values()];
}

function eachPicture(root: { toArray(): unknown[] }, visit: (element: Y.XmlElement) => void): void {
  const look = (node: unknown): void => {
    const element = node as Partial<Y.XmlElement>;
    if (element.nodeName === PICTURE) visit(element as Y.XmlElement);
    else if (typeof element.nodeName === 'string') (element as Y.XmlElement).toArray().forEach(look);
  };
  root.toArray().forEach(look);
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];

/**
 * The media type of a picture by its first bytes: one of those that only draw (PNG, JPEG, WebP, GIF, AVIF). Never SVG,
 * which can hold programs. Undefined for anything else, whatever its name says.
 */
export function pictureType(bytes: Uint8Array): string | undefined {
  const begins = (signature: readonly number[], at = 0) => signature.every((byte, index) => bytes[at + index] === byte);
  const word = (at: number, length: number) => String.fromCharCode(...bytes.subarray(at, at + length));
  if (begins(PNG)) return 'image/png';
  if (begins(JPEG)) return 'image/jpeg';
  if (/^GIF8[79]a$/.test(word(0, 6))) return 'image/gif';
  if (word(0, 4) === 'RIFF' && word(8, 4) === 'WEBP') return 'image/webp';
  return word(4, 4) === 'ftyp' && /^avi[fs]$/.test(word(8, 4)) ? 'image/avif' : undefined;
}

export const PICTURE_WIDTH_MIN = 10;
export const PICTURE_WIDTH_MAX = 100;

/** A width in hundredths of the text's; another program may have written anything. */
export function pictureWidth(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return PICTURE_WIDTH_MAX;
  return Math.round(Math.min(Math.max(value, PICTURE_WIDTH_MIN), PICTURE_WIDTH_MAX));
}
