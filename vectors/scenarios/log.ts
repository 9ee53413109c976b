import type { Bytes, ErrorName } from '@archipel/protocol';
import { concat, NO_PREVIOUS, recordHash, recordSigningInput } from '@archipel/protocol';
import { makeSession } from '@archipel/protocol/secret';
import { flip, type Input, type Scenario, toJson } from '../scenario.ts';
import type { World } from '../world.ts';
import { sealChain } from '../world.ts';

/** Order of the group of Ed25519 (RFC 8032), little-endian. */
const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** Another spelling of the signature's second half, which RFC 8032 refuses. */
function malleable(record: Bytes): Bytes {
  const half = record.subarray(-32).toReversed();
  const scalar = BigInt(`0x${Buffer.from(half).toString('hex')}`) + GROUP_ORDER;
  const digits = scalar.toString(16).padStart(64, '0');
  return concat(record.subarray(0, -32), Uint8Array.from(Buffer.from(digits, 'hex')).toReversed());
}

export async function logScenarios(world: World): Promise<Scenario[]> {
  const { suite, keys, other, renewed, sessions, editKey } = world;
  const { records, hashes } = await sealChain(world, keys, sessions[0]);
  const [r0, r1, r2] = records as [Bytes, Bytes, Bytes];
  const [h0, h1] = hashes as [Bytes, Bytes];
  const chain = (
    name: string,
    rules: string[],
    description: string,
    input: { records: Bytes[]; previous?: Bytes; docId?: Bytes; editKey?: Bytes },
    expect: Bytes[] | ErrorName,
  ): Scenario => ({
    name: `log/${name}`,
    rules,
    description,
    operation: 'verifyChain',
    input: toJson({ docId: keys.docId, editKey, previous: NO_PREVIOUS, ...input }) as Input,
    expect: typeof expect === 'string' ? { error: expect } : { value: toJson(expect) },
  });
  const strangers = (await sealChain(world, keys, sessions[1])).records as [Bytes, Bytes, Bytes];
  const plaintext = new TextEncoder().encode('west');
  const fork = await makeSession(suite, keys, 0, sessions[0]).sealRecord({ n: 1, previous: h0, deps: [], plaintext });
  const forgers = await makeSession(suite, other, 0, sessions[0]).sealRecord({
    n: 0,
    previous: NO_PREVIOUS,
    deps: [],
    plaintext,
  });
  const unsigned = r0.subarray(0, -64);
  const byReader = concat(unsigned, await keys.readSigner.sign(recordSigningInput(keys.docId, NO_PREVIOUS, unsigned)));
  return [
    chain('whole', ['REC-5'], 'Three records of a session; the last signature vouches for all.', { records }, hashes),
    chain(
      'tail',
      ['REC-5'],
      'The part after a checkpoint, from the hash in its frontier.',
      { records: [r1, r2], previous: h0 },
      hashes.slice(1),
    ),
    chain('one', ['REC-5'], 'A single record.', { records: [r0] }, [h0]),
    chain(
      'signature-missing-inside',
      ['REC-5'],
      'An earlier signature is part of what the later one vouches for.',
      { records: [flip(r0, -1), r1, r2] },
      'bad_signature',
    ),
    chain(
      'tampered-inside',
      ['REC-5'],
      'A bit of an earlier ciphertext changed.',
      { records: [flip(r0, -70), r1, r2] },
      'bad_signature',
    ),
    chain(
      'tampered-last',
      ['REC-5'],
      'A bit of the last signature changed.',
      { records: [r0, r1, flip(r2, -1, 0x10)] },
      'bad_signature',
    ),
    chain(
      'malleable-signature',
      ['REC-5', 'CAP-2'],
      "The signature's other spelling, which verifies where RFC 8032 is not kept to.",
      { records: [malleable(r0)] },
      'bad_signature',
    ),
    chain('signed-by-reader', ['REC-5'], "A reader's key cannot write.", { records: [byReader] }, 'bad_signature'),
    chain(
      'substituted-key',
      ['REC-5'],
      'A record sealed and signed with the keys of another document.',
      { records: [forgers] },
      'bad_signature',
    ),
    chain(
      'wrong-generation',
      ['CAP-4', 'REC-5'],
      'The links were renewed: what the old edit key signs does not count.',
      { records, editKey: renewed.editSigner?.publicKey as Bytes },
      'bad_signature',
    ),
    chain(
      'moved-to-another-document',
      ['REC-2'],
      'The chain of one document served in another.',
      { records, docId: other.docId },
      'bad_signature',
    ),
    chain('reordered', ['REC-3'], 'The second record before the first.', { records: [r1, r0, r2] }, 'session_gap'),
    chain('gap', ['REC-3'], 'The second record is missing.', { records: [r0, r2] }, 'session_gap'),
    chain('replayed', ['REC-3'], 'The first record twice.', { records: [r0, r0, r1] }, 'session_gap'),
    chain(
      'mixed-sessions',
      ['REC-3'],
      'The second record is of another session.',
      { records: [r0, strangers[1], r2] },
      'session_gap',
    ),
    chain(
      'moved-to-another-session',
      ['REC-5'],
      'A record of another session under the hash of this one.',
      { records: [strangers[1]], previous: h0 },
      'bad_signature',
    ),
    chain(
      'start-dropped',
      ['REC-5'],
      'The first record was dropped and the second passed off as the first known.',
      { records: [r1, r2] },
      'bad_signature',
    ),
    chain(
      'wrong-previous',
      ['REC-5'],
      'The hash before is that of another place.',
      { records: [r2], previous: h0 },
      'bad_signature',
    ),
    chain(
      'fork',
      ['REC-5'],
      'Another record for a known place verifies on its own: only its hash tells.',
      { records: [r0, fork] },
      [h0, recordHash(keys.docId, h0, fork)],
    ),
    chain(
      'fork-continued',
      ['REC-5'],
      'The third record does not follow the other second one.',
      { records: [r0, fork, r2] },
      'bad_signature',
    ),
    chain(
      'truncated-inside',
      ['ENC-2'],
      'The second record is cut.',
      { records: [r0, r1.subarray(0, -1), r2] },
      'bad_message',
    ),
    chain(
      'withheld-end',
      ['REC-5'],
      'The newest records are held back: the chain is good, and only a dep or an Ack tells.',
      { records: [r0, r1] },
      [h0, h1],
    ),
  ];
}
