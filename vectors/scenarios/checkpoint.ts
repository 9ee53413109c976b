import type { Bytes, Checkpoint, ErrorName, FrontierEntry } from '@archipel/protocol';
import {
  checkpointHash,
  checkpointSigningInput,
  concat,
  decodeCheckpoint,
  encodeUnsignedCheckpoint,
} from '@archipel/protocol';
import { linkFor, printLink, sealCheckpoint } from '@archipel/protocol/secret';
import { flip, type Input, type Scenario, splice, toJson } from '../scenario.ts';
import type { World } from '../world.ts';
import { LONG_TEXT, sealChain } from '../world.ts';

/** Where the frontier of a first checkpoint begins; its entries have 49 bytes. */
const AT = 3 + 1 + 1 + 16 + 1 + 1;

/** A document with three sessions of three records, a checkpoint of the first two sessions, and one after it. */
interface Story {
  world: World;
  /** Entry of a session after so many of its records. */
  entry(session: number, have: number): FrontierEntry;
  first: Bytes;
  firstFrontier: FrontierEntry[];
  make(seq: number, frontier: FrontierEntry[], retired?: number, previous?: Bytes): Promise<Bytes>;
}

async function tell(world: World): Promise<Story> {
  const { suite, keys, sessions } = world;
  const chains: Awaited<ReturnType<typeof sealChain>>[] = [];
  for (const session of sessions) chains.push(await sealChain(world, keys, session));
  const entry = (session: number, have: number): FrontierEntry => ({
    session: sessions[session] as Bytes,
    have,
    hash: chains[session]?.hashes[have - 1] as Bytes,
  });
  const firstFrontier = [entry(0, 2), entry(1, 3)];
  const base = { gen: 0, retired: 0, plaintext: LONG_TEXT };
  const first = await sealCheckpoint(suite, keys, { ...base, seq: 1, frontier: firstFrontier });
  const hash = checkpointHash(keys.docId, first);
  const make: Story['make'] = (seq, frontier, retired = 0, previous = hash) =>
    sealCheckpoint(suite, keys, { ...base, seq, frontier, retired, ...(seq > 1 ? { previous } : {}) });
  return { world, entry, first, firstFrontier, make };
}

function decoded(bytes: Bytes): Checkpoint {
  const checkpoint = decodeCheckpoint(bytes);
  if (!checkpoint.ok) throw new Error(checkpoint.error);
  return checkpoint.value;
}

/** A checkpoint with other clear fields, signed again by the editor: only the seal can tell. */
async function resigned({ keys }: World, bytes: Bytes, changes: Partial<Checkpoint>): Promise<Bytes> {
  const unsigned = encodeUnsignedCheckpoint({ ...decoded(bytes), ...changes });
  const signature = await keys.editSigner?.sign(checkpointSigningInput(keys.docId, unsigned));
  return concat(unsigned, signature as Bytes);
}

async function openings({ world, first }: Story): Promise<Scenario[]> {
  const { keys, other, renewed, editKey } = world;
  const opens = (
    name: string,
    rules: string[],
    description: string,
    input: { checkpoint: Bytes; docId?: Bytes; link?: string; editKey?: Bytes },
    error?: ErrorName,
  ): Scenario => ({
    name: `checkpoint/${name}`,
    rules,
    description,
    operation: 'openCheckpoint',
    input: toJson({ link: printLink(linkFor(keys, 'view')), docId: keys.docId, editKey, ...input }) as Input,
    expect: error === undefined ? { value: toJson(LONG_TEXT) } : { error },
  });
  const byReader = encodeUnsignedCheckpoint(decoded(first));
  const readersSignature = await keys.readSigner.sign(checkpointSigningInput(keys.docId, byReader));
  const otherLink = printLink(linkFor(other, 'view'));
  const reordered = splice(first, AT, 98, ...first.subarray(AT + 49, AT + 98), ...first.subarray(AT, AT + 49));
  return [
    {
      name: 'checkpoint/decode',
      rules: ['ENC-2'],
      description: 'A first checkpoint that covers two sessions.',
      operation: 'decodeCheckpoint',
      input: toJson({ checkpoint: first }) as Input,
      expect: { value: toJson(decoded(first)) },
    },
    opens('open', ['CKP-5'], 'Signed by an editor, opens with a link to read.', { checkpoint: first }),
    opens(
      'tampered-signature',
      ['CKP-5'],
      'A bit of the signature changed.',
      { checkpoint: flip(first, -40) },
      'bad_signature',
    ),
    opens(
      'tampered-ciphertext',
      ['CKP-5'],
      'A bit of the ciphertext changed.',
      { checkpoint: flip(first, -70) },
      'bad_signature',
    ),
    opens(
      'tampered-frontier',
      ['CKP-5'],
      'A relay moved the frontier.',
      { checkpoint: flip(first, AT + 16, 3) },
      'bad_signature',
    ),
    opens(
      'signed-by-reader',
      ['CKP-5'],
      'A reader made it.',
      { checkpoint: concat(byReader, readersSignature) },
      'bad_signature',
    ),
    opens(
      'of-another-document',
      ['CKP-5'],
      'Served as the checkpoint of another document that has the same editor key.',
      { checkpoint: first, docId: other.docId, link: otherLink },
      'bad_signature',
    ),
    opens(
      'wrong-generation-key',
      ['CAP-4', 'CKP-5'],
      'A link of the second generation opens nothing of the first.',
      { checkpoint: first, link: printLink(linkFor(renewed, 'view')) },
      'open_failed',
    ),
    opens(
      'moved-frontier-signed',
      ['CKP-5'],
      'An editor signed another frontier around the same ciphertext.',
      { checkpoint: await resigned(world, first, { frontier: [] }) },
      'open_failed',
    ),
    opens(
      'other-salt',
      ['CKP-5'],
      'An editor signed another salt around the same ciphertext.',
      { checkpoint: await resigned(world, first, { salt: new Uint8Array(16) }) },
      'open_failed',
    ),
    opens('truncated', ['ENC-2'], 'The last byte is missing.', { checkpoint: first.subarray(0, -1) }, 'bad_message'),
    opens('left-over', ['ENC-2'], 'A byte too many.', { checkpoint: concat(first, Uint8Array.of(0)) }, 'bad_message'),
    opens('version-2', ['ENC-4'], 'A newer version.', { checkpoint: splice(first, 0, 1, 2) }, 'unsupported_version'),
    opens(
      'type-of-a-record',
      ['ENC-4'],
      'The type of a record.',
      { checkpoint: splice(first, 1, 1, 1) },
      'bad_message',
    ),
    opens(
      'reserved-flag',
      ['ENC-4'],
      'Flag bit 7 is not in use.',
      { checkpoint: splice(first, 2, 1, 0x81) },
      'bad_message',
    ),
    opens('seq-zero', ['ENC-2'], 'Sequence numbers begin at 1.', { checkpoint: splice(first, 4, 1, 0) }, 'bad_message'),
    opens(
      'frontier-not-ascending',
      ['ENC-2'],
      'The sessions of the frontier stand in the wrong order.',
      { checkpoint: reordered },
      'bad_message',
    ),
    opens(
      'frontier-twice',
      ['ENC-2'],
      'A session stands in the frontier twice.',
      { checkpoint: splice(first, AT + 49, 16, ...first.subarray(AT, AT + 16)) },
      'bad_message',
    ),
    opens(
      'frontier-entry-without-records',
      ['ENC-2'],
      'A session of which no record is covered.',
      { checkpoint: splice(first, AT + 16, 1, 0) },
      'bad_message',
    ),
    opens(
      'frontier-4097',
      ['ENC-2'],
      'More than 4,096 sessions are claimed.',
      { checkpoint: splice(first, AT - 1, 1, 0x81, 0x20) },
      'bad_message',
    ),
  ];
}

async function successions({ world, entry, first, firstFrontier, make }: Story): Promise<Scenario[]> {
  const { keys } = world;
  const hash = checkpointHash(keys.docId, first);
  const held = { seq: 1, hash, retired: 0, frontier: firstFrontier.map(({ session, have }) => ({ session, have })) };
  // Session 0 has three records, one after the checkpoint; session 1 three, all covered; session 2 two.
  const all = [entry(0, 1), entry(0, 2), entry(0, 3), entry(1, 1), entry(1, 2), entry(1, 3), entry(2, 1), entry(2, 2)];
  const follow = (
    rule: string,
    name: string,
    description: string,
    next: Bytes,
    error?: ErrorName,
    from: typeof held | undefined = held,
  ): Scenario => ({
    name: `checkpoint/${name}`,
    rules: [rule],
    description,
    operation: 'succeedCheckpoint',
    input: toJson({ held: from, next, records: all }) as Input,
    expect: error === undefined ? { value: decoded(next).seq } : { error },
  });
  const whole = [entry(0, 3), entry(1, 3), entry(2, 2)];
  const unheld = { session: world.sessions[2], have: 3, hash: entry(2, 3).hash };
  const firstOfAll: Scenario = follow('CKP-2', 'first-covers', 'The first checkpoint of a document.', first);
  const { held: _none, ...inputOfFirst } = firstOfAll.input;
  return [
    { ...firstOfAll, input: inputOfFirst, expect: { value: 1 } },
    follow('CKP-2', 'covers', 'The next checkpoint, which covers every record.', await make(2, whole)),
    follow(
      'CKP-2',
      'retires',
      'A session without new records is left out and counted.',
      await make(2, [entry(0, 3), entry(2, 2)], 1),
    ),
    follow('CKP-1', 'again', 'The checkpoint that is held, once more.', first, 'checkpoint_behind'),
    follow(
      'CKP-1',
      'lower-seq',
      'Another first one when there is one already: of two made at once one is dropped.',
      await make(1, whole),
      'checkpoint_behind',
    ),
    follow('CKP-1', 'seq-jump', 'Number 3 after number 1.', await make(3, whole), 'checkpoint_behind'),
    follow(
      'CKP-1',
      'other-past',
      'Number 2 after another number 1.',
      await make(2, whole, 0, flip(hash, 0)),
      'checkpoint_behind',
    ),
    follow(
      'CKP-2',
      'uncovered-goes-back',
      'The frontier of a session goes back.',
      await make(2, [entry(0, 1), entry(1, 3)]),
      'checkpoint_uncovered',
    ),
    follow(
      'CKP-2',
      'uncovered-live-session',
      'A session that went on is left out.',
      await make(2, [entry(1, 3), entry(2, 2)], 1),
      'checkpoint_uncovered',
    ),
    follow(
      'CKP-2',
      'uncovered-uncounted',
      'A session is left out without being counted as retired.',
      await make(2, [entry(0, 3)]),
      'checkpoint_uncovered',
    ),
    follow(
      'CKP-2',
      'uncovered-miscounted',
      'More sessions counted as retired than left out.',
      await make(2, whole, 1),
      'checkpoint_uncovered',
    ),
    follow(
      'CKP-2',
      'uncovered-unknown-record',
      'It covers a record that the relay does not have.',
      await make(2, [entry(0, 3), entry(1, 3), unheld]),
      'checkpoint_uncovered',
    ),
    follow(
      'CKP-2',
      'uncovered-wrong-hash',
      'It names a record with the hash of another.',
      await make(2, [entry(0, 3), { ...entry(1, 3), hash: entry(1, 2).hash }]),
      'checkpoint_uncovered',
    ),
  ];
}

export async function checkpointScenarios(world: World): Promise<Scenario[]> {
  const story = await tell(world);
  return [...(await openings(story)), ...(await successions(story))];
}
