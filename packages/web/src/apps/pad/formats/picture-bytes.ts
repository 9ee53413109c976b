import type { PadNode } from '../model/content.ts';
import { textAttr } from '../model/content.ts';
import { pictureType, pictureWidth } from '../model/pictures.ts';

export interface PictureBytes {
  bytes: Uint8Array;
  type: 'png' | 'jpg' | 'gif';
  alt: string;
  /** On paper, in cm. */
  width: number;
  height: number;
}

/** Between the margins of A4. */
const TEXT_WIDTH_CM = 17;
const CM_PER_PX = 2.54 / 96;
const HEIGHT_MAX_CM = 22;
const TYPES: Record<string, PictureBytes['type']> = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/gif': 'gif' };

/** The picture of a node whose `src` has its bytes; undefined when they were not to be had, or office programs cannot draw them. */
export function pictureBytes(node: PadNode): PictureBytes | undefined {
  const [, encoded] = /^data:image\/[a-z]+;base64,(.*)$/s.exec(textAttr(node.attrs, 'src')) ?? [];
  if (encoded === undefined) return undefined;
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  const type = TYPES[pictureType(bytes) ?? ''];
  if (type === undefined) return undefined;
  const [, across = '800', down = '600'] = /^(\d{1,5})x(\d{1,5})$/.exec(textAttr(node.attrs, 'pixels')) ?? [];
  const ratio = Math.max(1, Number(down)) / Math.max(1, Number(across));
  const wanted = Math.min((TEXT_WIDTH_CM * pictureWidth(node.attrs?.width)) / 100, Number(across) * CM_PER_PX);
  const width = Math.min(Math.max(wanted, 0.5), HEIGHT_MAX_CM / ratio);
  return { bytes, type, alt: textAttr(node.attrs, 'alt'), width, height: width * ratio };
}
