import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BlobHeader, checkBlobHeader, decodeBlobHeader, encodeBlobHeader, KIND_BLOB } from '../src/index.ts';
import {
  createKeys,
  type DropFile,
  decodeManifest,
  encodeBareManifest,
  encodeManifest,
  fileNameFor,
  isFileName,
  keysFromLink,
  linkFor,
  openBody,
  openManifest,
  printLink,
  sealBody,
  sealChunks,
  sealManifest,
  signBlobHeader,
  webSuite,
} from '../src/secret/index.ts';
import { bytes } from './arbitraries.ts';

const name = fc.string({ unit: 'binary', maxLength: 80 }).map((text) => fileNameFor(text));
const file: fc.Arbitrary<DropFile> = fc.record({
  name,
  type: fc.constantFrom('', 'text/plain', 'application/vnd.oasis.opendocument.text'),
  size: fc.nat(),
  modified: fc.nat(),
});

describe('names of files', () => {
  it('[DROP-2] of any text there is one that a drop may hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const fit = fileNameFor(text);
        expect(isFileName(fit)).toBe(true);
        if (isFileName(text)) expect(fit).toBe(text);
        expect(isFileName(fileNameFor(text, new Set([fit])))).toBe(true);
        expect(fileNameFor(text, new Set([fit]))).not.toBe(fit);
      }),
      { numRuns: 500 },
    );
  });

  it('[DROP-2] keep their ending when they are told apart', () => {
    expect(fileNameFor('a.tar.gz', new Set(['a.tar.gz']))).toBe('a.tar (2).gz');
    expect(fileNameFor('.profile', new Set(['.profile']))).toBe('.profile (2)');
    expect(fileNameFor('../../etc/passwd')).toBe('.._.._etc_passwd');
    expect(fileNameFor(`${'é'.repeat(200)}.pdf`)).toMatch(/é\.pdf$/);
  });
});

describe('manifests of drops', () => {
  it('decode to what was encoded', () => {
    const files = fc.uniqueArray(file, { minLength: 1, maxLength: 20, selector: (one) => one.name });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), files, (message, all) => {
        expect(decodeManifest(encodeManifest({ message, files: all }))).toEqual({
          ok: true,
          value: { message, files: all },
        });
      }),
    );
  });

  it('[DROP-5] tell by their length the order of magnitude of all names together, and no more', () => {
    const lengthOf = (names: string[]): number =>
      encodeManifest({ message: '', files: names.map((one) => ({ name: one, type: '', size: 9, modified: 9 })) })
        .length;
    expect(lengthOf(['a'])).toBe(1024);
    expect(lengthOf(['a very long name that says much of what the file is about.odt', 'b', 'c'])).toBe(1024);
    expect(lengthOf(Array.from({ length: 300 }, (_, index) => `note ${index}`))).toBe(4096);
    fc.assert(
      fc.property(fc.uniqueArray(file, { minLength: 1, maxLength: 60, selector: (one) => one.name }), (files) => {
        const [bare, sent] = [encodeBareManifest({ message: '', files }), encodeManifest({ message: '', files })];
        expect(sent.length).toBe(Math.max(1024, 2 ** Math.ceil(Math.log2(bare.length))));
        expect(decodeManifest(bare)).toEqual({ ok: true, value: { message: '', files } });
      }),
    );
  });

  it('[DROP-1] open with the link to view, and are told apart from the body', async () => {
    const own = await createKeys(webSuite, KIND_BLOB);
    const view = await keysFromLink(webSuite, printLink(linkFor(own, 'view')));
    const again = await keysFromLink(webSuite, printLink(linkFor(own, 'own')), 0, KIND_BLOB);
    if (!view.ok || !again.ok) throw new Error('own links refused');
    expect(again.value.docId).toEqual(own.docId);
    // The same secret is of another document.
    expect(await keysFromLink(webSuite, printLink(linkFor(own, 'own')))).toEqual({ ok: false, error: 'link_broken' });
    const manifest = { message: 'm', files: [{ name: 'a', type: '', size: 3, modified: 0 }] };
    const sealed = await sealManifest(webSuite, own, manifest);
    expect(await openManifest(webSuite, view.value, sealed)).toEqual({ ok: true, value: manifest });
    const body = await sealBody(webSuite, own);
    expect(await sealChunks(body, 0, bytesOf('abc'), true)).toHaveLength(3 + 16);
    expect((await openBody(webSuite, view.value, body.header)).ok).toBe(true);
    expect(await openBody(webSuite, view.value, sealed.subarray(0, 56))).toEqual({ ok: false, error: 'stream_key' });
  });
});

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('headers of blobs', () => {
  it('decode to what was encoded', () => {
    const header: fc.Arbitrary<BlobHeader> = fc
      .record({
        seq: fc.integer({ min: 1, max: 9 }),
        owner: bytes(32),
        read: bytes(32),
        expiry: fc.integer({ min: 1 }),
        downloads: fc.nat(),
        body: fc.integer({ min: 1, max: 2 ** 50 }),
        manifest: fc.integer({ min: 1, max: 2 ** 20 }),
        hash: bytes(32),
        counter: fc.option(fc.record({ hostId: bytes(20), more: fc.nat() })),
        signature: bytes(64),
      })
      .map(({ body, hash, counter, ...fields }) => ({
        ...fields,
        length: fields.manifest + body,
        ...(fields.seq > 1 && counter !== null && { counter }),
        ...(fields.seq > 1 && { previous: hash }),
      }));
    fc.assert(
      fc.property(header, (value) => {
        expect(decodeBlobHeader(encodeBlobHeader(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it('[BLOB-1] are their owners', async () => {
    const [own, other] = [await createKeys(webSuite, KIND_BLOB), await createKeys(webSuite, KIND_BLOB)];
    const header = await signBlobHeader(own, { seq: 1, expiry: 9, downloads: 0, length: 200, manifest: 100 });
    expect(await checkBlobHeader(own.docId, header, webSuite.verify)).toMatchObject({
      ok: true,
      value: { length: 200 },
    });
    expect(await checkBlobHeader(other.docId, header, webSuite.verify)).toEqual({ ok: false, error: 'bad_header' });
  });
});
