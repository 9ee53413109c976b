/** Every limit of a relay with its unit and its default, in one table; each can be set by the host (config.ts). docs/limits.md lists them. */
import {
  MAX_CHECKPOINT_BYTES,
  MAX_INBOX_ITEMS,
  MAX_PUBLISHED_BYTES,
  MAX_RECORD_BYTES,
  MAX_SESSIONS,
} from '@archipel/protocol';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface LimitEntry {
  value: number;
  unit: 'bytes' | 'ms' | 'days' | 'count' | 'per second' | 'per minute' | 'per hour';
  meaning: string;
}

function entry(value: number, unit: LimitEntry['unit'], meaning: string): LimitEntry {
  return { value, unit, meaning };
}

/** Generous for a class of 60 behind one school address; a prefix is one IPv4 address or one IPv6 /64. */
export const LIMITS = {
  recordMaxBytes: entry(MAX_RECORD_BYTES, 'bytes', 'one record'),
  checkpointMaxBytes: entry(MAX_CHECKPOINT_BYTES, 'bytes', 'one checkpoint'),
  documentMaxBytes: entry(64 * MIB, 'bytes', 'records, history and checkpoints of one document'),
  sessionsPerDocument: entry(MAX_SESSIONS, 'count', 'sessions of one document that are not retired'),

  connections: entry(20_000, 'count', 'connections to this relay'),
  connectionsPerPrefix: entry(400, 'count', 'connections from one address prefix'),
  channelsPerConnection: entry(1_000, 'count', 'documents open on one connection'),
  createsPerHourPerPrefix: entry(300, 'per hour', 'documents created from one address prefix'),
  createsBurstPerPrefix: entry(120, 'count', 'documents created at once from one address prefix'),
  opensPerMinutePerPrefix: entry(3_000, 'per minute', 'documents opened from one address prefix'),
  opensBurstPerPrefix: entry(3_000, 'count', 'documents opened at once from one address prefix'),
  livePerSecondPerConnection: entry(120, 'per second', 'live messages of one connection; more are dropped'),
  liveBurstPerConnection: entry(600, 'count', 'live messages of one connection at once'),
  liveBytesPerSecondPerConnection: entry(256 * KIB, 'per second', 'bytes of live messages of one connection'),
  liveBytesBurstPerConnection: entry(4 * MIB, 'bytes', 'bytes of live messages of one connection at once'),
  appendsPerSecondPerConnection: entry(20, 'per second', 'records of one connection'),
  appendsBurstPerConnection: entry(200, 'count', 'records of one connection at once'),
  appendBytesPerSecondPerConnection: entry(MIB, 'per second', 'bytes of records and checkpoints of one connection'),
  appendBytesBurstPerConnection: entry(48 * MIB, 'bytes', 'bytes of records and checkpoints of one connection at once'),
  readsPerSecondPerConnection: entry(
    10,
    'per second',
    'checkpoints, history pages, headers and orders of one connection',
  ),
  readsBurstPerConnection: entry(
    100,
    'count',
    'checkpoints, history pages, headers and orders of one connection at once',
  ),

  answersPerSecondPerConnection: entry(200, 'per second', 'pongs and refusals to one connection; more end it'),
  answersBurstPerConnection: entry(10_000, 'count', 'pongs and refusals to one connection at once'),
  openingPerConnection: entry(8, 'count', 'documents that one connection opens at once; the others wait'),

  handshakeMaxMs: entry(10 * SECOND_MS, 'ms', 'time for the headers of a request'),
  idleConnectionMs: entry(2 * MINUTE_MS, 'ms', 'a connection without an open document is closed after this'),
  pingIntervalMs: entry(30 * SECOND_MS, 'ms', 'a connection that does not answer two pings is dropped'),
  slowReaderBytes: entry(256 * KIB, 'bytes', 'unsent bytes from which a reader is slow (CON-9)'),
  slowReaderMs: entry(60 * SECOND_MS, 'ms', 'a slow reader that takes nothing for this long is dropped (CON-9)'),
  unreadBytes: entry(MIB, 'bytes', 'unsent bytes from which nothing more is read of a connection (CON-9)'),
  pageBytes: entry(256 * KIB, 'bytes', 'records read from the store and sent at once'),

  gatherMaxMs: entry(2, 'ms', 'a live message of a document with many readers waits at most this for another'),
  readersPerGatherMs: entry(100, 'count', 'readers of a document for each millisecond of that wait'),
  flushIntervalMaxMs: entry(12, 'ms', 'the same where many live messages come: they are gathered for at most this'),
  readersPerFlushMs: entry(16, 'count', 'readers of a document for each millisecond of that gathering'),
  lazyFlushMs: entry(100, 'ms', 'acks, peers and records wait at most this for a live message to ride with'),
  recordFlushMs: entry(
    1000,
    'ms',
    'the same for records of a writer whose live messages brought their contents before',
  ),
  sharedPollMs: entry(
    3 * SECOND_MS,
    'ms',
    'with a store that several processes share, an open document is compared with it at least this often',
  ),
  hostAwayMs: entry(
    30 * SECOND_MS,
    'ms',
    'people hear that another host is not reached when there has been no line to it for this long',
  ),
  hostGoneMs: entry(
    10 * MINUTE_MS,
    'ms',
    'another host that is away for this long is replaced where a document has only one left',
  ),
  commitIntervalMs: entry(20, 'ms', 'time between the starts of two commits when many write'),
  uncommittedMaxBytes: entry(64 * MIB, 'bytes', 'records in memory that wait for the disk'),
  documentGraceMs: entry(3 * SECOND_MS, 'ms', 'a document that nobody has open leaves the memory after this'),
  verifyDelayMs: entry(
    20 * SECOND_MS,
    'ms',
    'the chain of a session is verified this long after it grew, or when nobody reads it',
  ),
  verifiesPerSecond: entry(100, 'per second', 'signatures of records verified in the background'),

  storeMinFreeBytes: entry(256 * MIB, 'bytes', 'room on the disk under which nothing new is taken'),
  storeMaxBytes: entry(0, 'bytes', 'size of the whole store; 0: as much as the disk has'),
  sweepIntervalMs: entry(MINUTE_MS, 'ms', 'time between two searches for expired documents'),
  sweepBatch: entry(100, 'count', 'expired documents removed at once'),
  tombstoneDays: entry(365, 'days', 'how long an expired document is answered with `expired` rather than `not_found`'),

  blobsMaxBytes: entry(50 * GIB, 'bytes', 'all blobs of this host together; 0: it keeps no files'),
  blobMaxBytes: entry(20 * GIB, 'bytes', 'one blob'),
  blobMinFreeBytes: entry(GIB, 'bytes', 'room on the disk that blobs leave, everything promised counted'),
  blobBytesPerHourPerPrefix: entry(4 * GIB, 'per hour', 'bytes of blobs that are created from one address prefix'),
  blobBytesBurstPerPrefix: entry(20 * GIB, 'bytes', 'bytes of blobs that are created at once from one address prefix'),
  reportsPerHourPerPrefix: entry(6, 'per hour', 'reports from one address prefix'),
  reportsBurstPerPrefix: entry(6, 'count', 'reports at once from one address prefix'),
  reportsMax: entry(5000, 'count', 'reports that are kept; when so many are open, no more is taken'),
  followMs: entry(
    10 * MINUTE_MS,
    'ms',
    'what hosts that are followed have taken down is asked for at least this often',
  ),
  blobMaxDays: entry(30, 'days', 'how long a blob may be kept, if the host does not allow less'),
  blobUnfinishedMs: entry(DAY_MS, 'ms', 'an upload to which nothing is added for this long is removed'),
  blobTicketMs: entry(DAY_MS, 'ms', 'a download that was begun may be gone on with for this long'),
  blobCopyRetryMs: entry(
    MINUTE_MS,
    'ms',
    'a disk that was full is tried again after this for a copy of a blob (COPY-8)',
  ),
  blobNonceMs: entry(HOUR_MS, 'ms', 'how long a nonce for proofs over HTTP is good'),
  blobIdleMs: entry(MINUTE_MS, 'ms', 'an upload or a download that does not move for this long is cut'),
  blobRequestMaxMs: entry(HOUR_MS, 'ms', 'one request of an upload'),

  inboxesMaxBytes: entry(GIB, 'bytes', 'all inboxes of this host together; 0: it keeps none'),
  inboxMaxBytes: entry(32 * MIB, 'bytes', 'what is in one inbox'),
  inboxMaxItems: entry(MAX_INBOX_ITEMS, 'count', 'items that may ever be added to one inbox'),
  inboxMinFreeBytes: entry(512 * MIB, 'bytes', 'room on the disk under which nothing is added to inboxes'),
  inboxMaxDays: entry(400, 'days', 'how long an inbox may be kept, if the host does not allow less'),
  inboxBytesPerHourPerPrefix: entry(16 * MIB, 'per hour', 'bytes added to inboxes from one address prefix'),
  inboxBytesBurstPerPrefix: entry(16 * MIB, 'bytes', 'bytes added to inboxes at once from one address prefix'),
  inboxItemLeastBytes: entry(4 * KIB, 'bytes', 'what an item counts at least for these two'),
  inboxCommitIntervalMs: entry(50, 'ms', 'time between the starts of two commits of items (INBOX-12)'),
  inboxUncommittedItems: entry(2000, 'count', 'items in memory that wait for the disk'),
  inboxWaiters: entry(5000, 'count', 'owners who wait for news of their inboxes'),
  inboxWaitMs: entry(25 * SECOND_MS, 'ms', 'how long one request waits for news'),

  pagesMaxBytes: entry(GIB, 'bytes', 'all published pages of this host together; 0: it keeps none'),
  pageMaxBytes: entry(MAX_PUBLISHED_BYTES, 'bytes', 'one published page with its pictures'),
  pageMinFreeBytes: entry(512 * MIB, 'bytes', 'room on the disk under which no page is taken'),
  pagesPerHourPerPrefix: entry(30, 'per hour', 'pages published, changed and taken back from one address prefix'),
  pagesBurstPerPrefix: entry(60, 'count', 'the same at once'),
  pageBytesPerHourPerPrefix: entry(64 * MIB, 'per hour', 'bytes of pages from one address prefix'),
  pageBytesBurstPerPrefix: entry(128 * MIB, 'bytes', 'the same at once'),
  pageRenderMs: entry(5 * SECOND_MS, 'ms', 'a page that takes longer to be made safe is refused (PAGE-8)'),
  pageRendersWaiting: entry(50, 'count', 'pages that wait for that; more are asked to come again'),
  pageCacheBytes: entry(32 * MIB, 'bytes', 'pages in memory, ready to be sent'),
} satisfies Record<string, LimitEntry>;

export type LimitName = keyof typeof LIMITS;
export type Limits = Record<LimitName, number>;

/** The default of every limit, changed by `overrides`. */
export function makeLimits(overrides: Partial<Limits> = {}): Limits {
  const defaults = Object.fromEntries(Object.entries(LIMITS).map(([name, { value }]) => [name, value]));
  return { ...(defaults as Limits), ...overrides };
}
