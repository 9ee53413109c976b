/** Every delay and size of the client, with its unit in the name; a test may pass others. */
export interface Timing {
  /** Durable lane: from the first unsaved edit to its record. */
  sealAfterMs: number;
  /** The same for remarks, which no live message brings before. */
  sealRemarkAfterMs: number;
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
  /** A relay that is not there after this is not waited for: the next one of the document is tried beside it. */
  nextRelayMs: number;
  /** A relay that did not serve the document, while another is not reached, is asked again after this. */
  askAgainMs: number;
  /** A relay that is behind another of the document has this long to catch up, and jitter of as much. */
  lagMs: number;
  /** CHK-10: caught up and saved for this long, and jitter of as much, a relay is asked for a statement. */
  statementAfterMs: number;
  /** The same relay is asked again after this at the soonest, and jitter of as much. */
  statementEveryMs: number;
  /** One that states less than it has acknowledged is asked again after this, and jitter of as much. */
  statementAgainMs: number;
  /** CHK-11: the owner's list of relays is out of date for this long, and jitter of as much, before it is written anew. */
  relaysAfterMs: number;
  /** A listed relay that was not there for this long on end is left out when there are two others. */
  relayGoneMs: number;
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
  sealRemarkAfterMs: 100,
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
  nextRelayMs: 2000,
  askAgainMs: 30_000,
  lagMs: 10_000,
  statementAfterMs: 20_000,
  statementEveryMs: 600_000,
  statementAgainMs: 60_000,
  relaysAfterMs: 60_000,
  relayGoneMs: 600_000,
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
/** A statement is as old as this at most when it comes (STM-2); clocks differ. */
export const MAX_STATEMENT_AGE_SECONDS = 300;
/** Records kept in the outbox that one host has acknowledged and the second has not. */
export const MAX_LONE_RECORDS = 2000;
export const MAX_LONE_BYTES = 8 * 1024 * 1024;
