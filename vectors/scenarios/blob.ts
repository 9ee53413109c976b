import type { Bytes, ErrorName } from '@archipel/protocol';
import { blobHeaderHash, concat, docIdOf, KIND_BLOB, label, sha256 } from '@archipel/protocol';
import {
  derive,
  encodeBareManifest,
  type Keys,
  keysFromLink,
  printLink,
  Stream,
  type Suite,
  sealChunks,
  sealMessage,
  signBlobHeader,
} from '@archipel/protocol/secret';
import { flip, type Input, type Json, type Pieces, type Scenario, splice, toJson } from '../scenario.ts';
import type { World } from '../world.ts';

const CHUNK = 16 * 1024;
const SEALED = CHUNK + 16;
const HEADER = 56;
const KEY = new Uint8Array(32).fill(0x4b);
const CONTEXT = new TextEncoder().encode('vectors');
const EXPIRY = 1_750_000_000;
const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

/** So that whole chunks of ciphertext are zeros, and a file of a vector is short: the plaintext is the key stream. */
async function zeroChunks(stream: Stream, count: number, last: Bytes): Promise<{ sealed: Bytes; plain: Bytes }> {
  const zeros = await sealChunks(stream, 0, new Uint8Array(count * CHUNK), false);
  const streams = Array.from({ length: count }, (_, i) => zeros.subarray(i * SEALED, i * SEALED + CHUNK));
  const plain = concat(...streams, last);
  return { sealed: concat(stream.header, await sealChunks(stream, 0, plain, true)), plain };
}

/** Runs of zeros as pieces. */
function pieces(bytes: Bytes): Json {
  const text = toJson(bytes) as string;
  const found: Pieces = [];
  for (const part of text.split(/((?:00){64,})/)) {
    if (/^(?:00){64,}$/.test(part)) found.push({ hex: '00', times: part.length / 2 });
    else if (part !== '') found.push({ hex: part, times: 1 });
  }
  return found.length === 1 && found[0]?.times === 1 ? found[0].hex : (found as unknown as Json);
}

const opens = (
  name: string,
  rules: string[],
  description: string,
  sealed: Bytes,
  expect: Bytes | ErrorName,
  more: object = {},
): Scenario => ({
  name: `blob/${name}`,
  rules,
  description,
  operation: 'openStream',
  input: { ...(toJson({ key: KEY, context: CONTEXT, ...more }) as Input), sealed: pieces(sealed) },
  expect:
    typeof expect === 'string'
      ? { error: expect }
      : { value: toJson({ length: expect.length, sha256: sha256(expect) }) },
});

async function streamScenarios(suite: Suite): Promise<Scenario[]> {
  const stream = await Stream.derive(suite, KEY, suite.random(24), CONTEXT);
  const text = utf8('north, east, south');
  const { sealed, plain } = await zeroChunks(stream, 2, text);
  const whole = await zeroChunks(stream, 1, new Uint8Array(0));
  const short = concat(stream.header, await sealChunks(stream, 0, text, true));
  const empty = concat(stream.header, await sealChunks(stream, 0, new Uint8Array(0), true));
  const [first, second, last] = [0, 1, 2].map((k) =>
    sealed.subarray(HEADER + k * SEALED, HEADER + (k + 1) * SEALED),
  ) as [Bytes, Bytes, Bytes];
  return [
    opens('stream-short', ['STREAM-2'], 'One chunk, shorter than 16 KiB.', short, text),
    opens('stream-empty', ['STREAM-2'], 'Nothing: one chunk without plaintext.', empty, new Uint8Array(0)),
    opens('stream-three-chunks', ['STREAM-2'], 'Two whole chunks and a shorter one.', sealed, plain),
    opens(
      'stream-empty-last',
      ['STREAM-2'],
      'Exactly 16 KiB: the last chunk is empty, and must be there.',
      whole.sealed,
      whole.plain,
    ),
    opens(
      'stream-without-last',
      ['STREAM-2'],
      'Whole chunks alone: the end is missing.',
      sealed.subarray(0, HEADER + 2 * SEALED),
      'stream_cut',
    ),
    opens(
      'stream-last-without-tag',
      ['STREAM-2'],
      'The last chunk is shorter than a tag.',
      short.subarray(0, HEADER + 15),
      'stream_cut',
    ),
    opens('stream-header-alone', ['STREAM-2'], 'No chunk at all.', stream.header, 'stream_cut'),
    opens(
      'stream-header-truncated',
      ['STREAM-1'],
      'A byte of the commitment is missing.',
      stream.header.subarray(0, -1),
      'stream_cut',
    ),
    opens('stream-nothing', ['STREAM-1'], 'Not a byte.', new Uint8Array(0), 'stream_cut'),
    opens(
      'stream-two-last',
      ['STREAM-3'],
      'A second last chunk follows the last one.',
      concat(sealed, last),
      'stream_forged',
    ),
    opens(
      'stream-trailing-byte',
      ['STREAM-3'],
      'A byte follows the last chunk.',
      concat(short, Uint8Array.of(0)),
      'stream_forged',
    ),
    opens(
      'stream-last-in-middle',
      ['STREAM-3'],
      'The message was cut in its middle, and its last chunk put there.',
      concat(stream.header, first, last),
      'stream_forged',
    ),
    opens(
      'stream-swapped',
      ['STREAM-3'],
      'Two chunks changed places.',
      concat(stream.header, second, first, last),
      'stream_forged',
    ),
    opens(
      'stream-doubled',
      ['STREAM-3'],
      'The first chunk stands in the place of the second.',
      concat(stream.header, first, first, last),
      'stream_forged',
    ),
    opens('stream-tag', ['STREAM-3'], 'A bit of the tag of the last chunk changed.', flip(sealed, -1), 'stream_forged'),
    opens(
      'stream-ciphertext',
      ['STREAM-3'],
      'A bit of the first chunk changed.',
      flip(sealed, HEADER),
      'stream_forged',
    ),
    opens('stream-wrong-key', ['STREAM-1'], 'Another key.', short, 'stream_key', { key: flip(KEY, 0) }),
    opens('stream-wrong-context', ['STREAM-1'], 'Another context.', short, 'stream_key', { context: utf8('vector') }),
    opens('stream-commitment', ['STREAM-1'], 'A bit of the commitment changed.', flip(short, 24), 'stream_key'),
    opens('stream-salt', ['STREAM-1'], 'A bit of the salt changed.', flip(short, 0), 'stream_key'),
  ];
}

const FILES = [
  { name: 'carte.pdf', type: 'application/pdf', size: 5, modified: EXPIRY },
  { name: 'été 東京 ملف.txt', type: '', size: 0, modified: 0 },
];

async function sealFields(suite: Suite, { contentRoot, docId }: Keys, plain: Bytes): Promise<Bytes> {
  const name = 'arc1 blob manifest';
  return sealMessage(suite, await derive(suite, contentRoot, name, docId, 32), concat(label(name), docId), plain);
}

async function manifestScenarios(suite: Suite, keys: Keys, other: Keys): Promise<Scenario[]> {
  const link = printLink({ cap: 'view', docId: keys.docId, secret: keys.secrets.view, hints: [] });
  const otherLink = printLink({ cap: 'view', docId: other.docId, secret: other.secrets.view, hints: [] });
  const manifest = { message: 'Bonjour', files: FILES };
  const opened = encodeBareManifest(manifest);
  const sealed = await sealFields(suite, keys, opened);
  const plain = encodeBareManifest({ message: '', files: [{ name: 'ab', type: '', size: 1, modified: 0 }] });
  const padded = (size: number): Bytes => concat(plain, new Uint8Array(size - plain.length));
  const decodes = (name: string, rules: string[], description: string, bytes: Bytes, expect: ErrorName): Scenario => ({
    name: `blob/manifest-${name}`,
    rules,
    description,
    operation: 'decodeDropManifest',
    input: toJson({ manifest: bytes }) as Input,
    expect: { error: expect },
  });
  /** The two letters of the name replaced. */
  const named = (name: string): Bytes => splice(plain, 3, 3, utf8(name).length, ...utf8(name));
  const openIt = (
    name: string,
    rules: string[],
    description: string,
    input: object,
    expect: Scenario['expect'],
  ): Scenario => ({
    name: `blob/manifest-${name}`,
    rules,
    description,
    operation: 'openDropManifest',
    input: toJson({ link, sealed, ...input }) as Input,
    expect,
  });
  return [
    openIt('opened', ['DROP-1', 'DROP-2'], 'Two files, names in several scripts.', {}, { value: toJson(manifest) }),
    openIt(
      'of-another-drop',
      ['STREAM-1', 'DROP-1'],
      'The key of another drop.',
      { link: otherLink },
      { error: 'stream_key' },
    ),
    openIt(
      'truncated',
      ['STREAM-3'],
      'The last byte is missing.',
      { sealed: sealed.subarray(0, -1) },
      { error: 'stream_forged' },
    ),
    decodes('name-up', ['DROP-2'], 'A name that is the folder above.', named('..'), 'bad_message'),
    decodes('name-here', ['DROP-2'], 'A name that is the folder itself.', named('.'), 'bad_message'),
    decodes('name-path', ['DROP-2'], 'A name that leads elsewhere.', named('../a'), 'bad_message'),
    decodes('name-absolute', ['DROP-2'], 'A name from the root.', named('/etc/passwd'), 'bad_message'),
    decodes('name-backslash', ['DROP-2'], 'What other systems take for a folder.', named('a\\b'), 'bad_message'),
    decodes('name-zero', ['DROP-2'], 'A zero byte ends names elsewhere.', named('a\0b'), 'bad_message'),
    decodes(
      'name-turned',
      ['DROP-2'],
      'A character that turns the text: exe.gpj looks like another file.',
      named('a\u202eb'),
      'bad_message',
    ),
    decodes('name-empty', ['DROP-2'], 'No name.', named(''), 'bad_message'),
    decodes('name-not-utf8', ['DROP-2'], 'Bytes that are no text.', splice(plain, 4, 2, 0xff, 0xfe), 'bad_message'),
    decodes(
      'names-twice',
      ['DROP-2'],
      'Two files of one name.',
      concat(splice(plain, 2, 1, 2), plain.subarray(3)),
      'bad_message',
    ),
    decodes('no-files', ['DROP-2'], 'A drop of nothing.', Uint8Array.of(1, 0, 0), 'bad_message'),
    decodes('left-over', ['ENC-2'], 'A byte too many.', concat(plain, Uint8Array.of(0)), 'bad_message'),
    openIt(
      'padded',
      ['DROP-1', 'DROP-5'],
      'With zeros behind it, as it is sent.',
      { sealed: await sealFields(suite, keys, concat(opened, new Uint8Array(1024 - opened.length))) },
      { value: toJson(manifest) },
    ),
    decodes(
      'padding-not-zero',
      ['DROP-5'],
      'Something behind the files.',
      splice(padded(1024), 1023, 1, 1),
      'bad_message',
    ),
    decodes('padding-too-short', ['DROP-5'], 'A length that is no class.', padded(1023), 'bad_message'),
    decodes('padding-too-long', ['DROP-5'], 'A longer class than it needs.', padded(2048), 'bad_message'),
    decodes('version-2', ['ENC-4'], 'A newer version.', splice(plain, 0, 1, 2), 'unsupported_version'),
  ];
}

async function headerScenarios(keys: Keys, other: Keys): Promise<Scenario[]> {
  const fields = { seq: 1, expiry: EXPIRY, downloads: 3, length: 1000, manifest: 200 };
  const header = await signBlobHeader(keys, fields);
  const later = { ...fields, seq: 2, expiry: EXPIRY + 86_400, downloads: 0, previous: blobHeaderHash(header) };
  const next = await signBlobHeader(keys, later);
  const foreign = await signBlobHeader(other, fields);
  const checks = (
    name: string,
    rules: string[],
    description: string,
    bytes: Bytes,
    expect: ErrorName | { seq: number },
  ): Scenario => ({
    name: `blob/header-${name}`,
    rules,
    description,
    operation: 'checkBlobHeader',
    input: toJson({ docId: keys.docId, header: bytes }) as Input,
    expect:
      typeof expect === 'string' ? { error: expect } : { value: { ...expect, hash: toJson(blobHeaderHash(bytes)) } },
  });
  const follows = (
    name: string,
    description: string,
    bytes: Bytes,
    expect: ErrorName | 'next' | 'same',
    held = header,
  ): Scenario => ({
    name: `blob/header-${name}`,
    rules: ['BLOB-2'],
    description,
    operation: 'succeedBlobHeader',
    input: toJson({ held, next: bytes }) as Input,
    expect: expect === 'next' || expect === 'same' ? { value: expect } : { error: expect },
  });
  const counter = { hostId: sha256(utf8('a host')).slice(0, 20), more: 2 };
  const moved = await signBlobHeader(keys, { ...later, downloads: 5, counter });
  const after = { ...later, seq: 3, previous: blobHeaderHash(moved) };
  // Version, kind, flags, seq; owner and read; then expiry in five bytes, downloads, length and manifest in two each.
  const LENGTH = 4 + 64 + 5 + 1;
  const COUNTER = LENGTH + 4;
  return [
    checks('accepted', ['BLOB-1'], 'The header of a blob.', header, { seq: 1 }),
    checks('of-another-owner', ['BLOB-1'], 'Signed by the owner of another blob.', foreign, 'bad_header'),
    checks('tampered-expiry', ['BLOB-1'], 'A bit of the expiry changed.', flip(header, 68), 'bad_header'),
    checks('tampered-signature', ['BLOB-1'], 'A bit of the signature changed.', flip(header, -1), 'bad_header'),
    checks('kind-1', ['ENC-4'], 'The kind of a document.', splice(header, 1, 1, 1), 'bad_message'),
    checks('reserved-flag', ['ENC-4'], 'A flag that means nothing yet.', splice(header, 2, 1, 1), 'bad_message'),
    checks('version-2', ['ENC-4'], 'A newer version.', splice(header, 0, 1, 2), 'unsupported_version'),
    checks('seq-zero', ['BLOB-1'], 'Seq begins with 1.', splice(header, 3, 1, 0), 'bad_message'),
    checks('never', ['BLOB-1'], 'A blob that never ends.', splice(header, 68, 5, 0), 'bad_message'),
    checks(
      'manifest-alone',
      ['BLOB-1'],
      'A length that leaves no room for a body.',
      splice(header, LENGTH, 2, 200, 1),
      'bad_message',
    ),
    checks('left-over', ['ENC-2'], 'A byte too many.', concat(header, Uint8Array.of(0)), 'bad_message'),
    checks('truncated', ['ENC-2'], 'The last byte is missing.', header.subarray(0, -1), 'bad_message'),
    checks('oversize', ['BLOB-1'], 'More than 512 bytes.', concat(header, new Uint8Array(512)), 'too_large'),
    follows('extended', 'Later expiry, any number of downloads.', next, 'next'),
    checks('counter', ['BLOB-1', 'COPY-10'], 'It names the host that counts.', moved, { seq: 2 }),
    checks(
      'counter-tampered',
      ['BLOB-1', 'COPY-10'],
      'A bit of the id of the host that counts changed.',
      flip(moved, COUNTER),
      'bad_header',
    ),
    checks(
      'counter-truncated',
      ['ENC-2', 'COPY-10'],
      'The flag is there, the host is not.',
      splice(next, 2, 1, 2),
      'bad_message',
    ),
    checks(
      'counter-without-flag',
      ['ENC-2', 'COPY-10'],
      'A host that counts, and no flag that says so.',
      splice(moved, 2, 1, 0),
      'bad_message',
    ),
    checks(
      'counter-at-once',
      ['ENC-4', 'COPY-10'],
      'The flag in the first header.',
      splice(header, 2, 1, 2),
      'bad_message',
    ),
    follows('counter-named', 'It names the host that counts.', moved, 'next'),
    follows('again', 'The very same header.', header, 'same'),
    follows('skipped', 'A seq is missing.', await signBlobHeader(keys, { ...later, seq: 3 }), 'stale_header'),
    follows(
      'other-previous',
      'It follows another header.',
      await signBlobHeader(keys, { ...later, previous: new Uint8Array(32) }),
      'stale_header',
    ),
    follows(
      'other-length',
      'The length is fixed.',
      await signBlobHeader(keys, { ...later, length: 999 }),
      'bad_header',
    ),
    follows('other-owner', 'The owner is fixed.', await signBlobHeader(other, later), 'bad_header'),
    follows(
      'counter-other',
      'It names another host.',
      await signBlobHeader(keys, { ...after, counter }),
      'next',
      moved,
    ),
    follows(
      'counter-dropped',
      'A host was named that counts: so it must be by every later header.',
      await signBlobHeader(keys, after),
      'bad_header',
      moved,
    ),
  ];
}

async function blobKeys(suite: Suite, keys: Keys): Promise<Keys> {
  const secret = keys.secrets.own as Bytes;
  const docId = docIdOf(KIND_BLOB, keys.ownerSigner?.publicKey as Bytes);
  const blob = await keysFromLink(suite, { cap: 'own', docId, secret, hints: [] }, 0, KIND_BLOB);
  if (!blob.ok) throw new Error(blob.error);
  return blob.value;
}

export async function blobScenarios({ suite, keys, other }: World): Promise<Scenario[]> {
  const [own, foreign] = [await blobKeys(suite, keys), await blobKeys(suite, other)];
  return [
    ...(await streamScenarios(suite)),
    ...(await manifestScenarios(suite, own, foreign)),
    ...(await headerScenarios(own, foreign)),
  ];
}
