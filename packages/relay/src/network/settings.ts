/** What a host says of itself to other hosts, in the words of who runs it. */
import { softwareById } from '@archipel/directory/third-party';
import { isOrigin, isPageUrl, MAX_LANGUAGES, MAX_PEERS, MAX_UNITS, MAX_WELCOME } from '@archipel/protocol';
import * as v from 'valibot';
import { readCapacity } from './capacity-words.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const degrees = (most: number) => v.pipe(v.number(), v.minValue(-most), v.maxValue(most));

const origin = v.pipe(
  v.string(),
  v.check(isOrigin, 'the address of a host is https://host, in lower case and without a path'),
);
const hostId = v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/, 'the id of a host is 40 digits and letters a to f'));

const listedSoftware = v.strictObject({
  software: v.pipe(
    v.string(),
    v.check((id) => softwareById(id) !== undefined, 'the catalogue has no such software'),
  ),
  url: v.pipe(v.string(), v.regex(/^(https?|mumble):\/\/[^\s]{1,190}$/, 'the address of a service is https://host')),
  name: v.optional(v.string()),
  organisation: v.optional(v.string()),
  country: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, 'a country is two letters'))),
});

const portalSettings = v.strictObject({
  /** Hosts that who runs the portal answers for. */
  hosts: v.optional(v.array(origin), []),
  thirdParty: v.optional(v.array(listedSoftware), []),
  /** Paths of files of ChatonsInfos on this machine. */
  chatonsInfos: v.optional(v.array(v.string()), []),
});

const capacity = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const understood = readCapacity(dataset.value);
    if (understood.ok) return understood.capacity;
    const example = 'write for example "200 new pads a day, 5 GB of files, no video"';
    addIssue({ message: `${understood.wrong}; ${example}` });
    return NEVER;
  }),
);

/** What is agreed with a host when nobody said otherwise. */
export const PEER_DEFAULTS = { copies: true, perDay: 1000, follow: false } as const;

/** A host that this one works with. */
const peer = v.strictObject({
  id: hostId,
  url: origin,
  /** Each keeps copies of the other's documents. */
  copies: v.optional(v.boolean(), PEER_DEFAULTS.copies),
  /** What it may send here, or have copied here, on one day. */
  perDay: v.optional(count, PEER_DEFAULTS.perDay),
  /** What it has taken down is taken down here, too. */
  follow: v.optional(v.boolean(), PEER_DEFAULTS.follow),
});
export type PeerSettings = v.InferOutput<typeof peer>;

export const networkSettings = v.strictObject({
  url: origin,
  /** People who have a document open at once. */
  people: v.pipe(count, v.minValue(1), v.maxValue(MAX_UNITS)),
  /** What it takes, in words. */
  capacity: v.optional(capacity, ''),
  languages: v.optional(v.pipe(v.array(v.string()), v.maxLength(MAX_LANGUAGES)), []),
  welcome: v.optional(v.pipe(v.array(v.string()), v.maxLength(MAX_WELCOME)), ['everyone']),
  legal: v.optional(
    v.pipe(
      v.string(),
      v.check((url) => url === '' || isPageUrl(url), 'the address of a page is https://host/path'),
    ),
    '',
  ),
  position: v.optional(v.strictObject({ latitude: degrees(90), longitude: degrees(180) })),
  /** Hosts that this one works with, as `archipel peer` writes them. */
  peers: v.optional(v.pipe(v.array(peer), v.maxLength(MAX_PEERS)), []),
  /** This process is a portal too: it watches hosts and tells browsers of them. */
  portal: v.optional(portalSettings),
});
export type NetworkSettings = v.InferOutput<typeof networkSettings>;
