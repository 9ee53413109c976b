/** Names of pictures, made from their bytes: another picture has another name, so caches never mix them up. */
import { type Bytes, encodeBase64url, type PictureType, pictureTypeOf, type Sha256, sha256 } from '@archipel/protocol';

const NAME_BYTES = 15;
const ENDINGS: Readonly<Record<PictureType, string>> = {
  png: 'png',
  jpeg: 'jpg',
  gif: 'gif',
  webp: 'webp',
  avif: 'avif',
};

/** Throws for what is no picture: the codec lets none through. */
export function pictureName(picture: Bytes, hash: Sha256 = sha256): string {
  const type = pictureTypeOf(picture);
  if (type === undefined) throw new RangeError('no picture');
  return `${encodeBase64url(hash(picture).slice(0, NAME_BYTES))}.${ENDINGS[type]}`;
}

export function pictureNames(pictures: readonly Bytes[], hash?: Sha256): string[] {
  return pictures.map((picture) => pictureName(picture, hash));
}
