import {
  type Bytes,
  concat,
  decodeRecord,
  type ErrorName,
  encodeUnsignedRecord,
  NO_PREVIOUS,
  recordSigningInput,
  type SealedRecord,
} from '@archipel/protocol';
import { linkFor, makeSession, printLink } from '@archipel/protocol/secret';
import { flip, type Scenario, splice, toJson } from '../scenario.ts';
import { LONG_TEXT, type World } from '../world.ts';

/** Of the same two matches for ever: 64 MiB and 33 bytes of zeros from 422,685 bytes, in fixed Huffman codes. */
const BOMB = [
  { hex: '6318', times: 1 },
  { hex: '05a360148c8251300a46c12818', times: 32_513 },
  { hex: '05a360148c8251300a46c1280000', times: 1 },
];
const BOMB_BYTES = 67_108_897;

function decoded(bytes: Bytes): SealedRecord {
  const record = decodeRecord(bytes);
  if (!record.ok) throw new Error(record.error);
  return record.value;
}

/** A record with other clear fields, signed again by the editor: only the seal can tell. */
async function resigned({ keys }: World, bytes: Bytes, changes: Partial<SealedRecord>): Promise<Bytes> {
  const unsigned = encodeUnsignedRecord({ ...decoded(bytes), ...changes });
  const signature = await keys.editSigner?.sign(recordSigningInput(keys.docId, NO_PREVIOUS, unsigned));
  return concat(unsigned, signature as Bytes);
}

async function sealed(
  world: World,
): Promise<{ small: Bytes; deflated: Bytes; linked: Bytes; deps: SealedRecord['deps'] }> {
  const { suite, keys, sessions, texts } = world;
  const writer = makeSession(suite, keys, 0, sessions[0]);
  const deps = [
    { session: sessions[1].subarray(0, 8), n: 4 },
    { session: sessions[2].subarray(0, 8), n: 300 },
  ];
  const base = { n: 0, previous: NO_PREVIOUS, deps: [], plaintext: texts[0] };
  return {
    small: await writer.sealRecord(base),
    deflated: await writer.sealRecord({ ...base, n: 1, plaintext: LONG_TEXT }),
    linked: await writer.sealRecord({ ...base, n: 2, deps }),
    deps,
  };
}

export async function recordScenarios(world: World): Promise<Scenario[]> {
  const { keys, other, renewed, sessions, texts } = world;
  const { small, deflated, linked, deps } = await sealed(world);
  const link = printLink(linkFor(keys, 'view'));
  const open = (
    name: string,
    rules: string[],
    description: string,
    input: { record: Bytes; docId?: Bytes; link?: string },
    expect: Bytes | ErrorName,
  ): Scenario => ({
    name: `record/${name}`,
    rules,
    description,
    operation: 'openRecord',
    input: toJson({ link, docId: keys.docId, ...input }) as Scenario['input'],
    expect: typeof expect === 'string' ? { error: expect } : { value: toJson(expect) },
  });
  const inflate = (name: string, description: string, maxBytes: number, fits: boolean): Scenario => ({
    name: `record/${name}`,
    rules: ['REC-7'],
    description,
    operation: 'inflate',
    input: { deflated: BOMB, maxBytes },
    expect: fits ? { value: { length: BOMB_BYTES } } : { error: 'too_large' },
  });
  const n0 = 3 + 1 + 16;
  const moved = (changes: Partial<SealedRecord>) => resigned(world, small, changes);
  return [
    {
      name: 'record/seal',
      rules: ['REC-2'],
      description: 'Sealing is exact: the same bytes from everybody.',
      operation: 'sealRecord',
      input: toJson({
        link: printLink(linkFor(keys, 'edit')),
        generation: 0,
        session: sessions[0],
        n: 2,
        previous: NO_PREVIOUS,
        deps,
        plaintext: texts[0],
      }) as Scenario['input'],
      expect: { value: toJson(linked) },
    },
    {
      name: 'record/decode',
      rules: ['ENC-2'],
      description: 'A record with two deps.',
      operation: 'decodeRecord',
      input: toJson({ record: linked }) as Scenario['input'],
      expect: { value: toJson(decoded(linked)) },
    },
    open('open', ['REC-2'], 'A record that opens with a link to read.', { record: small }, texts[0]),
    open('open-deflated', ['REC-2'], 'Its plaintext is raw DEFLATE.', { record: deflated }, LONG_TEXT),
    open(
      'tampered-ciphertext',
      ['REC-2'],
      'A bit of the ciphertext changed.',
      { record: flip(small, -70) },
      'open_failed',
    ),
    open(
      'tampered-gen',
      ['REC-2'],
      'The generation is associated data.',
      { record: await moved({ gen: 1 }) },
      'open_failed',
    ),
    open(
      'tampered-flag',
      ['REC-2'],
      'The flag for DEFLATE is associated data.',
      { record: await moved({ flags: 1 }) },
      'open_failed',
    ),
    open('tampered-deps', ['REC-2'], 'The deps are associated data.', { record: await moved({ deps }) }, 'open_failed'),
    open(
      'moved-to-another-document',
      ['REC-2'],
      'Served as a record of another document.',
      { record: small, docId: other.docId, link: printLink(linkFor(other, 'view')) },
      'open_failed',
    ),
    open(
      'moved-to-another-docid',
      ['REC-2'],
      'The right keys, but the docId of another document.',
      { record: small, docId: other.docId },
      'open_failed',
    ),
    open(
      'moved-to-another-session',
      ['REC-2'],
      'Signed again under another session.',
      { record: await moved({ session: sessions[1] }) },
      'open_failed',
    ),
    open(
      'moved-to-another-n',
      ['REC-2'],
      'Signed again at another place of its session.',
      { record: await moved({ n: 1 }) },
      'open_failed',
    ),
    open(
      'wrong-generation-key',
      ['CAP-4'],
      'A link of the second generation opens nothing of the first.',
      { record: small, link: printLink(linkFor(renewed, 'view')) },
      'open_failed',
    ),
    open(
      'ciphertext-without-tag',
      ['REC-2'],
      'Fewer bytes than a tag has.',
      { record: await moved({ ciphertext: new Uint8Array(15) }) },
      'open_failed',
    ),
    open(
      'flagged-but-no-deflate',
      ['REC-7'],
      'Opens, but what comes out is no DEFLATE stream.',
      { record: await falselyFlagged(world) },
      'open_failed',
    ),
    inflate('zip-bomb', 'Inflates to 33 bytes more than 64 MiB: stopped at the limit.', 64 * 2 ** 20, false),
    inflate('zip-bomb-fits', 'The same stream under a limit that holds it.', BOMB_BYTES, true),
    open('truncated', ['ENC-2'], 'The last byte is missing.', { record: small.subarray(0, -1) }, 'bad_message'),
    open('left-over', ['ENC-2'], 'A byte too many.', { record: concat(small, Uint8Array.of(0)) }, 'bad_message'),
    open('empty', ['ENC-2'], 'No bytes at all.', { record: new Uint8Array(0) }, 'bad_message'),
    open('version-2', ['ENC-4'], 'A newer version.', { record: splice(small, 0, 1, 2) }, 'unsupported_version'),
    open('version-0', ['ENC-4'], 'Version 0 never was.', { record: splice(small, 0, 1, 0) }, 'unsupported_version'),
    open('type-9', ['ENC-4'], 'An unknown type.', { record: splice(small, 1, 1, 9) }, 'bad_message'),
    open('reserved-flag', ['ENC-4'], 'Flag bit 1 is not in use.', { record: splice(small, 2, 1, 2) }, 'bad_message'),
    open('n-spelt-long', ['ENC-1'], 'n = 0 in two bytes.', { record: splice(small, n0, 1, 0x80, 0) }, 'bad_message'),
    open(
      'n-too-large',
      ['ENC-1'],
      'n = 2^53.',
      { record: splice(small, n0, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10) },
      'bad_message',
    ),
    open(
      'deps-not-ascending',
      ['ENC-2'],
      'The deps stand in the wrong order.',
      { record: swapped(linked, n0 + 2) },
      'bad_message',
    ),
    open(
      'deps-33',
      ['ENC-2'],
      'More than 32 deps.',
      { record: splice(small, n0 + 1, 1, 33, ...Array(33 * 9).fill(0)) },
      'bad_message',
    ),
    open(
      'length-beyond-end',
      ['ENC-2'],
      'The ciphertext claims more bytes than there are.',
      { record: splice(small, n0 + 2, 1, 0x7f) },
      'bad_message',
    ),
    oversize(small, n0 + 2),
  ];
}

/** Sealed with the flag set though the text is not deflated: a broken or spiteful editor. */
async function falselyFlagged({ suite, keys, sessions }: World): Promise<Bytes> {
  const raw = new Uint8Array(300).fill(0xff);
  const spiteful = { ...suite, deflate: async () => raw.subarray(0, 299) };
  return makeSession(spiteful, keys, 0, sessions[2]).sealRecord({
    n: 0,
    previous: NO_PREVIOUS,
    deps: [],
    plaintext: raw,
  });
}

/** Two deps of 9 and 10 bytes change places. */
function swapped(record: Bytes, at: number): Bytes {
  const [first, second] = [record.subarray(at, at + 9), record.subarray(at + 9, at + 19)];
  return splice(record, at, 19, ...second, ...first);
}

/** Given in pieces, since it is one byte more than 1 MiB. */
function oversize(small: Bytes, at: number): Scenario {
  const head = small.subarray(0, at);
  const body = 2 ** 20 + 1 - head.length - 3 - 64;
  const length = Uint8Array.of(0x80 | (body & 0x7f), 0x80 | ((body >> 7) & 0x7f), body >> 14);
  return {
    name: 'record/oversize',
    rules: ['REC-4', 'ENC-2'],
    description: 'One byte more than 1 MiB.',
    operation: 'decodeRecord',
    input: toJson({
      record: [
        { hex: concat(head, length), times: 1 },
        { hex: Uint8Array.of(0), times: body + 64 },
      ],
    }) as Scenario['input'],
    expect: { error: 'too_large' },
  };
}
