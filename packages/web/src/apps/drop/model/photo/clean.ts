/** Takes out of a photo what its camera and programs wrote into it (place, time, device, names), without touching the picture. */
import { cleanJpeg, isJpeg } from './jpeg.ts';
import { Peek } from './peek.ts';
import { cleanPng, isPng } from './png.ts';
import { cleanWebp, isWebp } from './webp.ts';

const HEAD_BYTES = 12;
/** Kinds that carry such things too, and that are not taken apart here. */
const OTHERS = /\.(heic|heif|avif|tiff?|dng|cr2|cr3|nef|arw|raf|orf|rw2|mp4|m4v|mov|3gp)$/i;

/** `kept`: it is none of the kinds that carry such things. `cannot`: it is one that cannot be cleaned here, or it is damaged. */
export type Cleaned = { kind: 'cleaned'; photo: Blob } | { kind: 'kept' } | { kind: 'cannot' };

/** Whether a file of this name and media type carries such things and cannot be cleaned: known before it is read. */
export function isUncleanable(name: string, type: string): boolean {
  return OTHERS.test(name) || /^image\/(heic|heif|avif|tiff)|^video\//.test(type);
}

/** What it is, its first bytes say. Rejects when the file cannot be read. */
export async function cleanPhoto(file: Blob, name: string): Promise<Cleaned> {
  const peek = new Peek(file);
  const head = (await peek.bytes(0, HEAD_BYTES)).slice();
  const clean = isJpeg(head) ? cleanJpeg : isPng(head) ? cleanPng : isWebp(head) ? cleanWebp : undefined;
  if (clean === undefined) return { kind: isUncleanable(name, file.type) ? 'cannot' : 'kept' };
  const photo = await clean(peek);
  return photo === undefined ? { kind: 'cannot' } : { kind: 'cleaned', photo };
}
