/** Counters of a relay as plain numbers: the hot path only adds. http/metrics.ts shows them. */
import type { ErrorName } from '@archipel/protocol';

export class RelayMetrics {
  connections = 0;
  /** Connections of those who have a document open, or are about to. */
  people = 0;
  channels = 0;
  documentsOpen = 0;
  documentsCreated = 0;
  documentsEnded = 0;
  /** Of those created, how many another host sent here. */
  documentsSent = 0;
  vouchersAsked = 0;
  vouchersTaken = 0;
  /** What people said of the hosts to which they were sent. */
  servedWell = 0;
  servedBadly = 0;
  peersKnown = 0;
  peersReached = 0;
  /** Answers of other hosts that were not taken, by why. */
  readonly peerFailures = new Map<string, number>();
  recordsAppended = 0;
  checkpointsMade = 0;
  liveMessages = 0;
  liveDropped = 0;
  framesReceived = 0;
  bytesReceived = 0;
  framesSent = 0;
  bytesSent = 0;
  uncommittedBytes = 0;
  slowReaders = 0;
  forgedSessions = 0;
  /** Documents that were closed with another host because it passed on something forged. */
  peersRefused = 0;
  recordsVerified = 0;
  blobsCreated = 0;
  blobsEnded = 0;
  blobDownloads = 0;
  blobBytesReceived = 0;
  blobBytesSent = 0;
  /** Alive, whole, what is still being uploaded too. */
  blobs = 0;
  blobBytes = 0;
  inboxes = 0;
  /** Room that headers and items take. */
  inboxBytes = 0;
  inboxItems = 0;
  /** Published pages that are there, and the room that they take. */
  pages = 0;
  pageBytes = 0;
  pagesTaken = 0;
  pagesServed = 0;
  /** Ids that this host has taken down, or follows others in. */
  removals = 0;
  reportsOpen = 0;
  reportsTaken = 0;
  readonly refused = new Map<ErrorName, number>();
  /** From the arrival of a record to the moment its ack may be sent. */
  observeAck: (seconds: number) => void = () => undefined;
  observeCommit: (seconds: number, records: number) => void = () => undefined;

  countRefused(error: ErrorName): void {
    this.refused.set(error, (this.refused.get(error) ?? 0) + 1);
  }

  countPeerFailure(reason: string): void {
    this.peerFailures.set(reason, (this.peerFailures.get(reason) ?? 0) + 1);
  }
}
