import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkPage,
  decodePage,
  encodePage,
  LICENCES,
  type Page,
  pageHash,
  pageIdOf,
  pictureTypeOf,
  succeedPage,
} from '../src/index.ts';
import {
  createKeys,
  isPagePlace,
  keysFromLink,
  linkFor,
  pageKeysOf,
  signPage,
  signPagePlace,
  webSuite as suite,
} from '../src/secret/index.ts';
import { bytes, bytesUpTo } from './arbitraries.ts';

const line = (maxLength: number, minLength = 0) =>
  fc.stringMatching(/^[A-Za-zéü’]+( [A-Za-zéü’]+)*$/, { maxLength }).filter(({ length }) => length >= minLength);
const picture = bytesUpTo(200).map((rest) => Uint8Array.from([0xff, 0xd8, 0xff, ...rest]));
const content = fc.record({
  expiry: fc.nat(),
  licence: fc.constantFrom(...LICENCES),
  language: fc.constantFrom('fr', 'en', 'pt-BR', 'zh-Hant'),
  title: line(60, 1),
  description: fc.oneof(fc.constant(''), line(60)),
  authors: fc.oneof(fc.constant(''), line(60)),
  html: fc.string({ unit: 'grapheme', maxLength: 300 }),
  pictures: fc.array(picture, { maxLength: 3 }),
});
const page: fc.Arbitrary<Page> = fc.record(
  { seq: fc.integer({ min: 1 }), time: fc.nat(), key: bytes(32), signature: bytes(64), content },
  { requiredKeys: ['seq', 'time', 'key', 'signature'] },
);

const NOW = 1_800_000_000;
const CONTENT = {
  expiry: 0,
  licence: 'cc-by',
  language: 'fr',
  title: 'Bonjour',
  description: '',
  authors: '',
  html: '<p>Bonjour</p>',
  pictures: [],
} as const;
const full = { ...CONTENT, pictures: [] as Uint8Array[] };

describe('published pages', () => {
  it('[PAGE-3] decode to what was encoded, and to nothing when they are cut', () => {
    fc.assert(
      fc.property(page, fc.nat(), (value, cut) => {
        const encoded = encodePage(value);
        expect(decodePage(encoded)).toEqual({ ok: true, value });
        expect(decodePage(encoded.subarray(0, cut % encoded.length)).ok).toBe(false);
      }),
    );
  });

  it('[PAGE-3] hold no picture that is none', () => {
    const key = new Uint8Array(32);
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>');
    expect(pictureTypeOf(svg)).toBeUndefined();
    const of = (pictures: Uint8Array[]) =>
      encodePage({ seq: 1, time: NOW, key, signature: new Uint8Array(64), content: { ...full, pictures } });
    expect(() => of([svg])).toThrow(RangeError);
    const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const encoded = of([png]);
    expect(decodePage(encoded).ok).toBe(true);
    expect(decodePage(encoded.with(encoded.length - 64 - png.length, 0))).toEqual({ ok: false, error: 'bad_message' });
  });

  it('[PAGE-1] are signed by a key that only the owner derives, and named by it', async () => {
    const keys = await createKeys(suite);
    const pageKeys = await pageKeysOf(suite, keys);
    expect(await pageKeysOf(suite, keys)).toMatchObject({ pageId: pageKeys.pageId });
    const signed = await signPage(pageKeys, 1, NOW, full);
    expect(await checkPage(pageKeys.pageId, signed, suite.verify)).toMatchObject({ ok: true, value: { seq: 1 } });
    const other = await pageKeysOf(suite, await createKeys(suite));
    expect(await checkPage(other.pageId, signed, suite.verify)).toEqual({ ok: false, error: 'bad_header' });
    const writer = await keysFromLink(suite, linkFor(keys, 'edit'));
    if (!writer.ok) throw new Error(writer.error);
    await expect(pageKeysOf(suite, writer.value)).rejects.toThrow(RangeError);
  });

  it('[PAGE-11] share no key and no id with their document', async () => {
    const keys = await createKeys(suite);
    const { pageId, signer } = await pageKeysOf(suite, keys);
    const known = [keys.docId, keys.ownerSigner?.publicKey, keys.editSigner?.publicKey, keys.readSigner.publicKey];
    for (const one of known) expect([pageId, signer.publicKey]).not.toContainEqual(one);
    expect(pageIdOf(signer.publicKey)).toEqual(pageId);
    expect(pageIdOf(keys.ownerSigner?.publicKey as Uint8Array)).not.toEqual(pageId);
  });

  it('[PAGE-13] are noted at a host by their owner alone', async () => {
    const [keys, other] = [
      await pageKeysOf(suite, await createKeys(suite)),
      await pageKeysOf(suite, await createKeys(suite)),
    ];
    const host = 'https://pages.example.org';
    const noted = await signPagePlace(keys, host);
    const input = new TextEncoder().encode(`arc1 page place\0${host}`);
    expect(await suite.verify(keys.signer.publicKey, input, noted)).toBe(true);
    expect(await isPagePlace(suite, keys, host, noted)).toBe(true);
    expect(await isPagePlace(suite, keys, 'https://evil.example.org', noted)).toBe(false);
    expect(await isPagePlace(suite, other, host, noted)).toBe(false);
    expect(await isPagePlace(suite, keys, host, noted.subarray(1))).toBe(false);
  });

  it('[PAGE-2] are replaced by a higher seq only, and of today', async () => {
    const pageKeys = await pageKeysOf(suite, await createKeys(suite));
    const judged = async (seq: number, time: number, held?: { seq: number; hash: Uint8Array }) => {
      const bytes = await signPage(pageKeys, seq, time, full);
      const decoded = decodePage(bytes);
      if (!decoded.ok) throw new Error(decoded.error);
      return succeedPage(held, decoded.value, pageHash(bytes), NOW);
    };
    const held = { seq: 4, hash: pageHash(await signPage(pageKeys, 4, NOW, full)) };
    expect(await judged(1, NOW)).toEqual({ ok: true, value: 'next' });
    expect(await judged(9, NOW, held)).toEqual({ ok: true, value: 'next' });
    expect(await judged(4, NOW, held)).toEqual({ ok: true, value: 'same' });
    expect(await judged(4, NOW + 1, held)).toEqual({ ok: false, error: 'stale_header' });
    expect(await judged(3, NOW, held)).toEqual({ ok: false, error: 'stale_header' });
    expect(await judged(5, NOW - 86_401, held)).toEqual({ ok: false, error: 'stale_order' });
    expect(await judged(1, NOW + 86_401)).toEqual({ ok: false, error: 'stale_order' });
  });
});
