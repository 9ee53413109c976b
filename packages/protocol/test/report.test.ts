import { describe, expect, it } from 'vitest';
import { MAX_SEALED_REPORT_BYTES } from '../src/index.ts';
import { nobleHpke, openReport, sealReport, webHpke } from '../src/secret/index.ts';

const docId = new Uint8Array(20).fill(7);
const id = 'BwcHBwcHBwcHBwcHBwcHBwcHBwc';
const subject = { docId, category: 'fraud' };
const link = `https://pads.example.org/drop#1v.${id}.${'s'.repeat(27)}`;
const said = { words: 'Elle demande ma carte bancaire\u202f! \u{1f4b3}', contact: 'ada@example.org', link };

const noble = await nobleHpke();
const key = await noble.openingKey(new Uint8Array(32).fill(1));

async function sealed(words = said, about: Parameters<typeof sealReport>[2] = subject): Promise<Uint8Array> {
  const bytes = await sealReport(noble, key.publicKey, about, words);
  if (bytes === undefined) throw new Error('no key');
  return bytes;
}

describe('a sealed report', () => {
  it('[REP-4] opens with the key alone, and is padded', async () => {
    const bytes = await sealed();
    expect(bytes).toHaveLength(32 + 1024 + 16);
    expect(await openReport(key, subject, bytes)).toEqual(said);
    expect(await openReport(await noble.openingKey(new Uint8Array(32).fill(2)), subject, bytes)).toBeUndefined();
    expect(await sealed({ words: 'a', contact: '', link: '' })).toHaveLength(bytes.length);
    expect((await sealed({ ...said, words: 'a'.repeat(4000) })).length).toBeLessThan(MAX_SEALED_REPORT_BYTES);
  });

  it('[REP-4] is one format by either implementation', async () => {
    const other = await webHpke.openingKey(new Uint8Array(32).fill(1));
    expect(other.publicKey).toEqual(key.publicKey);
    expect(await openReport(other, subject, await sealed())).toEqual(said);
    const theirs = await sealReport(webHpke, key.publicKey, subject, said);
    expect(await openReport(key, subject, theirs as Uint8Array)).toEqual(said);
  });

  it('[REP-4] is of its docId and category, and of nothing else', async () => {
    const bytes = await sealed();
    expect(await openReport(key, { ...subject, category: 'spam' }, bytes)).toBeUndefined();
    expect(await openReport(key, { ...subject, docId: docId.with(0, 8) }, bytes)).toBeUndefined();
    for (const at of [0, 40, bytes.length - 1]) {
      expect(await openReport(key, subject, bytes.with(at, (bytes[at] as number) ^ 1))).toBeUndefined();
    }
    for (const short of [bytes.subarray(0, -1), bytes.subarray(0, 40), new Uint8Array(0)]) {
      expect(await openReport(key, subject, short)).toBeUndefined();
    }
  });

  it('[REP-2, REP-4] a link of something else, or of no page, is left out', async () => {
    const others = [link.replace(id, 'x'.repeat(27)), link.replace('https:', 'javascript:'), 'x', ''];
    for (const other of others) {
      expect(await openReport(key, subject, await sealed({ ...said, link: other }))).toEqual({ ...said, link: '' });
    }
  });

  it('[REP-4] is not sealed to what is no key', async () => {
    expect(await sealReport(noble, new Uint8Array(31), subject, said)).toBeUndefined();
    expect(await sealReport(noble, new Uint8Array(32), subject, said)).toBeUndefined();
  });
});
