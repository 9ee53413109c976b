/** Every number of the routing with its unit, in one table. A unit of capacity is one person present at a time. */
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

export const ROUTING = {
  /** A load report counts fully up to this age, half up to the next, then the host is out (rule 1). */
  freshMs: 90 * SECOND_MS,
  staleMs: 300 * SECOND_MS,
  staleShare: 0.5,
  /** A report from further in the future than this is a clock that is wrong: refused. */
  clockSkewMaxMs: 60 * SECOND_MS,

  /** A host has room when it could take this many mean sessions more (rule 1). */
  roomSessions: 3,
  /** People of a session where the directory was not told otherwise. */
  meanSessionUnits: 4,
  /** Draws that may miss before a set counts as empty: a miss is a host whose weight fell since it was noted. */
  drawsMax: 48,

  /** Hosts asked for a voucher per placement, and how long each may think (rule 3). */
  triesMax: 4,
  askMs: 3 * SECOND_MS,
  /** Hosts that a browser alone asks for their load at once, and how often it may do so for one choice (rule 7). */
  lookHosts: 4,
  looksMax: 3,
  fullExclusionMs: 10 * SECOND_MS,
  errorExclusionMs: 30 * SECOND_MS,

  /** Shares of the declared capacity: new sessions up to the first, people of sessions that are there up to the second (rule 3). */
  softShare: 0.8,
  hardShare: 0.95,
  /** A host hands rooms off from this share present, and aims at the soft share (rule 8). */
  handoffShare: 0.85,
  /** A room that alone takes this share of its host has outgrown it. */
  outgrownShare: 0.4,

  /** A host may carry this many times what clients confirmed as healthy (rule 5). */
  earnedFactor: 2.5,
  /** After a failure it carries this share of what it failed under, for this long (rule 5). */
  failureShare: 0.6,
  failureMs: 15 * MINUTE_MS,
  /** So many failing signals, making up this share of all within the window, are a failure: one bad line of one person is none. */
  failureSignals: 2,
  failureSignalShare: 0.2,
  signalWindowMs: 30 * SECOND_MS,

  /** How long a host without a voucher of an operator waits, and the share of its capacity it starts with (rule 6). */
  newcomerMs: 14 * DAY_MS,
  newcomerShare: 0.01,
  /** One per cent of a boast without measure is still too much. */
  newcomerMaxUnits: 100,

  /** Limits of the time to come back, and how long after it a place in the queue is kept (rule 4). */
  comeBackMinMs: 10 * SECOND_MS,
  comeBackMaxMs: 10 * MINUTE_MS,
  placeKeptMs: 60 * SECOND_MS,
  /** Time per place in the queue while nothing is known of how fast it moves. */
  firstPlaceMs: SECOND_MS,
  waitingMax: 100_000,

  /** Wishes whose list of hosts is kept; the one unused for longest goes. */
  poolsMax: 32,
} as const;
