import { describe, expect, it } from 'vitest';
import { ATTACHMENT_ID_BYTES, encodeBase64url, KIND_BLOB } from '../src/index.ts';
import type { Keys } from '../src/secret/index.ts';
import {
  attachmentKeys,
  createKeys,
  keysFromLink,
  linkFor,
  nobleSuite,
  printLink,
  webSuite,
} from '../src/secret/index.ts';

const id = new Uint8Array(ATTACHMENT_ID_BYTES).fill(7);

async function held(keys: Keys, cap: 'edit' | 'view'): Promise<Keys> {
  const link = await keysFromLink(webSuite, printLink(linkFor(keys, cap)));
  if (!link.ok) throw new Error(link.error);
  return link.value;
}

describe('the keys of an attachment', () => {
  it('ATT-1 are those of whoever can edit the document, other ones for each attachment, and not for who only reads', async () => {
    const own = await createKeys(webSuite);
    const [byOwner, byEditor] = [
      await attachmentKeys(webSuite, own, id),
      await attachmentKeys(webSuite, await held(own, 'edit'), id),
    ];
    expect(printLink(linkFor(byEditor, 'own'))).toBe(printLink(linkFor(byOwner, 'own')));
    const other = await attachmentKeys(webSuite, own, new Uint8Array(ATTACHMENT_ID_BYTES));
    const elsewhere = await attachmentKeys(webSuite, await createKeys(webSuite), id);
    const ids = [byOwner, other, elsewhere].map(({ docId }) => encodeBase64url(docId));
    expect(new Set(ids).size).toBe(3);
    await expect(attachmentKeys(webSuite, await held(own, 'view'), id)).rejects.toThrow(RangeError);
    await expect(attachmentKeys(webSuite, own, new Uint8Array(15))).rejects.toThrow(RangeError);
  });

  it('ATT-1 are keys of a blob, alike in both suites, and what they sign their view link proves', async () => {
    const own = await createKeys(webSuite);
    const keys = await attachmentKeys(webSuite, own, id);
    expect(await attachmentKeys(nobleSuite, own, id)).toMatchObject({ docId: keys.docId });
    const view = await keysFromLink(webSuite, printLink(linkFor(keys, 'view')), 0, KIND_BLOB);
    expect(view).toMatchObject({ ok: true, value: { docId: keys.docId, contentRoot: keys.contentRoot } });
    expect(await keysFromLink(webSuite, printLink(linkFor(keys, 'own')), 0, KIND_BLOB)).toMatchObject({ ok: true });
  });
});
