/** What the parts of the page primitive share. */
import type { HostPeople } from '@archipel/page';
import type { Verify } from '@archipel/protocol';
import type { Clock } from '../../clock.ts';
import type { RelayConfig } from '../../config.ts';
import type { Log } from '../../log.ts';
import type { RelayMetrics } from '../../metrics.ts';
import type { Removals } from '../../moderation/removals.ts';
import type { PageStore } from '../../store/pages.ts';

export interface PageDeps {
  /** It may be another one later: whoever needs it asks here each time. */
  store: PageStore;
  config: RelayConfig;
  /** Under which people reach this host; empty: it does not know. */
  origin: string;
  /** How to reach its people. */
  host: HostPeople;
  clock: Clock;
  verify: Verify;
  log: Log;
  metrics: RelayMetrics;
  /** Of the disk; undefined where it is not known. */
  freeBytes: (() => Promise<number>) | undefined;
  removals: Pick<Removals, 'find'>;
}
