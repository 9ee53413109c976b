/** A picture as it may be handed on: drawn anew, no larger than screens are, without what a camera wrote into it (place, time, name). */
import { pictureType } from '../model/pictures.ts';

/** More is not opened at all. */
export const PICTURE_FILE_MAX_BYTES = 40_000_000;
/** The longer side of what is sent. */
const SIDE_MAX_PX = 2400;
/** A picture that says to be larger would fill the memory of a phone. */
const AREA_MAX_PX = 100_000_000;
const QUALITY = 0.86;

export type Prepared = { ok: true; picture: Blob; pixels: string } | { ok: false; code: 'none' | 'tooLarge' };

export async function preparePicture(file: Blob): Promise<Prepared> {
  if (file.size > PICTURE_FILE_MAX_BYTES) return { ok: false, code: 'tooLarge' };
  const type = pictureType(new Uint8Array(await file.slice(0, 16).arrayBuffer()));
  if (type === undefined) return { ok: false, code: 'none' };
  const drawn = await createImageBitmap(new Blob([file], { type })).catch(() => undefined);
  if (drawn === undefined) return { ok: false, code: 'none' };
  try {
    if (drawn.width * drawn.height > AREA_MAX_PX) return { ok: false, code: 'tooLarge' };
    const scale = Math.min(1, SIDE_MAX_PX / Math.max(drawn.width, drawn.height));
    const [width, height] = [drawn.width, drawn.height].map((side) => Math.max(1, Math.round(side * scale))) as [
      number,
      number,
    ];
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    if (context === null) return { ok: false, code: 'tooLarge' };
    context.imageSmoothingQuality = 'high';
    context.drawImage(drawn, 0, 0, width, height);
    const picture = await canvas.convertToBlob({ type: type === 'image/jpeg' ? type : 'image/webp', quality: QUALITY });
    return { ok: true, picture, pixels: `${width}x${height}` };
  } finally {
    drawn.close();
  }
}
