import type { PadNode } from '../model/content.ts';
import { childrenOf, textAttr } from '../model/content.ts';
import { PICTURE, type Pictures } from '../model/pictures.ts';

/**
 * The text with the bytes of its pictures as `data:` addresses in `src`, as far as they are to be had. `forOffice`: as PNG
 * or JPEG, since office programs draw no others.
 */
export async function withPictures(
  doc: PadNode,
  pictures: () => Promise<Pictures>,
  forOffice = false,
): Promise<PadNode> {
  if (doc.type === PICTURE) {
    const ref = { id: textAttr(doc.attrs, 'id'), link: textAttr(doc.attrs, 'link') };
    const taken = await (await pictures()).take(ref);
    const picture = taken && forOffice ? await drawnForOffice(taken) : taken;
    return picture === undefined ? doc : { ...doc, attrs: { ...doc.attrs, src: await dataAddress(picture) } };
  }
  if (doc.content === undefined) return doc;
  const content: PadNode[] = [];
  for (const child of childrenOf(doc)) content.push(await withPictures(child, pictures, forOffice));
  return { ...doc, content };
}

async function drawnForOffice(picture: Blob): Promise<Blob | undefined> {
  if (picture.type === 'image/png' || picture.type === 'image/jpeg') return picture;
  const drawn = await createImageBitmap(picture).catch(() => undefined);
  if (drawn === undefined) return undefined;
  const canvas = new OffscreenCanvas(drawn.width, drawn.height);
  canvas.getContext('2d')?.drawImage(drawn, 0, 0);
  drawn.close();
  return canvas.convertToBlob({ type: 'image/png' });
}

function dataAddress(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
