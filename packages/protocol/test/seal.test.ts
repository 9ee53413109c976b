import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bytes,
  checkHeader,
  checkpointAad,
  concat,
  decodeCheckpoint,
  decodeOrder,
  decodeRecord,
  encodeRecordFields,
  liveAad,
  NO_PREVIOUS,
  peekRecord,
  proofInput,
  recordAad,
  recordHash,
  verifyOrder,
} from '../src/index.ts';
import {
  createKeys,
  type Keys,
  keysFromLink,
  linkFor,
  makeSession,
  openCheckpoint,
  openLive,
  openRecord,
  prove,
  type Suite,
  sealCheckpoint,
  signHeader,
  signOrder,
  verifyChain,
  webSuite,
} from '../src/secret/index.ts';
import { bytesUpTo } from './arbitraries.ts';
import { SUITES } from './suites.ts';

async function documentOf(suite: Suite): Promise<{ own: Keys; view: Keys; editKey: Bytes }> {
  const own = await createKeys(suite);
  const view = await keysFromLink(suite, linkFor(own, 'view'));
  if (!view.ok || own.editSigner === undefined) throw new Error('keys');
  return { own, view: view.value, editKey: own.editSigner.publicKey };
}

async function sealChain(suite: Suite, keys: Keys, texts: Bytes[]): Promise<Bytes[]> {
  const session = makeSession(suite, keys, 0, suite.random(16));
  const records: Bytes[] = [];
  let previous = NO_PREVIOUS;
  for (const [n, plaintext] of texts.entries()) {
    const record = await session.sealRecord({ n, previous, deps: [], plaintext });
    previous = recordHash(keys.docId, previous, record);
    records.push(record);
  }
  return records;
}

const flip = (bytes: Bytes, at: number): Bytes => bytes.with(at, (bytes[at] ?? 0) ^ 1);

describe.each(SUITES)('sealing by $name', ({ suite }) => {
  it('[REC-2, REC-5] a viewer opens and verifies what an editor sealed', async () => {
    const { own, view, editKey } = await documentOf(suite);
    await fc.assert(
      fc.asyncProperty(fc.array(bytesUpTo(600), { minLength: 1, maxLength: 3 }), async (texts) => {
        const records = await sealChain(suite, own, texts);
        for (const [n, record] of records.entries()) {
          expect(await openRecord(suite, view, view.docId, record)).toEqual({ ok: true, value: texts[n] });
        }
        const chain = await verifyChain(suite, { edit: editKey }, view.docId, NO_PREVIOUS, records);
        expect(chain.ok && chain.value.length).toBe(records.length);
      }),
      { numRuns: 10 },
    );
  });

  it('[REC-5] the last signature vouches for the chain: a change anywhere before is seen', async () => {
    const { own, editKey } = await documentOf(suite);
    const records = await sealChain(suite, own, [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)]);
    const last = (records[0] as Bytes).length - 1;
    for (const at of [last, last - 64, last - 80]) {
      const changed = [flip(records[0] as Bytes, at), ...records.slice(1)];
      const chain = await verifyChain(suite, { edit: editKey }, own.docId, NO_PREVIOUS, changed);
      expect(chain).toEqual({ ok: false, error: 'bad_signature' });
    }
  });

  it('[REC-5] a chain with a hole, out of order, or of two sessions is none', async () => {
    const { own, editKey } = await documentOf(suite);
    const [a, b, c] = (await sealChain(
      suite,
      own,
      [1, 2, 3].map((n) => Uint8Array.of(n)),
    )) as [Bytes, Bytes, Bytes];
    const [other] = (await sealChain(suite, own, [Uint8Array.of(1)])) as [Bytes];
    for (const records of [
      [a, c],
      [b, a],
      [a, other],
    ]) {
      const chain = await verifyChain(suite, { edit: editKey }, own.docId, NO_PREVIOUS, records);
      expect(chain).toEqual({ ok: false, error: 'session_gap' });
    }
    expect(await verifyChain(suite, { edit: editKey }, own.docId, NO_PREVIOUS, [])).toEqual({ ok: true, value: [] });
  });

  it('[LIVE-2] a live update needs the editors signature, presence only the view', async () => {
    const { own, view, editKey } = await documentOf(suite);
    const session = makeSession(suite, own, 0, suite.random(16));
    const plaintext = Uint8Array.of(1, 2, 3);
    const update = await session.sealLive({ type: 4, count: 1, plaintext });
    expect(await openLive(suite, view, view.docId, update, editKey)).toEqual({ ok: true, value: plaintext });
    const forged = flip(update, update.length - 1);
    expect(await openLive(suite, view, view.docId, forged, editKey)).toEqual({ ok: false, error: 'bad_signature' });
    const reader = makeSession(suite, view, 0, suite.random(16));
    const presence = await reader.sealLive({ type: 3, count: 1, plaintext });
    expect(await openLive(suite, own, own.docId, presence, editKey)).toEqual({ ok: true, value: plaintext });
    await expect(reader.sealLive({ type: 4, count: 2, plaintext })).rejects.toThrow(RangeError);
  });

  it('[CKP-5] a checkpoint opens with a good signature alone', async () => {
    const { own, view, editKey } = await documentOf(suite);
    const plaintext = new Uint8Array(5000).fill(65);
    const fields = { gen: 0, seq: 1, retired: 0, frontier: [], plaintext };
    const sealed = await sealCheckpoint(suite, own, fields);
    expect(await openCheckpoint(suite, view, view.docId, sealed, editKey)).toEqual({ ok: true, value: plaintext });
    const forged = flip(sealed, sealed.length - 1);
    const refused = await openCheckpoint(suite, view, view.docId, forged, editKey);
    expect(refused).toEqual({ ok: false, error: 'bad_signature' });
    const again = decodeCheckpoint(await sealCheckpoint(suite, own, fields));
    const first = decodeCheckpoint(sealed);
    expect(first.ok && again.ok && first.value.salt).not.toEqual(again.ok && again.value.salt);
  });

  it('[HDR-1] a header is its owners', async () => {
    const { own, view } = await documentOf(suite);
    const bytes = await signHeader(suite, own, { seq: 1, expiry: 1_800_000_000 });
    const header = await checkHeader(view.docId, bytes, suite.verify);
    expect(header.ok && header.value.read).toEqual(view.readSigner.publicKey);
    const other = await signHeader(suite, await createKeys(suite), { seq: 1, expiry: 0 });
    expect(await checkHeader(own.docId, other, suite.verify)).toEqual({ ok: false, error: 'bad_header' });
    const changed = flip(bytes, 4);
    expect(await checkHeader(own.docId, changed, suite.verify)).toEqual({ ok: false, error: 'bad_header' });
    await expect(signHeader(suite, view, { seq: 1, expiry: 0 })).rejects.toThrow(RangeError);
  });

  it('[ORD-1] an order is its owners, for one document', async () => {
    const { own } = await documentOf(suite);
    const order = await signOrder(own, { action: 1, time: 1_700_000_000 });
    const ownerKey = own.ownerSigner?.publicKey ?? new Uint8Array(32);
    expect(decodeOrder(order).ok).toBe(true);
    expect(await verifyOrder(suite.verify, ownerKey, own.docId, order)).toBe(true);
    expect(await verifyOrder(suite.verify, ownerKey, flip(own.docId, 0), order)).toBe(false);
    expect(await verifyOrder(suite.verify, ownerKey, own.docId, flip(order, 1))).toBe(false);
  });

  it('[CON-2] a proof is of one nonce, role, document and audience', async () => {
    const { own } = await documentOf(suite);
    const nonce = suite.random(32);
    const key = own.readSigner.publicKey;
    const proof = await prove(own, 'view', nonce, own.docId, 'relay.example:4280');
    const passes = (n: Bytes, role: 'view' | 'edit', docId: Bytes, audience: string) =>
      suite.verify(key, proofInput(n, role, docId, audience), proof);
    expect(await passes(nonce, 'view', own.docId, 'relay.example:4280')).toBe(true);
    expect(await passes(flip(nonce, 0), 'view', own.docId, 'relay.example:4280')).toBe(false);
    expect(await passes(nonce, 'edit', own.docId, 'relay.example:4280')).toBe(false);
    expect(await passes(nonce, 'view', flip(own.docId, 19), 'relay.example:4280')).toBe(false);
    expect(await passes(nonce, 'view', own.docId, 'relay.example')).toBe(false);
  });
});

describe('sealed forms', () => {
  it('small plaintexts are not deflated, larger ones only when that helps', async () => {
    const { own } = await documentOf(webSuite);
    const flagsOf = async (plaintext: Bytes) => {
      const [bytes] = (await sealChain(webSuite, own, [plaintext])) as [Bytes];
      const record = decodeRecord(bytes);
      return record.ok && record.value.flags;
    };
    expect(await flagsOf(new Uint8Array(255))).toBe(0);
    expect(await flagsOf(new Uint8Array(256))).toBe(1);
    expect(await flagsOf(webSuite.random(1000))).toBe(0);
  });

  it('[REC-2] associated data is docId and the clear part', async () => {
    const { own } = await documentOf(webSuite);
    const [bytes] = (await sealChain(webSuite, own, [new Uint8Array(200)])) as [Bytes];
    const record = decodeRecord(bytes);
    if (!record.ok) throw new Error(record.error);
    expect(recordAad(own.docId, bytes)).toEqual(concat(own.docId, encodeRecordFields(record.value)));
    const checkpoint = await sealCheckpoint(webSuite, own, {
      gen: 0,
      seq: 1,
      retired: 0,
      frontier: [],
      plaintext: bytes,
    });
    expect(checkpointAad(own.docId, checkpoint)).toEqual(concat(own.docId, checkpoint.subarray(0, 3 + 1 + 1 + 16 + 2)));
    const live = await makeSession(webSuite, own, 0, webSuite.random(16)).sealLive({
      type: 4,
      count: 0,
      plaintext: bytes,
    });
    expect(liveAad(own.docId, live)).toEqual(concat(own.docId, live.subarray(0, 2 + 1 + 16 + 1)));
    for (const aad of [recordAad, checkpointAad, liveAad]) expect(() => aad(own.docId, bytes.subarray(1))).toThrow();
  });

  it('[REC-2] the same n in two sessions has the same nonce and another key', async () => {
    const { own } = await documentOf(webSuite);
    const text = new Uint8Array(40);
    const [[one], [two]] = [await sealChain(webSuite, own, [text]), await sealChain(webSuite, own, [text])];
    const [first, second] = [decodeRecord(one as Bytes), decodeRecord(two as Bytes)];
    expect(first.ok && second.ok && first.value.n === second.value.n).toBe(true);
    expect(first.ok && second.ok && first.value.ciphertext).not.toEqual(second.ok && second.value.ciphertext);
  });

  it('[REC-7] a record that inflates beyond 64 MiB is too large', async () => {
    const { own } = await documentOf(webSuite);
    const [bomb] = (await sealChain(webSuite, own, [new Uint8Array(64 * 2 ** 20 + 1)])) as [Bytes];
    expect(peekRecord(bomb).ok).toBe(true);
    expect(await openRecord(webSuite, own, own.docId, bomb)).toEqual({ ok: false, error: 'too_large' });
  });
});
