import {
  type Bytes,
  concat,
  DIRECTORY,
  type Directory,
  type ErrorName,
  encodeUtf8,
  encodeVarint,
  type ListedHost,
  LOAD,
  signFact,
} from '@archipel/protocol';
import { flip, type Scenario, splice } from '../scenario.ts';
import type { World } from '../world.ts';
import { field, type Host, hostOf, NOW, scenariosOf, signPayload } from './facts.ts';

const DAY = 86_400;
const FRENCH = { languages: ['fr'], welcome: ['everyone'], softwareVersion: '0.1.0' };
const PLAIN: ListedHost = {
  id: new Uint8Array(8).fill(1),
  url: 'https://one.example.org',
  country: 'FR',
  vouched: true,
  newcomer: false,
  foreign: false,
  age: 2,
  profile: FRENCH,
  services: [
    { service: 'docs', weight: 70, share: 90 },
    { service: 'rooms', weight: 0, share: 200 },
  ],
};
const LISTED: Directory = {
  portal: 'Entraide',
  issued: NOW,
  expires: NOW + DAY,
  hosts: [
    PLAIN,
    { ...PLAIN, id: new Uint8Array(8).fill(2), url: 'http://localhost:4280', vouched: false, newcomer: true },
    {
      ...PLAIN,
      id: new Uint8Array(8).fill(3),
      url: 'https://example.org/pads',
      country: 'ZZ',
      foreign: true,
      age: 255,
      profile: { languages: [], welcome: [], softwareVersion: 'Etherpad 2.2' },
      services: [{ service: 'etherpad', weight: 50, share: 0 }],
    },
  ],
};

/** The columns of a directory of two hosts, each of them to be replaced by a wrong one. */
const COLUMNS = {
  portal: field('Entraide'),
  period: concat(encodeVarint(NOW), encodeVarint(NOW + DAY)),
  services: concat(Uint8Array.of(1), field('docs')),
  profiles: concat(Uint8Array.of(1), profile('fr')),
  count: Uint8Array.of(2),
  ids: concat(new Uint8Array(8).fill(1), new Uint8Array(8).fill(2)),
  flags: Uint8Array.of(1, 2),
  urls: concat(field('one.example.org'), field('two.example.org')),
  countries: encodeUtf8('FRDE'),
  ages: Uint8Array.of(1, 255),
  numbers: Uint8Array.of(0, 0),
  sets: Uint8Array.of(1, 0),
  codes: Uint8Array.of(70, 90),
};
type Columns = Partial<Record<keyof typeof COLUMNS, Bytes>>;

function profile(language: string): Bytes {
  return concat(Uint8Array.of(1), field(language), Uint8Array.of(0), field('0.1.0'));
}

type Wrong = [name: string, rules: string[], description: string, columns: Columns, error?: ErrorName];

const { ids } = COLUMNS;
const WRONG: Wrong[] = [
  ['hosts-unsorted', ['DIR-2'], 'Hosts in another order.', { ids: concat(ids.slice(8), ids.slice(0, 8)) }],
  ['host-twice', ['DIR-2'], 'A host twice.', { ids: concat(ids.slice(8), ids.slice(8)) }],
  ['hosts-10001', ['DIR-2', 'FACT-1'], 'More hosts than there may be.', { count: encodeVarint(10_001) }],
  ['count-beyond-end', ['FACT-1'], 'Ten thousand announced, two there.', { count: encodeVarint(10_000) }],
  ['reserved-flag', ['ENC-4'], 'Flag bit 4 is not in use.', { flags: Uint8Array.of(16, 0) }],
  ['http-in-public', ['FACT-7', 'DIR-2'], 'A public host without TLS.', { flags: Uint8Array.of(8, 0) }],
  [
    'path-of-a-host',
    ['FACT-7', 'DIR-2'],
    'Only other software may have a path.',
    { urls: concat(field('example.org/pads'), field('two.example.org')) },
  ],
  [
    'path-empty',
    ['FACT-7', 'DIR-2'],
    'One spelling for other software too.',
    { flags: Uint8Array.of(4, 0), urls: concat(field('example.org/'), field('two.example.org')) },
  ],
  [
    'url-credentials',
    ['FACT-7', 'DIR-2'],
    'A user in the address.',
    { urls: concat(field('eve@example.org'), field('two.example.org')) },
  ],
  [
    'url-with-scheme',
    ['FACT-7', 'DIR-2'],
    'The scheme is a flag.',
    { urls: concat(field('https://example.org'), field('two.example.org')) },
  ],
  ['country-lower-case', ['FACT-6'], 'fr is not FR.', { countries: encodeUtf8('frDE') }],
  ['services-unsorted', ['FACT-6'], 'Classes in another order.', twoServices(field('rooms'), field('docs'))],
  ['services-twice', ['FACT-6'], 'A class twice.', twoServices(field('docs'), field('docs'))],
  ['service-unused', ['DIR-2'], 'A class that nobody offers.', { sets: Uint8Array.of(0, 0), codes: new Uint8Array(0) }],
  ['service-unknown', ['DIR-2'], 'A host offers a class that is not listed.', { sets: Uint8Array.of(1, 2) }],
  ['profile-unused', ['DIR-2'], 'A profile that no host has.', { profiles: twoProfiles('de', 'fr') }],
  ['profile-unknown', ['DIR-2'], 'A profile that is not there.', { numbers: Uint8Array.of(0, 1) }],
  [
    'profile-twice',
    ['DIR-2'],
    'The same profile under two numbers.',
    { profiles: twoProfiles('fr', 'fr'), numbers: Uint8Array.of(0, 1) },
  ],
  [
    'profiles-out-of-order',
    ['DIR-2'],
    'The first host has the second profile.',
    { profiles: twoProfiles('de', 'fr'), numbers: Uint8Array.of(1, 0) },
  ],
  ['codes-missing', ['ENC-2'], 'A share is missing.', { codes: Uint8Array.of(70) }],
  ['codes-left-over', ['ENC-2'], 'A code too many.', { codes: Uint8Array.of(70, 90, 1) }],
  ['portal-empty', ['FACT-6'], 'A portal has a name.', { portal: field('') }],
  ['portal-control', ['FACT-6'], 'A tabulator in the name.', { portal: field('Entr\taide') }],
  [
    'valid-too-long',
    ['DIR-1'],
    'A second more than seven days.',
    { period: concat(encodeVarint(NOW), encodeVarint(NOW + 7 * DAY + 1)) },
    'expiry_too_long',
  ],
];

function twoServices(...both: [Bytes, Bytes]): Columns {
  return { services: concat(Uint8Array.of(2), ...both), sets: Uint8Array.of(3, 0), codes: Uint8Array.of(1, 1, 1, 1) };
}

function twoProfiles(...both: [string, string]): Bytes {
  return concat(Uint8Array.of(2), ...both.map(profile));
}

async function wrongPayloads(host: Host, check: ReturnType<typeof scenariosOf>): Promise<Scenario[]> {
  const made = (columns: Columns) => signPayload(DIRECTORY, concat(...Object.values({ ...COLUMNS, ...columns })), host);
  const scenarios: Scenario[] = [];
  for (const [name, rules, description, columns, error = 'bad_message'] of WRONG) {
    scenarios.push(check(name, rules, description, { directory: await made(columns) }, error));
  }
  const told = { value: { host: host.id, issued: NOW } };
  return [
    check('two-hosts', ['DIR-2'], 'What the wrong ones differ from.', { directory: await made({}) }, told),
    ...scenarios,
  ];
}

async function succession(host: Host, other: Host): Promise<Scenario[]> {
  const succeed = scenariosOf('directory', 'succeedDirectory', {});
  const made = (changes: Partial<Directory>, of = host) => signFact(DIRECTORY, { ...LISTED, ...changes }, of.signer);
  const held = await made({});
  const next = (name: string, description: string, bytes: Bytes, expected: ErrorName | { value: unknown }) =>
    succeed(name, ['DIR-4'], description, { held, next: bytes }, expected);
  return [
    next('succeeds', 'A second newer.', await made({ issued: NOW + 1 }), { value: 'next' }),
    next('again', 'The very same again.', held, { value: 'same' }),
    next(
      'replayed',
      'A second older, though valid for longer.',
      await made({ issued: NOW - 1, expires: NOW + 2 * DAY }),
      'stale_fact',
    ),
    next('same-second', 'Another one of the same second.', await made({ hosts: [] }), 'stale_fact'),
    next('portal-changed', 'A newer one of another portal.', await made({ issued: NOW + 1 }, other), 'wrong_host'),
  ];
}

export async function directoryScenarios({ suite }: World): Promise<Scenario[]> {
  const host = await hostOf(suite, 0x21);
  const other = await hostOf(suite, 0x22);
  const directory = await signFact(DIRECTORY, LISTED, host.signer);
  const check = scenariosOf('directory', 'checkDirectory', { now: NOW });
  const decode = scenariosOf('directory', 'decodeDirectory', {});
  const decoded = { key: host.signer.publicKey, fact: LISTED, signature: directory.slice(-64) };
  const told = { value: { host: host.id, issued: NOW } };
  const asLoad = await signFact({ ...DIRECTORY, label: LOAD.label }, LISTED, host.signer);
  const empty = await signFact(DIRECTORY, { ...LISTED, hosts: [] }, host.signer);
  const oversize = [
    { hex: Buffer.from(directory).toString('hex'), times: 1 },
    { hex: '00', times: 2 ** 20 },
  ];
  return [
    decode(
      'decoded',
      ['FACT-1', 'DIR-2', 'DIR-3'],
      'Two hosts and one of other software.',
      { directory },
      { value: decoded },
    ),
    check('accepted', ['FACT-2'], 'Of the portal that was asked.', { directory, host: host.id }, told),
    check('without-hosts', ['DIR-2'], 'Nobody is there yet.', { directory: empty }, told),
    check('last-second', ['FACT-5'], 'In its last second.', { directory, now: NOW + DAY - 1 }, told),
    check('expired', ['FACT-5'], 'In the second in which it ends.', { directory, now: NOW + DAY }, 'expired'),
    check('from-the-future', ['FACT-5'], 'Made 61 s from now.', { directory, now: NOW - 61 }, 'from_future'),
    check('of-another-portal', ['FACT-3'], 'Of another portal.', { directory, host: other.id }, 'wrong_host'),
    check('tampered-share', ['FACT-2'], 'A host shown fuller.', { directory: flip(directory, -65) }, 'bad_signature'),
    check(
      'tampered-signature',
      ['FACT-2'],
      'A bit of it changed.',
      { directory: flip(directory, -20) },
      'bad_signature',
    ),
    check('label-of-load', ['FACT-2', 'ENC-5'], 'Signed with another label.', { directory: asLoad }, 'bad_signature'),
    check('type-of-manifest', ['FACT-1'], 'Another type.', { directory: splice(directory, 1, 1, 1) }, 'bad_message'),
    check('version-2', ['ENC-4'], 'A newer version.', { directory: splice(directory, 0, 1, 2) }, 'unsupported_version'),
    check('truncated', ['ENC-2'], 'The last byte is missing.', { directory: directory.slice(0, -1) }, 'bad_message'),
    check(
      'left-over',
      ['ENC-2'],
      'A byte too many.',
      { directory: concat(directory, Uint8Array.of(0)) },
      'bad_message',
    ),
    check('oversize', ['FACT-1'], 'More than 1 MiB.', { directory: oversize }, 'too_large'),
    ...(await wrongPayloads(host, check)),
    ...(await succession(host, other)),
  ];
}
