import { describe, expect, it } from 'vitest';
import { cleanPhoto, isUncleanable } from './clean.ts';
import { orientationOf, tiffOf } from './orientation.ts';
import { crcOf } from './png.ts';
import { JPEG, PNG, WEBP } from './samples.ts';

const SECRETS = ['48.8566N', 'Ada Lovelace', 'Camera 3000', 'a comment', '2026:03:01 12:00:00', 'preview'];

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const join = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** A TIFF structure of the other byte order: orientation among other entries, and a place. */
function exifTiff(orientation: number): Uint8Array {
  const maker = [0x01, 0x0f, 0, 2, 0, 0, 0, 12, 0, 0, 0, 38];
  const way = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
  return join(text('MM\0*'), [0, 0, 0, 8, 0, 2], maker, way, [0, 0, 0, 0], text('Camera 3000\0'), text('48.8566N'));
}

const segment = (marker: number, content: Uint8Array): Uint8Array =>
  join([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255], content);

function jpegWith(orientation: number): Uint8Array<ArrayBuffer> {
  const added = join(
    segment(0xe1, join(text('Exif\0\0'), exifTiff(orientation))),
    segment(0xe1, text('http://ns.adobe.com/xap/1.0/\0<x>Ada Lovelace</x>')),
    segment(0xe2, text('MPF\0preview')),
    segment(0xed, text('Photoshop 3.0\0Ada Lovelace')),
    segment(0xfe, text('a comment')),
  );
  return join(JPEG.subarray(0, 2), added, JPEG.subarray(2), JPEG, text('preview of 48.8566N'));
}

function chunk(name: string, content: Uint8Array): Uint8Array {
  const named = join(text(name), content);
  const numbers = new Uint8Array(8);
  new DataView(numbers.buffer).setUint32(0, content.length);
  new DataView(numbers.buffer).setUint32(4, crcOf(named));
  return join(numbers.subarray(0, 4), named, numbers.subarray(4));
}

function pngWith(orientation: number): Uint8Array<ArrayBuffer> {
  const added = join(
    chunk('tEXt', text('Author\0Ada Lovelace')),
    chunk('eXIf', exifTiff(orientation)),
    chunk('tIME', text('2026:03:01 12:00:00')),
    chunk('iTXt', text('XML:com.adobe.xmp\0\0\0\0\0Ada Lovelace')),
  );
  return join(PNG.subarray(0, 33), added, PNG.subarray(33), text('preview'));
}

function riff(name: string, content: Uint8Array): Uint8Array {
  const { length } = content;
  return join(text(name), [length & 255, (length >> 8) & 255, 0, 0], content, length % 2 ? [0] : []);
}

function webpOf(...chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return join(riff('RIFF', join(text('WEBP'), ...chunks)));
}

function webpWith(orientation: number): Uint8Array<ArrayBuffer> {
  const image = WEBP.slice(12);
  // The flags of VP8X: EXIF and XMP are there.
  image[8] = (image[8] ?? 0) | 0x0c;
  return join(webpOf(image, riff('EXIF', exifTiff(orientation)), riff('XMP ', text('Ada Lovelace'))), text('preview'));
}

async function cleaned(photo: Uint8Array<ArrayBuffer>): Promise<Uint8Array | string> {
  const done = await cleanPhoto(new Blob([photo]), 'photo');
  return done.kind === 'cleaned' ? new Uint8Array(await done.photo.arrayBuffer()) : done.kind;
}

async function clean(photo: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const done = await cleaned(photo);
  if (typeof done === 'string') throw new Error(done);
  return done;
}

describe('photos without what their cameras wrote', () => {
  it.each([
    ['JPEG', jpegWith(1), JPEG],
    ['PNG', pngWith(1), PNG],
    ['WebP', webpWith(1), WEBP],
  ])('%s: what is left is the very picture', async (_kind, photo, plain) => {
    expect(SECRETS.filter((secret) => latin1(photo).includes(secret)).length).toBeGreaterThan(2);
    expect(await clean(photo)).toEqual(plain);
  });

  it.each([
    ['JPEG', jpegWith(6), 'Exif\0\0'],
    ['PNG', pngWith(6), 'eXIf'],
    ['WebP', webpWith(6), 'EXIF\u001a\0\0\0'],
  ])('%s: which way up it is stays, and nothing else', async (_kind, photo, mark) => {
    const bytes = await clean(photo);
    const at = latin1(bytes).indexOf(mark);
    expect(orientationOf(bytes.subarray(at + mark.length))).toBe(6);
    expect(SECRETS.filter((secret) => latin1(bytes).includes(secret))).toEqual([]);
  });

  it('keeps the colours of a JPEG, and empties its JFIF of the little picture', async () => {
    const colours = segment(0xe2, text('ICC_PROFILE\0\u0001\u0001colours'));
    const jfif = segment(0xe0, join(text('JFIF\0'), [1, 1, 0, 0, 1, 0, 1, 1, 1], text('pre')));
    const bytes = await clean(join(JPEG.subarray(0, 2), jfif, colours, JPEG.subarray(20)));
    expect(bytes).toEqual(
      join(
        JPEG.subarray(0, 2),
        segment(0xe0, join(text('JFIF\0'), [1, 1, 0, 0, 1, 0, 1, 0, 0])),
        colours,
        JPEG.subarray(20),
      ),
    );
  });

  it('cleaning again changes nothing, so an upload that goes on sends the same bytes', async () => {
    for (const photo of [jpegWith(8), pngWith(8), webpWith(8)]) {
      const once = await clean(photo);
      expect(await clean(Uint8Array.from(once))).toEqual(once);
      expect(await clean(photo)).toEqual(once);
    }
  });

  it('takes a large scan to its end, wherever the markers lie', async () => {
    const noise = Uint8Array.from({ length: 2 ** 19 }, (_, index) =>
      index % 3 === 0 ? 0xff : index % 3 === 1 ? 0 : 7,
    );
    const large = join(JPEG.subarray(0, -2), noise, [0xff, 0xd9]);
    expect(await clean(join(large, text('preview')))).toEqual(large);
  });

  it.each([
    ['JPEG', jpegWith(6)],
    ['PNG', pngWith(6)],
    ['WebP', webpWith(6)],
  ])('%s: of one that is cut anywhere nothing is let through unclean', async (_kind, photo) => {
    for (let length = 16; length < photo.length; length += 7) {
      const done = await cleaned(photo.slice(0, length));
      if (typeof done === 'string') expect(done).toBe('cannot');
      else expect(SECRETS.filter((secret) => latin1(done).includes(secret))).toEqual([]);
    }
  });

  it('says of what it cannot clean that it cannot, and lets the rest be', async () => {
    const heic = join([0, 0, 0, 24], text('ftypheic'), text('Camera 3000'));
    expect(await cleanPhoto(new Blob([heic]), 'IMG_1.HEIC')).toEqual({ kind: 'cannot' });
    expect(await cleanPhoto(new Blob([heic], { type: 'image/heic' }), 'photo')).toEqual({ kind: 'cannot' });
    expect(await cleanPhoto(new Blob(['text']), 'notes.txt')).toEqual({ kind: 'kept' });
    expect(await cleanPhoto(new Blob([]), 'empty.jpg')).toEqual({ kind: 'kept' });
    expect([isUncleanable('a.mov', ''), isUncleanable('a.jpg', 'image/jpeg')]).toEqual([true, false]);
  });

  it('an orientation that makes no sense counts as upright', () => {
    expect([0, 9, 255].map((value) => orientationOf(tiffOf(value)))).toEqual([1, 1, 1]);
    expect(orientationOf(tiffOf(3).subarray(0, 12))).toBe(1);
    expect(orientationOf(text('MM\0*\xff\xff\xff\xff'))).toBe(1);
  });
});
