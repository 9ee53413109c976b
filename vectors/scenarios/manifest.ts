import {
  type Bytes,
  concat,
  type ErrorName,
  encodeVarint,
  LOAD,
  MANIFEST,
  type Manifest,
  reportsEntry,
  signFact,
} from '@archipel/protocol';
import { flip, type Scenario, splice } from '../scenario.ts';
import type { World } from '../world.ts';
import { field, type Host, hostOf, NOW, payloadOf, scenariosOf, signPayload, swap } from './facts.ts';

const DAY = 86_400;
const URL_TEXT = 'https://archipel.example.org';
const LEGAL = 'https://example.org/terms?lang=fr';
const NAME = 'Archipel de Saint-Malo';

const SMALLEST: Manifest = {
  seq: 1,
  issued: NOW,
  expires: NOW + DAY,
  name: 'A',
  organisation: '',
  contact: '',
  country: 'ZZ',
  url: 'http://localhost:4280',
  languages: [],
  services: [],
  limits: [],
  welcome: [],
  retentionDays: 0,
  legalUrl: '',
  software: 'archipel',
  softwareVersion: '0.1.0',
  peers: [],
};
const FULL: Manifest = {
  ...SMALLEST,
  seq: 300,
  expires: NOW + 7 * DAY,
  name: NAME,
  organisation: 'Les Îles numériques',
  contact: 'contact@example.org',
  country: 'FR',
  position: { latitude: 4865, longitude: -202 },
  url: URL_TEXT,
  languages: ['br', 'fr', 'zh-Hant-TW'],
  services: [
    { service: 'docs', capacity: 400 },
    { service: 'telepathy', capacity: 3 },
  ],
  limits: [
    { name: 'docs.per-day', value: 200 },
    { name: 'files.bytes', value: 5_000_000_000 },
    { name: 'moon.phases', value: 8 },
  ],
  welcome: ['everyone', 'lighthouses'],
  retentionDays: 365,
  legalUrl: LEGAL,
  peers: [
    { hostId: new Uint8Array(20).fill(1), url: 'https://one.example.org' },
    { hostId: new Uint8Array(20).fill(2), url: 'https://two.example.org:8443' },
  ],
};

/** A short field in the middle of others is found by what stands around it. */
const DOCS = concat(field('docs'), encodeVarint(400));
const TELEPATHY = concat(field('telepathy'), encodeVarint(3));
const COUNTRY = new TextEncoder().encode('FR');
const PLACE = concat(Uint8Array.of(1), encodeVarint(4865 + 9000), encodeVarint(-202 + 18_000));
const LANGUAGES = concat(field('br'), field('fr'));
const PERIOD = concat(encodeVarint(NOW), encodeVarint(NOW + 7 * DAY));
const PEERS = [FULL.peers[0], FULL.peers[1]].map((peer) => concat(peer?.hostId as Bytes, field(peer?.url as string)));

type Wrong = [name: string, rules: string[], description: string, from: Bytes, to: Bytes, error?: ErrorName];

function placed(latitude: number, longitude: number): Bytes {
  return concat(Uint8Array.of(1), encodeVarint(latitude), encodeVarint(longitude));
}

const WRONG: Wrong[] = [
  ['url-credentials', ['FACT-7'], 'A user in the address.', field(URL_TEXT), field('https://eve@example.org')],
  ['url-fragment', ['FACT-7'], 'A fragment in the address.', field(URL_TEXT), field('https://example.org#top')],
  ['url-http', ['FACT-7'], 'A public host without TLS.', field(URL_TEXT), field('http://archipel.example.org')],
  ['url-http-private', ['FACT-7'], 'Not this machine.', field(URL_TEXT), field('http://192.168.1.4')],
  ['url-http-like-loopback', ['FACT-7'], 'A name that begins like it.', field(URL_TEXT), field('http://127.0.0.1.org')],
  ['url-path', ['FACT-7'], 'A path behind the host.', field(URL_TEXT), field(`${URL_TEXT}/`)],
  ['url-upper-case', ['FACT-7'], 'One host, one spelling.', field(URL_TEXT), field('https://Archipel.example.org')],
  ['url-default-port', ['FACT-7'], 'The port that is meant anyway.', field(URL_TEXT), field('https://example.org:443')],
  ['url-number', ['FACT-7'], 'An address that looks like a name.', field(URL_TEXT), field('https://127.1')],
  ['url-other-scheme', ['FACT-7'], 'Not for the web.', field(URL_TEXT), field('javascript:alert(1)')],
  ['url-too-long', ['FACT-7'], '201 bytes.', field(URL_TEXT), field(`https://${'a.'.repeat(95)}org`)],
  ['legal-fragment', ['FACT-7'], 'A fragment in the page.', field(LEGAL), field('https://example.org/terms#top')],
  ['legal-without-path', ['FACT-7'], 'A page has a path.', field(LEGAL), field('https://example.org')],
  ['legal-dots', ['FACT-7'], 'A path that goes up.', field(LEGAL), field('https://example.org/a/../b')],
  ['name-empty', ['FACT-6'], 'A host has a name.', field(NAME), field('')],
  ['name-too-long', ['FACT-6'], '81 bytes.', field(NAME), field('a'.repeat(81))],
  ['name-control', ['FACT-6'], 'A line break in the name.', field(NAME), field('Archipel\nFR')],
  ['name-c1-control', ['FACT-6'], 'A control character beyond ASCII.', field(NAME), field('Archipel\u0085')],
  ['name-turned', ['FACT-6'], 'A character that turns the text around.', field(NAME), field('gro.\u202elepihcra')],
  ['name-spaced', ['FACT-6'], 'A space at the end.', field(NAME), field('Archipel ')],
  ['name-not-utf8', ['FACT-6', 'ENC-2'], 'A byte that begins no character.', field(NAME), Uint8Array.of(1, 0xff)],
  ['name-surrogate', ['FACT-6'], 'Half a character.', field(NAME), Uint8Array.of(3, 0xed, 0xa0, 0x80)],
  ['country-lower-case', ['FACT-6'], 'fr is not FR.', COUNTRY, new TextEncoder().encode('fr')],
  ['latitude-too-far', ['FACT-6'], 'Beyond the pole.', PLACE, placed(18_001, 0)],
  ['longitude-twice', ['FACT-6'], '180 degrees east are 180 degrees west.', PLACE, placed(0, 36_000)],
  ['position-flag', ['FACT-6'], 'Neither there nor not.', PLACE, concat(Uint8Array.of(2), PLACE.slice(1))],
  ['languages-twice', ['FACT-6'], 'A language twice.', LANGUAGES, concat(field('fr'), field('fr'))],
  ['languages-unsorted', ['FACT-6'], 'Languages in another order.', LANGUAGES, concat(field('fr'), field('br'))],
  ['language-spelling', ['FACT-6'], 'A tag in capitals.', LANGUAGES, concat(field('BR'), field('fr'))],
  ['classes-twice', ['FACT-6'], 'A service class twice.', TELEPATHY, DOCS],
  ['classes-unsorted', ['FACT-6'], 'Classes in another order.', concat(DOCS, TELEPATHY), concat(TELEPATHY, DOCS)],
  ['class-upper-case', ['FACT-6'], 'A class is a word.', DOCS, concat(field('Docs'), encodeVarint(400))],
  ['class-too-long', ['FACT-6'], 'A word of 17 letters.', DOCS, concat(field('d'.repeat(17)), encodeVarint(400))],
  ['capacity-too-large', ['FACT-6'], '2^28 units.', DOCS, concat(field('docs'), encodeVarint(2 ** 28))],
  ['classes-13', ['FACT-6'], 'More than 12 classes.', concat(Uint8Array.of(2), DOCS), concat(Uint8Array.of(13), DOCS)],
  ['limits-unsorted', ['FACT-6'], 'The last limit would be the first.', field('moon.phases'), field('always.on')],
  ['peers-unsorted', ['FACT-6'], 'Peers in another order.', concat(...PEERS), concat(...[...PEERS].reverse())],
  ['peer-http', ['FACT-7'], 'A peer without TLS.', field('https://one.example.org'), field('http://one.example.org')],
  ['seq-zero', ['MAN-2'], 'Numbers begin at 1.', concat(encodeVarint(300), PERIOD), concat(encodeVarint(0), PERIOD)],
  [
    'seq-spelt-long',
    ['ENC-1'],
    'The number in three bytes.',
    concat(encodeVarint(300), PERIOD),
    concat(Uint8Array.of(0xac, 0x82, 0), PERIOD),
  ],
  [
    'valid-too-long',
    ['MAN-1'],
    'A second more than seven days.',
    PERIOD,
    concat(encodeVarint(NOW), encodeVarint(NOW + 7 * DAY + 1)),
    'expiry_too_long',
  ],
  ['never-valid', ['FACT-5'], 'Over when it begins.', PERIOD, concat(encodeVarint(NOW), encodeVarint(NOW))],
  ['valid-backwards', ['FACT-5'], 'Over before it begins.', PERIOD, concat(encodeVarint(NOW), encodeVarint(NOW - 1))],
];

async function wrongPayloads(host: Host, check: ReturnType<typeof scenariosOf>): Promise<Scenario[]> {
  const payload = payloadOf(await signFact(MANIFEST, FULL, host.signer));
  const scenarios: Scenario[] = [];
  for (const [name, rules, description, from, to, error = 'bad_message'] of WRONG) {
    const manifest = await signPayload(MANIFEST, swap(payload, from, to), host);
    scenarios.push(check(name, rules, description, { manifest }, error));
  }
  const longer = await signPayload(MANIFEST, concat(payload, Uint8Array.of(0)), host);
  const shorter = await signPayload(MANIFEST, payload.slice(0, -1), host);
  return [
    ...scenarios,
    check('payload-left-over', ['FACT-1', 'ENC-2'], 'A signed byte too many.', { manifest: longer }, 'bad_message'),
    check('payload-truncated', ['FACT-1', 'ENC-2'], 'A signed byte too few.', { manifest: shorter }, 'bad_message'),
  ];
}

async function forgeries(host: Host, other: Host, check: ReturnType<typeof scenariosOf>): Promise<Scenario[]> {
  const full = await signFact(MANIFEST, FULL, host.signer);
  const unsigned = full.slice(0, -64);
  const { sign } = { sign: (message: Bytes) => host.signer.sign(message) };
  const byOther = await signFact(MANIFEST, FULL, { publicKey: host.signer.publicKey, sign: other.signer.sign });
  const asLoad = await signFact({ ...MANIFEST, label: LOAD.label }, FULL, host.signer);
  const bare = concat(unsigned, await sign(unsigned));
  const renamed = swap(full, field(NAME), field('Archipel de Saint-Lunaire'.slice(0, NAME.length)));
  return [
    check('tampered-name', ['FACT-2'], 'Another name under the old signature.', { manifest: renamed }, 'bad_signature'),
    check('tampered-key', ['FACT-2'], 'A bit of the key changed.', { manifest: flip(full, 5) }, 'bad_signature'),
    check('tampered-signature', ['FACT-2'], 'A bit of it changed.', { manifest: flip(full, -1, 16) }, 'bad_signature'),
    check('signed-by-another', ['FACT-2'], 'Signed with the key of another.', { manifest: byOther }, 'bad_signature'),
    check(
      'label-of-load',
      ['FACT-2', 'ENC-5'],
      'Signed with the label of a load.',
      { manifest: asLoad },
      'bad_signature',
    ),
    check('without-label', ['FACT-2', 'ENC-5'], 'Signed without a label.', { manifest: bare }, 'bad_signature'),
    check(
      'of-another-host',
      ['FACT-3'],
      'Well signed, but by another host than the one that was asked.',
      { manifest: await signFact(MANIFEST, FULL, other.signer), host: host.id },
      'wrong_host',
    ),
    check(
      'type-of-load',
      ['FACT-1', 'ENC-4'],
      'Says that it is a load.',
      { manifest: splice(full, 1, 1, 2) },
      'bad_message',
    ),
    check('type-9', ['FACT-1', 'ENC-4'], 'A type nobody knows.', { manifest: splice(full, 1, 1, 9) }, 'bad_message'),
    check('version-2', ['ENC-4'], 'A newer version.', { manifest: splice(full, 0, 1, 2) }, 'unsupported_version'),
    check('version-0', ['ENC-4'], 'No version.', { manifest: splice(full, 0, 1, 0) }, 'unsupported_version'),
    check(
      'truncated',
      ['FACT-1', 'ENC-2'],
      'The last byte is missing.',
      { manifest: full.slice(0, -1) },
      'bad_message',
    ),
    check('empty', ['FACT-1', 'ENC-2'], 'Nothing.', { manifest: new Uint8Array(0) }, 'bad_message'),
    check(
      'left-over',
      ['FACT-1', 'ENC-2'],
      'A byte too many.',
      { manifest: concat(full, Uint8Array.of(0)) },
      'bad_message',
    ),
    check(
      'length-beyond-end',
      ['FACT-1', 'ENC-2'],
      'The payload says to be longer than there are bytes.',
      { manifest: splice(full, 34, 2, 0xff, 0x3f) },
      'bad_message',
    ),
    check(
      'oversize',
      ['FACT-1'],
      '8,193 bytes.',
      {
        manifest: [
          { hex: Buffer.from(full).toString('hex'), times: 1 },
          { hex: '00', times: 8193 - full.length },
        ],
      },
      'too_large',
    ),
  ];
}

async function times(host: Host, check: ReturnType<typeof scenariosOf>): Promise<Scenario[]> {
  const full = await signFact(MANIFEST, FULL, host.signer);
  const told = { value: { host: host.id, seq: 300 } };
  return [
    check(
      'accepted',
      ['FACT-2', 'FACT-3'],
      'Of the host that was asked, in its time.',
      { manifest: full, host: host.id },
      told,
    ),
    check('valid-seven-days', ['MAN-1'], 'In its last second.', { manifest: full, now: NOW + 7 * DAY - 1 }, told),
    check('expired', ['FACT-5'], 'In the second in which it ends.', { manifest: full, now: NOW + 7 * DAY }, 'expired'),
    check('clock-a-minute-behind', ['FACT-5'], 'Made 60 s from now.', { manifest: full, now: NOW - 60 }, told),
    check('from-the-future', ['FACT-5'], 'Made 61 s from now.', { manifest: full, now: NOW - 61 }, 'from_future'),
  ];
}

/** With the key to which reports are sealed, and something that nobody knows yet. */
const SAYS_MORE: Manifest = {
  ...FULL,
  more: [reportsEntry(new Uint8Array(32).fill(7)), { name: 'tides', value: Uint8Array.of(1, 2, 3) }],
};

async function moreEntries(host: Host, other: Host, check: ReturnType<typeof scenariosOf>): Promise<Scenario[]> {
  const full = await signFact(MANIFEST, SAYS_MORE, host.signer);
  const payload = payloadOf(full);
  const before = payloadOf(await signFact(MANIFEST, FULL, host.signer));
  const entry = (name: string, value: Bytes): Bytes => concat(field(name), field(value));
  const key = new Uint8Array(32).fill(7);
  const [reports, tides] = [entry('reports', key), entry('tides', Uint8Array.of(1, 2, 3))];
  const byOther = await signFact(MANIFEST, SAYS_MORE, { publicKey: host.signer.publicKey, sign: other.signer.sign });
  const signed = async (...more: Bytes[]): Promise<Bytes> =>
    signPayload(MANIFEST, concat(before, encodeVarint(more.length), ...more), host);
  const wrong = (name: string, description: string, manifest: Bytes, error: ErrorName = 'bad_message'): Scenario =>
    check(`more-${name}`, ['MAN-4', 'REP-5'], description, { manifest }, error);
  const told = { value: { host: host.id, seq: 300 } };
  return [
    check(
      'more-accepted',
      ['MAN-4', 'REP-5'],
      'It names the key for reports.',
      { manifest: full, host: host.id },
      told,
    ),
    check(
      'more-unknown',
      ['MAN-4'],
      'Entries alone that a reader does not know.',
      { manifest: await signed(entry('currents', new Uint8Array(0)), tides) },
      told,
    ),
    wrong('key-tampered', 'A bit of the key for reports changed.', swap(full, key, flip(key, 0)), 'bad_signature'),
    wrong(
      'key-added',
      'A key put behind what the host had signed without one.',
      concat((await signed(reports)).slice(0, -64), (await signFact(MANIFEST, FULL, host.signer)).slice(-64)),
      'bad_signature',
    ),
    wrong('signed-by-another', 'With the key of whoever stands between, signed with theirs.', byOther, 'bad_signature'),
    check(
      'more-of-another-host',
      ['FACT-3', 'REP-5'],
      'Another host, which signs properly and names its own key.',
      { manifest: await signFact(MANIFEST, SAYS_MORE, other.signer), host: host.id },
      'wrong_host',
    ),
    wrong('key-short', 'A key for reports of 31 bytes.', await signed(entry('reports', key.slice(1)), tides)),
    wrong(
      'key-long',
      'A key for reports of 33 bytes.',
      await signed(entry('reports', concat(key, key.slice(31))), tides),
    ),
    wrong('key-empty', 'No key, though it is named.', await signed(entry('reports', new Uint8Array(0)))),
    wrong('twice', 'An entry twice.', await signed(reports, reports)),
    wrong('unsorted', 'Entries in another order.', await signed(tides, reports)),
    wrong('not-a-word', 'A name in capitals.', await signed(entry('Reports', key))),
    wrong('value-long', 'A value of 257 bytes.', await signed(entry('tides', new Uint8Array(257)))),
    wrong(
      'seventeen',
      'More than 16 entries.',
      await signed(...Array.from({ length: 17 }, (_, i) => entry(`a${String.fromCharCode(97 + i)}`, key))),
    ),
    wrong('none', 'A count of nothing: there is one spelling for it.', await signed()),
    wrong('truncated', 'The last byte is missing.', await signPayload(MANIFEST, payload.slice(0, -1), host)),
    wrong('left-over', 'A byte follows.', await signPayload(MANIFEST, concat(payload, Uint8Array.of(0)), host)),
    wrong('version-2', 'A newer version.', splice(full, 0, 1, 2), 'unsupported_version'),
  ];
}

async function succession(host: Host, other: Host): Promise<Scenario[]> {
  const succeed = scenariosOf('manifest', 'succeedManifest', {});
  const made = (changes: Partial<Manifest>, of = host) => signFact(MANIFEST, { ...SMALLEST, ...changes }, of.signer);
  const held = await made({ seq: 5 });
  const next = (name: string, description: string, bytes: Bytes, expected: ErrorName | { value: unknown }) =>
    succeed(name, ['MAN-2'], description, { held, next: bytes }, expected);
  return [
    next('succeeds', 'A newer one; numbers may be left out.', await made({ seq: 9 }), { value: 'next' }),
    next('again', 'The very same again.', held, { value: 'same' }),
    next(
      'replayed',
      'An older one, though it is valid for longer.',
      await made({ seq: 4, expires: NOW + 7 * DAY }),
      'stale_fact',
    ),
    next('same-seq', 'Another one with the number that is held.', await made({ seq: 5, name: 'B' }), 'stale_fact'),
    next('key-changed', 'A newer one, of another key.', await made({ seq: 6 }, other), 'wrong_host'),
  ];
}

export async function manifestScenarios({ suite }: World): Promise<Scenario[]> {
  const host = await hostOf(suite, 0x21);
  const other = await hostOf(suite, 0x22);
  const check = scenariosOf('manifest', 'checkManifest', { now: NOW });
  const decode = scenariosOf('manifest', 'decodeManifest', {});
  const decoded = async (fact: Manifest) => {
    const manifest = await signFact(MANIFEST, fact, host.signer);
    return [{ manifest }, { value: { key: host.signer.publicKey, fact, signature: manifest.slice(-64) } }] as const;
  };
  const name = scenariosOf('host', 'nameHost', {});
  return [
    name(
      'names',
      ['FACT-3', 'FACT-4'],
      'The id and the fingerprint of a key.',
      { key: new Uint8Array(32).fill(1) },
      { value: { hostId: 'c0d00fcf5a6ac1f721db0b6ab0906274b8c3c1c5', fingerprint: 'Q2N5-J4V4-8MWN-D7V4-EAAT' } },
    ),
    decode('smallest', ['FACT-1'], 'Nothing that may be left out.', ...(await decoded(SMALLEST))),
    decode(
      'fullest',
      ['FACT-1', 'MAN-3'],
      'Everything, unknown classes, limits and words kept.',
      ...(await decoded(FULL)),
    ),
    decode(
      'more',
      ['FACT-1', 'MAN-4', 'REP-5'],
      'The key for reports, and what is not known is kept.',
      ...(await decoded(SAYS_MORE)),
    ),
    ...(await moreEntries(host, other, check)),
    ...(await times(host, check)),
    ...(await forgeries(host, other, check)),
    ...(await wrongPayloads(host, check)),
    ...(await succession(host, other)),
  ];
}
