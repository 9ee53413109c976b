/** What a host says of itself to other hosts, in the words of who runs it. */
import { isOrigin, isPageUrl, MAX_LANGUAGES, MAX_PEERS, MAX_UNITS, MAX_WELCOME } from '@archipel/protocol';
import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const degrees = (most: number) => v.pipe(v.number(), v.minValue(-most), v.maxValue(most));

const origin = v.pipe(
  v.string(),
  v.check(isOrigin, 'the address of a host is https://host, in lower case and without a path'),
);
const hostId = v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/, 'the id of a host is 40 digits and letters a to f'));

export const networkSettings = v.strictObject({
  url: origin,
  /** People who have a document open at once. */
  people: v.pipe(count, v.minValue(1), v.maxValue(MAX_UNITS)),
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
  peers: v.optional(v.pipe(v.array(v.strictObject({ id: hostId, url: origin })), v.maxLength(MAX_PEERS)), []),
});
export type NetworkSettings = v.InferOutput<typeof networkSettings>;
