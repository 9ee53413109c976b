/** Everything the log primitive depends on, in one argument. */
import type { Bytes, Sha256, Verify } from '@archipel/protocol';
import type { Bus } from '../../bus/bus.ts';
import type { Clock } from '../../clock.ts';
import type { RelayConfig } from '../../config.ts';
import type { Log } from '../../log.ts';
import type { RelayMetrics } from '../../metrics.ts';
import type { Removals } from '../../moderation/removals.ts';
import type { ReplicationDeps } from '../../replication/hosts.ts';
import type { Store } from '../../store/store.ts';
import type { Admission } from './admission.ts';
import type { Census } from './census.ts';
import type { Documents } from './documents.ts';
import type { Heads } from './heads.ts';
import type { Mirrors } from './mirrors.ts';
import type { News } from './news.ts';
import type { OutboxDeps } from './outbox.ts';
import type { Refresher } from './refresh.ts';
import type { Verifier } from './verifier.ts';
import type { Watch } from './watch.ts';

export interface RelayDeps {
  store: Store;
  bus: Bus;
  config: RelayConfig;
  clock: Clock;
  /** That many bytes of chance, fit for nonces. */
  random: (length: number) => Bytes;
  /** Of this process among those that serve the same documents, by chance at each start. */
  processId: Bytes;
  log: Log;
  verify: Verify;
  /** For the proof of an opening; by default as `verify`. */
  verifyProof?: Verify;
  sha256: Sha256;
  metrics: RelayMetrics;
  /** Undefined: this host keeps documents with no other. */
  replication?: ReplicationDeps | undefined;
  /** Left out: whoever comes may create documents and open them. */
  admission?: Admission | undefined;
  /** Left out: this host has taken nothing down. */
  removals?: Pick<Removals, 'has'> | undefined;
}

/** What the parts of the log share while a relay runs. */
export interface LogContext extends RelayDeps {
  readonly documents: Documents;
  readonly verifier: Verifier;
  readonly outboxes: OutboxDeps;
  readonly heads: Heads;
  readonly refresher: Refresher;
  readonly watch: Watch;
  readonly news: News;
  readonly census: Census;
  readonly mirrors: Mirrors | undefined;
  isStopped: boolean;
  /** An append was answered by the store. */
  settled(): void;
}
