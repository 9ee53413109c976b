/** Every number of the portal with its unit. */
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

export const PORTAL_LIMITS = {
  /** Hosts watched: those of the settings first, then the peers they name. */
  hostsMax: 2000,
  servicesMax: 500,
  /** Files of ChatonsInfos, those that the named ones lead to included. */
  filesMax: 200,

  /** Hosts make a new load every 15 s; older than 90 s it counts half (protocol LOAD, routing rule 1). */
  loadEveryMs: 25 * SECOND_MS,
  manifestEveryMs: 10 * MINUTE_MS,
  /** A host that does not answer is asked less and less often, down to this. */
  awayEveryMs: 5 * MINUTE_MS,
  serviceEveryMs: 5 * MINUTE_MS,
  /** Hosts are not all asked in the same moment: up to this share earlier. */
  jitterShare: 0.2,
  /** Failing so often in a row, a host is away; once may be the line. */
  failuresUntilAway: 2,
  /** One that was not seen for so long is forgotten, unless the settings name it. */
  forgetAfterMs: 30 * 24 * HOUR_MS,

  /** A new directory is signed when somebody asks and the last one is this old. */
  directoryEveryMs: 45 * SECOND_MS,
  /** As long as a browser may go on without the portal (protocol DIR-1). */
  directoryValidSeconds: 7 * 24 * 60 * 60,
  pageEveryMs: 10 * SECOND_MS,

  historyHours: 30 * 24,
  saveEveryMs: 5 * MINUTE_MS,
  memoryMaxBytes: 64 * 1024 * 1024,
} as const;
