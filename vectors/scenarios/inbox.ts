import type { Bytes, ErrorName, InboxPage, PageItem } from '@archipel/protocol';
import {
  concat,
  docIdOf,
  encodeInboxPage,
  encodeUnsignedItem,
  encodeWithdrawal,
  inboxHeaderHash,
  itemHash,
  itemSigningInput,
  KIND_INBOX,
  withdrawalSigningInput,
} from '@archipel/protocol';
import {
  encodeDelivery,
  encodeFileRequest,
  type FillKeys,
  fillKeysOf,
  fillLinkFor,
  type Hpke,
  inboxKeyOf,
  type Keys,
  keysFromLink,
  linkFor,
  nobleHpke,
  printLink,
  type SenderKeys,
  type Suite,
  sealWords,
  senderKeysOf,
  signInboxHeader,
  signPermit,
} from '@archipel/protocol/secret';
import { flip, hex, type Input, type Scenario, splice, toJson } from '../scenario.ts';
import type { World } from '../world.ts';
import { SEALED } from './inbox-sealed.ts';

const EXPIRY = 1_900_000_000;
const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

/** One inbox: its owner, whoever may fill it, and whoever sent one item. */
interface Inbox {
  keys: Keys;
  fill: FillKeys;
  inbox: Bytes;
  sender: SenderKeys;
}

async function inboxOf(suite: Suite, hpke: Hpke, byte: number): Promise<Inbox> {
  const secret = new Uint8Array(20).fill(byte);
  const seed = await suite.hkdf(secret, utf8('arc1 owner key\0'), 32);
  const docId = docIdOf(KIND_INBOX, (await suite.signer(seed)).publicKey);
  const keys = await keysFromLink(suite, { cap: 'own', docId, secret, hints: [] }, 0, KIND_INBOX);
  if (!keys.ok) throw new Error(keys.error);
  const { publicKey: inbox } = await inboxKeyOf(suite, hpke, keys.value);
  const sender = await senderKeysOf(suite, hpke, new Uint8Array(32).fill(0x44));
  return { keys: keys.value, fill: await fillKeysOf(suite, keys.value), inbox, sender };
}

type Expected = ErrorName | { value: unknown };

function scenario(operation: string, prefix: string) {
  return (name: string, rules: string[], description: string, input: object, expect: Expected): Scenario => ({
    name: `inbox/${prefix}${name}`,
    rules,
    description,
    operation,
    input: toJson(input) as Input,
    expect: typeof expect === 'string' ? { error: expect } : { value: toJson(expect.value) },
  });
}

/** CFRG's vector of this suite (mode 0, kem 0x0020, kdf 0x0001, aead 0x0002), its first encryption. */
const RFC = {
  seed: 'dac33b0e9db1b59dbbea58d59a14e7b5896e9bdf98fad6891e99d1686492b9ee',
  enc: '6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256',
  info: '4f6465206f6e2061204772656369616e2055726e',
  aad: '436f756e742d30',
  ciphertext: 'e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a',
};
const RFC_OPENED = {
  publicKey: '430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c',
  plaintext: '4265617574792069732074727574682c20747275746820626561757479',
};

function hpkeScenarios(): Scenario[] {
  const opens = scenario('openHpke', 'hpke-');
  const flipped = (field: keyof typeof RFC) => ({ ...RFC, [field]: flip(hex(RFC[field]), -1) });
  const rules = ['INBOX-5'];
  return [
    opens('rfc-9180', ['CAP-2', ...rules], 'The vector of RFC 9180 for this suite.', RFC, { value: RFC_OPENED }),
    opens('info', rules, 'Another info.', flipped('info'), 'open_failed'),
    opens('aad', rules, 'Other associated data.', flipped('aad'), 'open_failed'),
    opens('tag', rules, 'A bit of the tag changed.', flipped('ciphertext'), 'open_failed'),
    opens('key', rules, 'Another key.', flipped('seed'), 'open_failed'),
    opens('enc', rules, 'Another encapsulated key.', flipped('enc'), 'open_failed'),
    opens('enc-zero', rules, 'A key with which every secret is zero.', { ...RFC, enc: '00'.repeat(32) }, 'open_failed'),
    opens(
      'enc-short',
      rules,
      'A byte of the encapsulated key is missing.',
      { ...RFC, enc: RFC.enc.slice(2) },
      'open_failed',
    ),
    opens('nothing', rules, 'Less than a tag.', { ...RFC, ciphertext: '00' }, 'open_failed'),
  ];
}

async function headerScenarios(suite: Suite, one: Inbox, other: Inbox): Promise<Scenario[]> {
  const words = await sealWords(suite, one.fill, utf8('Bonjour'));
  const fields = { seq: 1, closes: EXPIRY - 9, expiry: EXPIRY, maxItems: 30, maxBytes: 0, words };
  const sign = ({ keys, fill, inbox }: Inbox, changes: object) =>
    signInboxHeader(keys, fill, inbox, { ...fields, ...changes });
  const header = await sign(one, {});
  const counting = await sign(one, { drops: { each: 11_000_000, all: 2_000_000_000 } });
  const after = { seq: 2, closes: 1, previous: inboxHeaderHash(header) };
  const next = await sign(one, after);
  const checks = scenario('checkInboxHeader', 'header-');
  const check = (name: string, rules: string[], description: string, bytes: Bytes, error?: ErrorName): Scenario =>
    checks(
      name,
      rules,
      description,
      { docId: one.keys.docId, header: bytes },
      error ?? { value: { seq: 1, hash: inboxHeaderHash(bytes) } },
    );
  const follows = scenario('succeedInboxHeader', 'header-');
  const follow = (name: string, description: string, bytes: Bytes, expect: ErrorName | 'next' | 'same'): Scenario =>
    follows(
      name,
      ['INBOX-2'],
      description,
      { held: header, next: bytes },
      expect === 'next' || expect === 'same' ? { value: expect } : expect,
    );
  const opens = scenario('openWords', 'words-');
  const link = printLink(fillLinkFor(one.fill));
  const NUMBERS = 3 + 1 + 96;
  return [
    check('accepted', ['INBOX-1'], 'The first header of an inbox.', header),
    check('counts-drops', ['ASK-4'], 'The first header of a request that counts its drops.', counting),
    check(
      'counts-drops-truncated',
      ['ENC-2'],
      'It says that drops are counted, and not how many bytes.',
      splice(header, 2, 1, 2),
      'bad_message',
    ),
    check('of-another-owner', ['INBOX-1'], 'Properly signed, of another inbox.', await sign(other, {}), 'bad_header'),
    check('tampered-closes', ['INBOX-1'], 'The time at which it closes changed.', flip(header, NUMBERS), 'bad_header'),
    check('tampered-signature', ['INBOX-1'], 'A bit of the signature changed.', flip(header, -1), 'bad_header'),
    check('kind-2', ['ENC-4'], 'The kind of a blob.', splice(header, 1, 1, 2), 'bad_message'),
    check('reserved-flag', ['ENC-4'], 'A flag that has no meaning.', splice(header, 2, 1, 1), 'bad_message'),
    check('seq-zero', ['INBOX-2'], 'Headers are counted from 1.', splice(header, 3, 1, 0), 'bad_message'),
    check('version-2', ['ENC-4'], 'A newer version.', splice(header, 0, 1, 2), 'unsupported_version'),
    check('truncated', ['ENC-2'], 'The last byte is missing.', header.subarray(0, -1), 'bad_message'),
    check('left-over', ['ENC-2'], 'A byte too many.', concat(header, Uint8Array.of(0)), 'bad_message'),
    check('oversize', ['INBOX-1'], 'More than 8 KiB.', concat(header, new Uint8Array(8192)), 'too_large'),
    check(
      'closes-after-end',
      ['INBOX-1'],
      'It would take items after its end.',
      splice(header, NUMBERS, 5, 0xff, 0xff, 0xff, 0xff, 0x7f),
      'bad_message',
    ),
    check('no-items', ['INBOX-1'], 'An inbox for nothing.', splice(header, NUMBERS + 10, 1, 0), 'bad_message'),
    follow('closed', 'Its owner closes it.', next, 'next'),
    follow('again', 'The very same.', header, 'same'),
    follow('skipped', 'The third after the first.', await sign(one, { ...after, seq: 3 }), 'stale_header'),
    follow(
      'other-previous',
      'After another header.',
      await sign(one, { ...after, previous: new Uint8Array(32) }),
      'stale_header',
    ),
    follow(
      'other-inbox-key',
      'Items would be sealed to another key.',
      await sign({ ...one, inbox: other.inbox }, after),
      'bad_header',
    ),
    follow(
      'other-post-key',
      'Others would be allowed to add.',
      await sign({ ...one, fill: other.fill }, after),
      'bad_header',
    ),
    opens('opened', ['INBOX-10'], 'With the link to fill.', { link, ...words }, { value: utf8('Bonjour') }),
    opens('other-salt', ['INBOX-10'], 'Another salt.', { link, ...words, salt: flip(words.salt, 0) }, 'open_failed'),
    opens(
      'other-link',
      ['INBOX-10'],
      'The link of another inbox.',
      { link: printLink(fillLinkFor(other.fill)), ...words },
      'open_failed',
    ),
    opens(
      'tampered',
      ['INBOX-10'],
      'A bit changed.',
      { link, ...words, ciphertext: flip(words.ciphertext, 0) },
      'open_failed',
    ),
  ];
}

async function itemScenarios(one: Inbox, other: Inbox): Promise<Scenario[]> {
  const { docId } = one.keys;
  const { publicKey: sender } = one.sender.signer;
  const item = async (sealed: { enc: string; ciphertext: string }, fill = one.fill, from = sender): Promise<Bytes> => {
    const unsigned = encodeUnsignedItem({ sender: from, enc: hex(sealed.enc), ciphertext: hex(sealed.ciphertext) });
    return concat(unsigned, await fill.postSigner.sign(itemSigningInput(docId, unsigned)));
  };
  const good = await item(SEALED.GOOD);
  const checks = scenario('checkItem', 'item-');
  const check = (
    name: string,
    rules: string[],
    description: string,
    bytes: Bytes,
    error?: ErrorName,
    id = docId,
  ): Scenario =>
    checks(
      name,
      rules,
      description,
      { docId: id, post: one.fill.postSigner.publicKey, item: bytes },
      error ?? { value: { hash: itemHash(id, bytes) } },
    );
  const opens = scenario('openItem', 'item-');
  const open = (
    name: string,
    rules: string[],
    description: string,
    bytes: Bytes,
    expect: Expected,
    owner = one,
  ): Scenario =>
    opens(name, rules, description, { link: printLink(linkFor(owner.keys, 'own')), docId, item: bytes }, expect);
  const opened = { value: { reply: one.sender.replyKey.publicKey, content: utf8('Bonjour') } };
  return [
    check('accepted', ['INBOX-3'], 'Signed by whoever may add.', good),
    check(
      'of-another-link',
      ['INBOX-3'],
      'Signed with the link of another inbox.',
      await item(SEALED.GOOD, other.fill),
      'bad_signature',
    ),
    check('of-another-inbox', ['INBOX-3'], 'Moved to another inbox.', good, 'bad_signature', other.keys.docId),
    check('tampered', ['INBOX-3'], 'A bit of the ciphertext changed.', flip(good, 80), 'bad_signature'),
    check('other-sender', ['INBOX-3'], 'Another would be able to take it back.', flip(good, 2), 'bad_signature'),
    check(
      'no-class',
      ['INBOX-4'],
      'A ciphertext one byte longer than a class.',
      splice(good, 66, 2, 0x91, 0x02),
      'bad_message',
    ),
    check(
      'no-ciphertext',
      ['INBOX-4'],
      'Nothing is in it.',
      concat(good.subarray(0, 66), Uint8Array.of(0), good.subarray(-64)),
      'bad_message',
    ),
    check('type-1', ['ENC-4'], 'The type of a record.', splice(good, 1, 1, 1), 'bad_message'),
    check('version-2', ['ENC-4'], 'A newer version.', splice(good, 0, 1, 2), 'unsupported_version'),
    check('truncated', ['ENC-2'], 'The last byte is missing.', good.subarray(0, -1), 'bad_message'),
    check('left-over', ['ENC-2'], 'A byte too many.', concat(good, Uint8Array.of(0)), 'bad_message'),
    check('oversize', ['INBOX-4'], 'More than the largest class.', concat(good, new Uint8Array(17_408)), 'too_large'),
    open('opened', ['INBOX-4', 'INBOX-5'], 'With the inbox key.', good, opened),
    open('other-owner', ['INBOX-5'], 'The owner of another inbox.', good, 'open_failed', other),
    open(
      'moved-sender',
      ['INBOX-5'],
      'Whoever may add signs what another sealed.',
      await item(SEALED.GOOD, one.fill, other.fill.postSigner.publicKey),
      'open_failed',
    ),
    open('padding', ['INBOX-4'], 'Something stands behind the content.', await item(SEALED.PADDED), 'bad_message'),
    open(
      'content-too-long',
      ['INBOX-4'],
      'A content that is longer than its class.',
      await item(SEALED.LONGER),
      'bad_message',
    ),
    open('newer-content', ['ENC-4'], 'A newer version inside.', await item(SEALED.NEWER), 'unsupported_version'),
    ...(await withdrawalScenarios(one, other, good)),
  ];
}

async function withdrawalScenarios(one: Inbox, other: Inbox, item: Bytes): Promise<Scenario[]> {
  const { docId } = one.keys;
  const hash = itemHash(docId, item);
  const sign = async (signer: SenderKeys['signer'], id = docId, of = hash): Promise<Bytes> =>
    encodeWithdrawal({ hash: of, signature: await signer.sign(withdrawalSigningInput(id, of)) });
  const good = await sign(one.sender.signer);
  const checks = scenario('checkWithdrawal', 'withdrawal-');
  const check = (name: string, rules: string[], description: string, withdrawal: Bytes, error?: ErrorName): Scenario =>
    checks(name, rules, description, { docId, item, withdrawal }, error ?? { value: { hash } });
  return [
    check('accepted', ['INBOX-9'], 'By whoever sent it.', good),
    check('by-another', ['INBOX-9'], 'By another who may add.', await sign(one.fill.postSigner), 'bad_signature'),
    check(
      'of-another-inbox',
      ['INBOX-9'],
      'Signed for another inbox.',
      await sign(one.sender.signer, other.keys.docId),
      'bad_signature',
    ),
    check(
      'other-item',
      ['INBOX-9'],
      'The signature is of another item.',
      concat(flip(hash, 0), good.subarray(32)),
      'bad_signature',
    ),
    check('truncated', ['ENC-2'], 'The last byte is missing.', good.subarray(0, -1), 'bad_message'),
    check('left-over', ['ENC-2'], 'A byte too many.', concat(good, Uint8Array.of(0)), 'bad_message'),
  ];
}

async function permitScenarios(one: Inbox, other: Inbox): Promise<Scenario[]> {
  const blobId = new Uint8Array(20).fill(0x77);
  const sender = one.sender.signer.publicKey;
  const post = one.fill.postSigner.publicKey;
  const good = await signPermit(one.fill, sender, blobId);
  const checks = scenario('checkPermit', 'permit-');
  const check = (name: string, rules: string[], description: string, permit: Bytes, error?: ErrorName): Scenario =>
    checks(name, rules, description, { blobId, post, permit }, error ?? { value: { inboxId: one.keys.docId, sender } });
  const rules = ['ASK-3'];
  const ofAnother = await signPermit(one.fill, sender, blobId.with(0, 0x78));
  return [
    check('accepted', rules, 'Signed with the link to fill, for this drop.', good),
    check('of-another-drop', rules, 'Signed for another drop.', ofAnother, 'bad_signature'),
    check(
      'of-another-link',
      rules,
      'Signed with the link of another inbox.',
      await signPermit({ ...one.fill, postSigner: other.fill.postSigner }, sender, blobId),
      'bad_signature',
    ),
    check('other-inbox', rules, 'It would count for another inbox.', flip(good, 2), 'bad_signature'),
    check('other-sender', rules, 'Another item would announce the drop.', flip(good, 22), 'bad_signature'),
    check('type-5', ['ENC-4'], 'The type of an item.', splice(good, 1, 1, 5), 'bad_message'),
    check('version-2', ['ENC-4'], 'A newer version.', splice(good, 0, 1, 2), 'unsupported_version'),
    check('truncated', ['ENC-2'], 'The last byte is missing.', good.subarray(0, -1), 'bad_message'),
    check('left-over', ['ENC-2'], 'A byte too many.', concat(good, Uint8Array.of(0)), 'bad_message'),
    check('oversize', rules, 'More than 256 bytes.', concat(good, new Uint8Array(256)), 'too_large'),
  ];
}

function pageScenarios(): Scenario[] {
  const here: PageItem = {
    number: 1,
    change: 1,
    time: EXPIRY,
    state: 'here',
    hash: new Uint8Array(32).fill(1),
    bytes: utf8('sealed'),
  };
  const gone: PageItem = { ...here, number: 2, change: 4, state: 'withdrawn', bytes: new Uint8Array(0) };
  const page: InboxPage = { last: 3, more: false, items: [here, gone] };
  const decodes = scenario('decodeInboxPage', 'page-');
  const rules = ['INBOX-8'];
  const decode = (
    name: string,
    description: string,
    changes: Partial<InboxPage>,
    expect: Expected = 'bad_message',
    of = rules,
  ): Scenario => decodes(name, of, description, { page: encodeInboxPage({ ...page, ...changes }) }, expect);
  const bytes = encodeInboxPage(page);
  return [
    decode('decoded', 'One that is here, and one that was taken back.', {}, { value: page }),
    decode('empty', 'Nothing came.', { last: 0, items: [] }, { value: { last: 0, more: false, items: [] } }),
    decode('number-beyond-last', 'A number that was not given yet.', { last: 1 }),
    decode('number-zero', 'Numbers begin with 1.', { items: [{ ...here, number: 0 }] }),
    decode('changes-descend', 'The second one changed before the first.', { items: [gone, here] }),
    decode('change-twice', 'Two changes of one number.', { items: [here, { ...gone, change: 1 }] }),
    decode('gone-with-bytes', 'It is gone, and yet here.', { items: [{ ...gone, bytes: utf8('sealed') }] }),
    decode('here-without-bytes', 'It is here, and yet gone.', { items: [{ ...here, bytes: new Uint8Array(0) }] }),
    decodes('more-2', ['ENC-4'], 'Yes, no, and something else.', { page: splice(bytes, 1, 1, 2) }, 'bad_message'),
    decodes('left-over', ['ENC-2'], 'A byte too many.', { page: concat(bytes, Uint8Array.of(0)) }, 'bad_message'),
    decodes('false-count', ['ENC-2'], 'More items than are there.', { page: splice(bytes, 2, 1, 3) }, 'bad_message'),
  ];
}

function requestScenarios({ keys }: World): Scenario[] {
  const request = { title: 'Photos', text: 'De la fête', asksName: true, maxFiles: 20, maxBytes: 10_000_000 };
  const bytes = encodeFileRequest(request);
  const decodes = scenario('decodeFileRequest', 'request-');
  const link = printLink(linkFor(keys, 'view', ['relay.example.org']));
  const delivery = { name: 'Zoé', files: 2, bytes: 5000, link };
  const sent = encodeDelivery(delivery);
  const delivered = scenario('decodeDelivery', 'delivery-');
  const linked = (text: string): Bytes => concat(Uint8Array.of(1, 1, 0, 1, 1, text.length), utf8(text));
  return [
    decodes('decoded', ['ASK-2'], 'Photos of a party.', { request: bytes }, { value: request }),
    decodes(
      'no-title',
      ['ASK-2'],
      'Nobody says what is asked for.',
      { request: Uint8Array.of(1, 1, 0, 0, 0, 0, 0) },
      'bad_message',
    ),
    decodes(
      'reserved-flag',
      ['ENC-4'],
      'A flag that has no meaning.',
      { request: splice(bytes, 2, 1, 2) },
      'bad_message',
    ),
    decodes('type-2', ['ENC-4'], 'Words of something else.', { request: splice(bytes, 1, 1, 2) }, 'bad_message'),
    decodes('version-2', ['ENC-4'], 'A newer version.', { request: splice(bytes, 0, 1, 2) }, 'unsupported_version'),
    decodes('left-over', ['ENC-2'], 'A byte too many.', { request: concat(bytes, Uint8Array.of(0)) }, 'bad_message'),
    decodes('oversize', ['ASK-2'], 'More than 4 KiB.', { request: concat(bytes, new Uint8Array(4096)) }, 'too_large'),
    delivered('decoded', ['ASK-1'], 'Two files of Zoé.', { delivery: sent }, { value: delivery }),
    delivered(
      'link-to-own',
      ['ASK-1'],
      'The link with which a drop is deleted.',
      { delivery: linked(printLink(linkFor(keys, 'own'))) },
      'bad_message',
    ),
    delivered(
      'link-elsewhere',
      ['ASK-1'],
      'An address, and no link.',
      { delivery: linked('https://example.org/') },
      'bad_message',
    ),
    delivered('no-files', ['ASK-1'], 'A drop of nothing.', { delivery: splice(sent, 3 + 4, 1, 0) }, 'bad_message'),
    delivered('left-over', ['ENC-2'], 'A byte too many.', { delivery: concat(sent, Uint8Array.of(0)) }, 'bad_message'),
    delivered('version-2', ['ENC-4'], 'A newer version.', { delivery: splice(sent, 0, 1, 2) }, 'unsupported_version'),
  ];
}

export async function inboxScenarios(world: World): Promise<Scenario[]> {
  const { suite } = world;
  const hpke = await nobleHpke();
  const [one, other] = [await inboxOf(suite, hpke, 0x33), await inboxOf(suite, hpke, 0x66)];
  const derives = scenario('deriveInboxKeys', 'keys-');
  const { keys, fill, inbox } = one;
  const own = printLink(linkFor(keys, 'own'));
  const derived = {
    docId: keys.docId,
    fill: fill.secret,
    post: fill.postSigner.publicKey,
    wordsRoot: fill.wordsRoot,
    inbox,
  };
  return [
    derives(
      'derived',
      ['CAP-1', 'CAP-2', 'CAP-3'],
      'Everything that follows from the link of an owner.',
      { link: own },
      { value: derived },
    ),
    derives(
      'of-a-document',
      ['CAP-3', 'LINK-2'],
      'The link of a document with a log.',
      { link: printLink(linkFor(world.keys, 'own')) },
      'link_broken',
    ),
    derives(
      'fill',
      ['CAP-1'],
      'The link to fill gives no other keys.',
      { link: printLink(fillLinkFor(fill)) },
      'link_broken',
    ),
    ...hpkeScenarios(),
    ...(await headerScenarios(suite, one, other)),
    ...(await itemScenarios(one, other)),
    ...(await permitScenarios(one, other)),
    ...pageScenarios(),
    ...requestScenarios(world),
  ];
}
