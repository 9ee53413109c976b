import * as noble from '@panva/hpke-noble';
import fc from 'fast-check';
import { CipherSuite } from 'hpke';
import { describe, expect, it } from 'vitest';
import {
  checkInboxHeader,
  checkItem,
  concat,
  decodeInboxHeader,
  decodeInboxPage,
  decodeItem,
  encodeInboxHeader,
  encodeInboxPage,
  encodeItem,
  type InboxHeader,
  type Item,
  KIND_INBOX,
  type PageItem,
} from '../src/index.ts';
import {
  createKeys,
  decodeDelivery,
  decodeFileRequest,
  encodeDelivery,
  encodeFileRequest,
  fillKeysFromLink,
  fillKeysOf,
  fillLinkFor,
  hpke,
  inboxKeyOf,
  itemClassOf,
  keysFromLink,
  linkFor,
  nobleHpke,
  openItem,
  openWords,
  printLink,
  sealItem,
  sealWords,
  senderKeysOf,
  signInboxHeader,
  webSuite as suite,
  webHpke,
} from '../src/secret/index.ts';
import { bytes, bytesUpTo } from './arbitraries.ts';

const CLASSES = [256, 1024, 4096, 16_384];
const HPKES = [
  { name: 'WebCrypto', of: async () => webHpke },
  { name: '@noble', of: nobleHpke },
];

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

async function makeInbox() {
  const one = await webHpke.openingKey(suite.random(32));
  const keys = await createKeys(suite, KIND_INBOX);
  return {
    keys,
    fill: await fillKeysOf(suite, keys),
    sender: await senderKeysOf(suite, webHpke, suite.random(32)),
    one,
  };
}

describe('the library of HPKE', () => {
  it('[INBOX-5] seals as the vector of RFC 9180 for this suite, when it takes the same key', async () => {
    const kem = noble.KEM_DHKEM_X25519_HKDF_SHA256();
    const ikmE = hex('2cd7c601cefb3d42a62b04b7a9041494c06c7843818e0ce28a8f704ae7ab20f9');
    const fixed = () => ({ ...kem, GenerateKeyPair: (extractable: boolean) => kem.DeriveKeyPair(ikmE, extractable) });
    const of = new CipherSuite(fixed, noble.KDF_HKDF_SHA256, noble.AEAD_AES_256_GCM);
    const to = await of.DeserializePublicKey(hex('430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c'));
    const options = { info: hex('4f6465206f6e2061204772656369616e2055726e'), aad: hex('436f756e742d30') };
    const sealed = await of.Seal(to, new TextEncoder().encode('Beauty is truth, truth beauty'), options);
    expect(Buffer.from(sealed.encapsulatedSecret).toString('hex')).toBe(
      '6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256',
    );
    expect(Buffer.from(sealed.ciphertext).toString('hex')).toBe(
      'e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a',
    );
  });

  it.each(HPKES)('[INBOX-5] by $name seals what the other opens, and to no key that is none', async ({ of }) => {
    const [mine, others] = [await of(), await nobleHpke()];
    const seed = suite.random(32);
    const [info, aad, text] = [suite.random(9), suite.random(34), suite.random(256)];
    for (const key of [await mine.openingKey(seed), await others.openingKey(seed), await webHpke.openingKey(seed)]) {
      const sealed = await mine.seal(key.publicKey, info, aad, text);
      if (sealed === undefined) throw new Error('not sealed');
      expect(await key.open(sealed, info, aad)).toEqual(text);
      expect(await key.open(sealed, aad, info)).toBeUndefined();
    }
    expect(await mine.seal(new Uint8Array(32), info, aad, text)).toBeUndefined();
    expect(await mine.seal(new Uint8Array(31), info, aad, text)).toBeUndefined();
  });

  it('is the one of the platform where that has X25519', async () => {
    expect(await hpke()).toBe(webHpke);
  });
});

describe('links to fill', () => {
  it('[CAP-1] are contained in the one to view and open neither a document nor an item', async () => {
    const { keys, fill } = await makeInbox();
    const view = await keysFromLink(suite, linkFor(keys, 'view'), 0, KIND_INBOX);
    if (!view.ok) throw new Error(view.error);
    expect((await fillKeysOf(suite, view.value)).secret).toEqual(fill.secret);
    await expect(inboxKeyOf(suite, webHpke, view.value)).rejects.toThrow(RangeError);
    const link = printLink(fillLinkFor(fill, ['files.example.org']));
    const again = await fillKeysFromLink(suite, link);
    expect(again).toMatchObject({ ok: true, value: { inboxId: keys.docId, secret: fill.secret } });
    expect(await keysFromLink(suite, link, 0, KIND_INBOX)).toEqual({ ok: false, error: 'link_broken' });
    expect(await fillKeysFromLink(suite, linkFor(keys, 'own'))).toEqual({ ok: false, error: 'link_broken' });
  });
});

describe('headers of inboxes', () => {
  const header: fc.Arbitrary<InboxHeader> = fc
    .record({
      seq: fc.integer({ min: 1, max: 9 }),
      owner: bytes(32),
      post: bytes(32),
      inbox: bytes(32),
      closes: fc.nat(),
      longer: fc.integer({ min: 1 }),
      maxItems: fc.integer({ min: 1, max: 10_000 }),
      maxBytes: fc.nat(),
      drops: fc.option(fc.record({ each: fc.nat(), all: fc.nat() }), { nil: undefined }),
      words: fc.record({ salt: bytes(16), ciphertext: fc.uint8Array({ minLength: 16, maxLength: 300 }) }),
      hash: bytes(32),
      signature: bytes(64),
    })
    .map(({ longer, hash, drops, ...fields }) => ({
      ...fields,
      ...(drops !== undefined && { drops }),
      expiry: fields.closes + longer,
      ...(fields.seq > 1 && { previous: hash }),
    }));

  it('[INBOX-1] decode to what was encoded, and to nothing when they are cut', () => {
    fc.assert(
      fc.property(header, fc.nat(), (value, cut) => {
        const encoded = encodeInboxHeader(value);
        expect(decodeInboxHeader(encoded)).toEqual({ ok: true, value });
        expect(decodeInboxHeader(encoded.subarray(0, cut % encoded.length)).ok).toBe(false);
      }),
    );
  });

  it('[INBOX-1, INBOX-10] carry words that whoever may add opens', async () => {
    const { keys, fill, one } = await makeInbox();
    const words = await sealWords(suite, fill, new TextEncoder().encode('Bonjour'));
    const fields = { seq: 1, closes: 5, expiry: 9, maxItems: 3, maxBytes: 0, words };
    const checked = await checkInboxHeader(
      keys.docId,
      await signInboxHeader(keys, fill, one.publicKey, fields),
      suite.verify,
    );
    if (!checked.ok) throw new Error(checked.error);
    expect(await openWords(suite, fill, checked.value.words)).toEqual({
      ok: true,
      value: new TextEncoder().encode('Bonjour'),
    });
    const again = await sealWords(suite, fill, new TextEncoder().encode('Bonjour'));
    expect(again.salt).not.toEqual(words.salt);
    expect(again.ciphertext).not.toEqual(words.ciphertext);
  });
});

describe('items', () => {
  it('[INBOX-4] decode to what was encoded, and to nothing when they are cut', () => {
    const item: fc.Arbitrary<Item> = fc
      .record({
        sender: bytes(32),
        enc: bytes(32),
        size: fc.constantFrom(...CLASSES),
        byte: fc.nat(255),
        signature: bytes(64),
      })
      .map(({ size, byte, ...fields }) => ({ ...fields, ciphertext: new Uint8Array(size + 16).fill(byte) }));
    fc.assert(
      fc.property(item, fc.nat(), (value, cut) => {
        const encoded = encodeItem(value);
        expect(decodeItem(encoded)).toEqual({ ok: true, value });
        expect(decodeItem(encoded.subarray(0, cut % encoded.length)).ok).toBe(false);
      }),
    );
  });

  it('[INBOX-4, INBOX-5] of any content open for the owner, and have one of four lengths', async () => {
    const { keys, fill, sender } = await makeInbox();
    const key = await inboxKeyOf(suite, webHpke, keys);
    const opens = fc.asyncProperty(bytesUpTo(16_349), async (content) => {
      const sealed = await sealItem(webHpke, fill, key.publicKey, sender, content);
      if (!sealed.ok) throw new Error(sealed.error);
      const item = await checkItem(keys.docId, fill.postSigner.publicKey, sealed.value, suite.verify);
      expect(item.ok && CLASSES.includes(item.value.ciphertext.length - 16)).toBe(true);
      const opened = await openItem(key, keys.docId, sealed.value);
      expect(opened).toEqual({ ok: true, value: { reply: sender.replyKey.publicKey, content } });
    });
    await fc.assert(opens, { numRuns: 30 });
  });

  it('[INBOX-4] take the shortest class that holds them', () => {
    const of = (length: number): number | undefined => itemClassOf(new Uint8Array(length));
    expect([0, 221, 222, 989, 990, 4061, 4062].map(of)).toEqual([256, 256, 1024, 1024, 4096, 4096, 16_384]);
    expect([16_349, 16_350].map(of)).toEqual([16_384, undefined]);
  });

  it('[INBOX-4] in a longer class than they need do not open', async () => {
    const { keys, fill, sender } = await makeInbox();
    const key = await inboxKeyOf(suite, webHpke, keys);
    const small = await sealItem(webHpke, fill, key.publicKey, sender, new Uint8Array(1));
    expect(small.ok).toBe(true);
    // The library seals what is asked: padded by hand to the second class.
    const { itemClearPart, encodeUnsignedItem, label } = await import('../src/index.ts');
    const plain = new Uint8Array(1024);
    plain.set([1]);
    plain.set(sender.replyKey.publicKey, 1);
    const clear = itemClearPart(sender.signer.publicKey);
    const sealed = await webHpke.seal(key.publicKey, concat(label('arc1 inbox'), keys.docId), clear, plain);
    if (sealed === undefined) throw new Error('not sealed');
    const item = concat(encodeUnsignedItem({ sender: sender.signer.publicKey, ...sealed }), new Uint8Array(64));
    expect(await openItem(key, keys.docId, item)).toEqual({ ok: false, error: 'bad_message' });
  });
});

describe('pages', () => {
  it('[INBOX-8] decode to what was encoded', () => {
    const item: fc.Arbitrary<PageItem> = fc
      .record({
        number: fc.integer({ min: 1 }),
        change: fc.nat(),
        time: fc.nat(),
        hash: bytes(32),
        body: fc.uint8Array({ minLength: 1, maxLength: 50 }),
        state: fc.constantFrom('here', 'deleted', 'withdrawn'),
      })
      .map(({ body, ...fields }) => ({ ...fields, bytes: fields.state === 'here' ? body : new Uint8Array(0) }));
    const items = fc.uniqueArray(item, { maxLength: 9, selector: ({ change }) => change });
    fc.assert(
      fc.property(items, fc.boolean(), (all, more) => {
        all.sort((a, b) => a.change - b.change);
        const page = { last: Math.max(0, ...all.map(({ number }) => number)), more, items: all };
        expect(decodeInboxPage(encodeInboxPage(page))).toEqual({ ok: true, value: page });
      }),
    );
  });
});

describe('requests for files', () => {
  it('[ASK-1, ASK-2] and what is sent for them decode to what was encoded', async () => {
    const { keys } = await makeInbox();
    const text = (most: number) => fc.string({ unit: 'grapheme', minLength: 1, maxLength: most });
    const number = fc.integer({ min: 1, max: 10_000 });
    const link = printLink(linkFor(keys, 'view', ['files.example.org']));
    fc.assert(
      fc.property(text(5), text(50), fc.boolean(), number, fc.nat(), (title, words, asksName, maxFiles, maxBytes) => {
        const request = { title, text: words, asksName, maxFiles, maxBytes };
        expect(decodeFileRequest(encodeFileRequest(request))).toEqual({ ok: true, value: request });
        const delivery = { name: title, files: maxFiles, bytes: maxBytes, link };
        expect(decodeDelivery(encodeDelivery(delivery))).toEqual({ ok: true, value: delivery });
      }),
    );
    expect(() => encodeFileRequest({ title: '', text: '', asksName: false, maxFiles: 0, maxBytes: 0 })).toThrow(
      RangeError,
    );
    expect(() => encodeDelivery({ name: '', files: 1, bytes: 1, link: link.replace('1v', '1o') })).toThrow(RangeError);
  });
});
