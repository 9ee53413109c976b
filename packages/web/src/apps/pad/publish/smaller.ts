/** From here on a picture is drawn anew: people read the page on a phone. */
const LARGE_BYTES = 300_000;
const LARGEST_PX = 1600;
const QUALITY = 0.82;

/** As it is, or smaller when it is large. Of what is drawn anew only the picture is left: no place and no camera. */
export async function smaller(picture: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const drawn = picture.size > LARGE_BYTES ? await drawnAnew(picture) : undefined;
  const best = drawn !== undefined && drawn.size < picture.size ? drawn : picture;
  return new Uint8Array(await best.arrayBuffer());
}

async function drawnAnew(picture: Blob): Promise<Blob | undefined> {
  // One that this browser cannot draw is published as it is.
  const bitmap = await createImageBitmap(picture).catch(() => undefined);
  if (bitmap === undefined) return undefined;
  const scale = Math.min(1, LARGEST_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality: QUALITY });
  return blob.type === 'image/webp' ? blob : undefined;
}
