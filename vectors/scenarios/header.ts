import {
  type Bytes,
  concat,
  decodeHeader,
  type ErrorName,
  encodeHeader,
  encodeUnsignedHeader,
  type Header,
  headerHash,
  headerSigningInput,
} from '@archipel/protocol';
import { signHeader } from '@archipel/protocol/secret';
import { flip, type Scenario, splice, toJson } from '../scenario.ts';
import type { World } from '../world.ts';

const EXPIRY = 1_800_000_000;

function decoded(bytes: Bytes): Header {
  const header = decodeHeader(bytes);
  if (!header.ok) throw new Error(header.error);
  return header.value;
}

export async function headerScenarios({ suite, keys, other, renewed }: World): Promise<Scenario[]> {
  const first = await signHeader(suite, keys, { seq: 1, expiry: EXPIRY });
  const previous = headerHash(first);
  const second = await signHeader(suite, keys, { seq: 2, expiry: 0, previous });
  const relays = [{ hostId: new Uint8Array(20).fill(7), url: 'wss://relay.example.org/relay', role: 0 }];
  const extras = { maxBytes: 1_000_000, retention: 86_400, editorsMayMove: true, relays };
  const pair = { inbox: new Uint8Array(32).fill(8), post: new Uint8Array(32).fill(9) };
  const full = await signHeader(suite, keys, { seq: 2, expiry: EXPIRY, previous, ...extras, ...pair });
  const open = await signHeader(suite, keys, { seq: 1, expiry: EXPIRY, pastOpen: true });
  const renewal = await signHeader(suite, renewed, { seq: 2, expiry: EXPIRY, previous });
  const former = [{ edit: new Uint8Array(32).fill(6), comment: new Uint8Array(32).fill(7) }];
  const alone = [{ edit: new Uint8Array(32).fill(6) }];
  const renewedWithKeys = await signHeader(suite, renewed, { seq: 2, expiry: EXPIRY, previous, former });
  const renewedWithOne = await signHeader(suite, renewed, { seq: 2, expiry: EXPIRY, previous, former: alone });
  const goneBack = await signHeader(suite, keys, { seq: 3, expiry: EXPIRY, previous: headerHash(renewal) });
  const forged = encodeUnsignedHeader({ ...decoded(first), edit: other.readSigner.publicKey });
  const byEditor = await keys.editSigner?.sign(headerSigningInput(forged));
  const bare = await keys.ownerSigner?.sign(forged);
  const check = (name: string, rules: string[], description: string, header: Bytes, error: ErrorName): Scenario => ({
    name: `header/${name}`,
    rules,
    description,
    operation: 'checkHeader',
    input: toJson({ docId: keys.docId, header }) as Scenario['input'],
    expect: { error },
  });
  const succeed = (
    name: string,
    rule: string,
    description: string,
    [held, next]: [Bytes, Bytes],
    answer: 'next' | 'same' | ErrorName,
  ): Scenario => ({
    name: `header/${name}`,
    rules: [rule],
    description,
    operation: 'succeedHeader',
    input: toJson({ held, next }) as Scenario['input'],
    expect: answer === 'next' || answer === 'same' ? { value: answer } : { error: answer },
  });
  const decode = (name: string, description: string, header: Bytes): Scenario => ({
    name: `header/${name}`,
    rules: ['ENC-2'],
    description,
    operation: 'decodeHeader',
    input: toJson({ header }) as Scenario['input'],
    expect: { value: toJson(decoded(header)) },
  });
  return [
    decode('smallest', 'A first header without options.', first),
    decode('past-open', 'Flag 4: readers may ask for the past (HDR-6).', open),
    decode('former-keys', 'Flag 6: the edit and comment keys of the generation before (HDR-7).', renewedWithKeys),
    decode('former-edit-key', 'Flag 6, and nobody could comment in the generation before.', renewedWithOne),
    check(
      'former-keys-too-many',
      ['HDR-7'],
      'More keys of earlier generations than there were.',
      await signHeader(suite, keys, { seq: 1, expiry: EXPIRY, former }),
      'bad_message',
    ),
    check('former-keys-none', ['HDR-7'], 'Flag 6, and no key.', withoutFormer(renewedWithOne), 'bad_message'),
    check('former-keys-unknown', ['HDR-7'], 'Keys of a third kind.', unknownFormer(renewedWithOne), 'bad_message'),
    decode('fullest', 'Every option: inbox and post keys, limits, a relay, the hash before.', full),
    {
      ...check('accepted', ['HDR-1'], 'Signed by the owner of this document.', first, 'bad_header'),
      expect: { value: toJson({ seq: 1, hash: previous }) },
    },
    check(
      'of-another-owner',
      ['HDR-1'],
      'A whole header of another document: its owner key does not make this docId.',
      await signHeader(suite, other, { seq: 1, expiry: EXPIRY }),
      'bad_header',
    ),
    check(
      'substituted-edit-key',
      ['HDR-1'],
      'A relay put another edit key under the old signature.',
      concat(forged, decoded(first).signature),
      'bad_header',
    ),
    check('signed-by-editor', ['HDR-1'], 'An editor signed it.', concat(forged, byEditor as Bytes), 'bad_header'),
    check(
      'signed-without-label',
      ['HDR-1', 'ENC-5'],
      'The owner signed the bytes without the label.',
      concat(forged, bare as Bytes),
      'bad_header',
    ),
    check('tampered-expiry', ['HDR-1'], 'A bit of the expiry changed.', flip(first, -70), 'bad_header'),
    check('tampered-signature', ['HDR-1'], 'A bit of the signature changed.', flip(first, -1, 0x10), 'bad_header'),
    check('truncated', ['ENC-2'], 'The last byte is missing.', first.subarray(0, -1), 'bad_message'),
    check('left-over', ['ENC-2'], 'A byte too many.', concat(first, Uint8Array.of(0)), 'bad_message'),
    check('version-2', ['ENC-4'], 'A newer version.', splice(first, 0, 1, 2), 'unsupported_version'),
    check('kind-2', ['ENC-4'], 'A kind that nobody knows yet.', splice(first, 1, 1, 2), 'bad_message'),
    check('reserved-flag', ['ENC-4'], 'Flag bit 3 is not in use.', splice(first, 2, 1, 8), 'bad_message'),
    check('seq-zero', ['ENC-2'], 'Sequence numbers begin at 1.', splice(first, 3, 1, 0), 'bad_message'),
    check(
      'seq-spelt-long',
      ['ENC-1'],
      'The sequence number 1 in two bytes.',
      splice(first, 3, 1, 0x81, 0),
      'bad_message',
    ),
    check(
      'oversize',
      ['ENC-2'],
      'More than 2,048 bytes.',
      concat(first, new Uint8Array(2049 - first.length)),
      'too_large',
    ),
    check('url-not-utf8', ['ENC-2'], 'The address of a relay is not UTF-8.', notUtf8(full), 'bad_message'),
    succeed('succeeds', 'HDR-2', 'The next header, with the hash of the one before.', [first, second], 'next'),
    succeed('again', 'HDR-2', 'The very same header again has no effect.', [second, second], 'same'),
    succeed('lower-seq', 'HDR-2', 'An older header is offered.', [second, first], 'stale_header'),
    succeed(
      'same-seq',
      'HDR-2',
      'Another header with the number that is held.',
      [first, await signHeader(suite, keys, { seq: 1, expiry: 0 })],
      'stale_header',
    ),
    succeed(
      'seq-jump',
      'HDR-2',
      'Number 3 after number 1.',
      [first, await signHeader(suite, keys, { seq: 3, expiry: 0, previous })],
      'stale_header',
    ),
    succeed(
      'other-past',
      'HDR-2',
      'Number 2 after another number 1.',
      [first, await signHeader(suite, keys, { seq: 2, expiry: 0, previous: flip(previous, 0) })],
      'stale_header',
    ),
    succeed('new-generation', 'HDR-5', 'The links are renewed.', [first, renewal], 'next'),
    succeed('generation-back', 'HDR-5', 'The generation goes back.', [renewal, goneBack], 'bad_header'),
    succeed(
      'other-owner',
      'HDR-5',
      'The owner key changes.',
      [first, await signHeader(suite, other, { seq: 2, expiry: 0, previous })],
      'bad_header',
    ),
  ];
}

/** Before the one edit key: a count of 1, and the byte that says which keys there are. */
const placeOfFormer = (header: Bytes): number => header.length - 64 - 32 - 34;

/** Flag 6 with an empty list: the count is 0 and the key is gone. */
function withoutFormer(header: Bytes): Bytes {
  const at = placeOfFormer(header);
  return concat(header.subarray(0, at), Uint8Array.of(0), header.subarray(at + 34));
}

function unknownFormer(header: Bytes): Bytes {
  return splice(header, placeOfFormer(header) + 1, 1, 2);
}

/** The header with an address of one byte that begins no character; its signature does not matter then. */
function notUtf8(full: Bytes): Bytes {
  const header = decoded(full);
  const relays = header.relays.map((relay) => ({ ...relay, url: 'x' }));
  const bytes = encodeHeader({ ...header, relays });
  return splice(bytes, bytes.length - 64 - 32 - 2, 1, 0xff);
}
