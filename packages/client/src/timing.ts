/** Every delay and size of the client, with its unit in the name; a test may pass others. */
export interface Timing {
  /** Durable lane: from the first unsaved edit to its record. */
  sealAfterMs: number;
  /** Durable lane: unsaved bytes that make a record at once. */
  sealBytes: number;
  /** Unsaved edits are on this machine's disk after this. */
  persistAfterMs: number;
  /** Live lane: at most one message in this time. */
  liveEveryMs: number;
  /** Content that nobody made durable for this long (plus jitter) is appended by whoever holds it. */
  adoptAfterMs: number;
  adoptJitterMs: number;
  /** CKP-4. */
  checkpointRecords: number;
  checkpointBytes: number;
  checkpointJitterMs: number;
  /** The only editor leaves a checkpoint behind when the tail is longer than this. */
  checkpointOnCloseRecords: number;
  /** The cache is written this long after a change, and one second later for each `cacheBytesPerSecond` it holds. */
  cacheAfterMs: number;
  cacheBytesPerSecond: number;
  cacheMaxDelayMs: number;
  pingEveryMs: number;
  silenceMs: number;
  connectMs: number;
  /** Between opening a document and its next message, until it is caught up. */
  answerMs: number;
  backoffMinMs: number;
  backoffMaxMs: number;
  /** How long `close` waits for acknowledgements; what is not acknowledged stays in the outbox. */
  closeMs: number;
  presenceEveryMs: number;
  presenceRenewMs: number;
  presenceTimeoutMs: number;
}

export const TIMING: Timing = {
  sealAfterMs: 1000,
  sealBytes: 64 * 1024,
  persistAfterMs: 200,
  liveEveryMs: 40,
  adoptAfterMs: 5000,
  adoptJitterMs: 3000,
  checkpointRecords: 200,
  checkpointBytes: 256 * 1024,
  checkpointJitterMs: 2000,
  checkpointOnCloseRecords: 50,
  cacheAfterMs: 2000,
  cacheBytesPerSecond: 64 * 1024,
  cacheMaxDelayMs: 30_000,
  pingEveryMs: 15_000,
  silenceMs: 10_000,
  connectMs: 10_000,
  answerMs: 20_000,
  backoffMinMs: 300,
  backoffMaxMs: 30_000,
  closeMs: 2000,
  presenceEveryMs: 50,
  presenceRenewMs: 15_000,
  presenceTimeoutMs: 30_000,
};

/** Records in flight without acknowledgement. */
export const WINDOW_RECORDS = 32;
/** A live update leaves room for its clear part and signature in 64 KiB. */
export const MAX_LIVE_PLAINTEXT_BYTES = 60 * 1024;
/** Hashes kept per session, to tell a repeated record from a forged one (CHK-3). */
export const MAX_HASHES_KEPT = 512;
