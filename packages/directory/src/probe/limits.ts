/** Every limit of the prober with its unit; a host may change them (`ProberOptions`). */
const KIB = 1024;
const SECOND_MS = 1000;

export const PROBE_LIMITS = {
  /** A whole probe: names, redirects, waiting for a place, all of it. */
  totalMs: 15 * SECOND_MS,
  resolveMs: 5 * SECOND_MS,
  /** Waiting until others have finished with the same host. */
  waitMs: 10 * SECOND_MS,
  connectMs: 4 * SECOND_MS,
  tlsMs: 5 * SECOND_MS,
  headersMs: 8 * SECOND_MS,
  bodyMs: 8 * SECOND_MS,
  datagramMs: 3 * SECOND_MS,
  bodyMaxBytes: 256 * KIB,
  headersMaxBytes: 16 * KIB,
  datagramMaxBytes: 2 * KIB,
  urlMaxChars: 2 * KIB,
  redirectsMax: 3,
  /** Addresses of one name that are tried. */
  addressesMax: 3,
  /** At once; a host is one IPv4 address or one IPv6 /64. */
  probesPerHost: 2,
  waitingPerHost: 16,
  probesTotal: 32,
  waitingTotal: 4096,
} as const satisfies Record<string, number>;

export type ProbeLimits = Record<keyof typeof PROBE_LIMITS, number>;
