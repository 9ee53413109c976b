/** Counters of a relay as plain numbers: the hot path only adds. http/metrics.ts shows them. */
import type { ErrorName } from '@archipel/protocol';

export class RelayMetrics {
  connections = 0;
  channels = 0;
  documentsOpen = 0;
  documentsCreated = 0;
  documentsEnded = 0;
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
  recordsVerified = 0;
  readonly refused = new Map<ErrorName, number>();
  /** From the arrival of a record to the moment its ack may be sent. */
  observeAck: (seconds: number) => void = () => undefined;
  observeCommit: (seconds: number, records: number) => void = () => undefined;

  countRefused(error: ErrorName): void {
    this.refused.set(error, (this.refused.get(error) ?? 0) + 1);
  }
}
