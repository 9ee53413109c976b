/** What the parts of the inbox primitive share. */
import type { Bytes, Verify } from '@archipel/protocol';
import type { Clock } from '../../clock.ts';
import type { RelayConfig } from '../../config.ts';
import type { Log } from '../../log.ts';
import type { RelayMetrics } from '../../metrics.ts';
import type { Removals } from '../../moderation/removals.ts';
import type { InboxStore } from '../../store/inboxes.ts';
import type { BlobAdmission } from '../blob/context.ts';

export interface InboxDeps {
  /** It may be another one later: whoever needs it asks here each time. */
  store: InboxStore;
  config: RelayConfig;
  clock: Clock;
  random: (length: number) => Bytes;
  verify: Verify;
  log: Log;
  metrics: RelayMetrics;
  /** Of the disk; undefined where it is not known. */
  freeBytes: (() => Promise<number>) | undefined;
  /** Undefined: whoever comes may create. */
  admission: BlobAdmission | undefined;
  /** Left out: this host has taken nothing down. */
  removals?: Pick<Removals, 'has'> | undefined;
  /** Other processes write into the same store. */
  isShared: boolean;
}
