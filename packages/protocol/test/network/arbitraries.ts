/** Valid facts of every kind, for property tests. */
import fc from 'fast-check';
import {
  type Bytes,
  compare,
  type Directory,
  type HostProfile,
  type ListedHost,
  type Load,
  type Manifest,
  type Signed,
  type Statement,
  type Voucher,
} from '../../src/index.ts';
import { bytes, varint } from '../arbitraries.ts';

const positive = varint.map((value) => Math.max(1, value));
const units = fc.oneof(fc.nat(300), fc.nat(2 ** 28 - 1));
const code = fc.nat(255);

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function ascending<T>(item: fc.Arbitrary<T>, keyOf: (item: T) => string, maxLength: number): fc.Arbitrary<T[]> {
  return fc
    .uniqueArray(item, { maxLength, selector: keyOf })
    .map((items) => items.sort((a, b) => byText(keyOf(a), keyOf(b))));
}

function period(most: number): fc.Arbitrary<{ issued: number; expires: number }> {
  return fc
    .tuple(fc.nat(4_000_000_000), fc.integer({ min: 1, max: most }))
    .map(([issued, seconds]) => ({ issued, expires: issued + seconds }));
}

const DAY = 86_400;
export const word = fc.stringMatching(/^[a-z][a-z0-9]{0,5}([.-][a-z0-9]{1,4}){0,2}$/);
const text = fc
  .string({ unit: fc.constantFrom('a', 'B', '7', ' ', 'é', '島', '🏝', '-', '<', '"'), maxLength: 12 })
  .map((value) => value.trim());
const name = text.map((value) => value || 'Hôte');
const country = fc.stringMatching(/^[A-Z]{2}$/);
const language = fc.stringMatching(/^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$/);

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,6}[a-z0-9])?$/);
const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
function authority(host: fc.Arbitrary<string>, defaultPort: number): fc.Arbitrary<string> {
  return fc
    .tuple(host, port)
    .map(([name, number]) => (number === undefined || number === defaultPort ? name : `${name}:${number}`));
}
const publicHost = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const ipv4 = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }).map((parts) => parts.join('.'));
const loopback = fc.oneof(
  fc.constantFrom('localhost', '[::1]'),
  fc.array(fc.nat(255), { minLength: 3, maxLength: 3 }).map((parts) => `127.${parts.join('.')}`),
);
export const origin = fc.oneof(
  { weight: 4, arbitrary: authority(publicHost, 443).map((at) => `https://${at}`) },
  authority(ipv4, 443).map((at) => `https://${at}`),
  authority(loopback, 80).map((at) => `http://${at}`),
);
const path = fc.stringMatching(/^(\/[A-Za-z0-9_~!$&()*+,;=:@-]{0,5}(%C3%A9)?){1,3}$/);
const query = fc.stringMatching(/^(\?[a-z0-9=&+.~/?-]{0,9})?$/);
export const page = fc.tuple(origin, path, query).map((parts) => parts.join(''));

const audience = {
  languages: ascending(language, (tag) => tag, 4),
  welcome: ascending(word, (item) => item, 4),
};

export const manifest: fc.Arbitrary<Manifest> = fc
  .tuple(
    fc.record({
      seq: positive,
      name,
      organisation: text,
      contact: text,
      country,
      url: origin,
      ...audience,
      services: ascending(fc.record({ service: word, capacity: units }), ({ service }) => service, 5),
      limits: ascending(fc.record({ name: word, value: varint }), (limit) => limit.name, 5),
      retentionDays: varint,
      legalUrl: fc.oneof(fc.constant(''), page),
      software: name,
      softwareVersion: name,
      peers: fc
        .uniqueArray(fc.record({ hostId: bytes(20), url: origin }), {
          maxLength: 4,
          selector: ({ hostId }) => hostId.join(),
        })
        .map((peers) => peers.sort((a, b) => compare(a.hostId, b.hostId))),
    }),
    period(7 * DAY),
    fc.option(
      fc.record({
        latitude: fc.integer({ min: -9000, max: 9000 }),
        longitude: fc.integer({ min: -18_000, max: 17_999 }),
      }),
      { nil: undefined },
    ),
    ascending(fc.record({ name: word, value: fc.uint8Array({ maxLength: 256 }) }), (entry) => entry.name, 3),
  )
  .map(([fields, times, position, more]) => ({
    ...fields,
    ...times,
    ...(position === undefined ? {} : { position }),
    ...(more.length > 0 && { more }),
  }));

export const load: fc.Arbitrary<Load> = fc.record({
  timeMs: varint,
  services: ascending(
    fc
      .record({ service: word, capacity: units, present: units, committed: units, state: fc.nat(2) })
      .map(({ state, ...rest }) => ({ ...rest, accepting: state === 1, draining: state === 2 })),
    ({ service }) => service,
    12,
  ),
});

export const voucher: fc.Arbitrary<Voucher> = fc
  .tuple(
    fc.record({
      audience: bytes(20),
      service: word,
      units: units.map((value) => Math.max(1, value)),
      maxBytes: varint,
      ttlSeconds: varint,
      nonce: bytes(16),
    }),
    period(300),
  )
  .map(([fields, times]) => ({ ...fields, ...times }));

const hex = (value: Bytes) => Buffer.from(value).toString('hex');

export const statement: fc.Arbitrary<Statement> = fc
  .tuple(
    fc.record({
      docId: bytes(20),
      time: varint,
      headerSeq: positive,
      expiry: varint,
      frontier: ascending(
        fc.record({ session: bytes(16), have: positive, hash: bytes(32) }),
        ({ session }) => hex(session),
        5,
      ),
    }),
    fc.oneof(fc.constant({ checkpointSeq: 0 }), fc.record({ checkpointSeq: positive, checkpointHash: bytes(32) })),
  )
  .map(([fields, checkpoint]) => ({ ...fields, ...checkpoint }));

const profile: fc.Arbitrary<HostProfile> = fc.record({ ...audience, softwareVersion: text });
const listed = {
  id: bytes(8),
  country,
  vouched: fc.boolean(),
  newcomer: fc.boolean(),
  age: code,
  services: ascending(fc.record({ service: word, weight: code, share: code }), ({ service }) => service, 4),
};
/** Few profiles, so that hosts share them. */
const listedHost = (profiles: fc.Arbitrary<HostProfile>): fc.Arbitrary<ListedHost> =>
  fc.oneof(
    fc.record({ ...listed, profile: profiles, url: origin, foreign: fc.constant(false) }),
    fc.record({
      ...listed,
      profile: profiles,
      url: fc.oneof(
        origin,
        fc.tuple(origin, path).map(([at, below]) => `${at}/pads${below}`),
      ),
      foreign: fc.constant(true),
    }),
  );

export const directory: fc.Arbitrary<Directory> = fc
  .array(profile, { minLength: 1, maxLength: 3 })
  .chain((profiles) =>
    fc.tuple(
      ascending(listedHost(fc.constantFrom(...profiles)), ({ id }) => hex(id), 6),
      period(7 * DAY),
      name,
    ),
  )
  .map(([hosts, times, portal]) => ({ portal, ...times, hosts }));

export function signed<T>(fact: fc.Arbitrary<T>): fc.Arbitrary<Signed<T>> {
  return fc.record({ key: bytes(32), fact, signature: bytes(64) });
}
