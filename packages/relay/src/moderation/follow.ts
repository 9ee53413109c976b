/** Follows what other hosts have taken down (protocol REM-6): only those that the settings name, and never further. */
import type { Prober } from '@archipel/directory/probe';
import type { Verify } from '@archipel/protocol';
import { checkRemovals } from '@archipel/protocol';
import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import type { RelayMetrics } from '../metrics.ts';
import type { PeerSettings } from '../network/settings.ts';
import { NotWrittenError } from '../store/admissions.ts';
import type { Moderation } from '../store/moderation.ts';
import type { Removals } from './removals.ts';

const PATH = '/.well-known/archipel/removals';
const SECOND_MS = 1000;
const OK = 200;

export interface FollowDeps {
  peers: readonly PeerSettings[];
  prober: Pick<Prober, 'get'>;
  file: Moderation;
  removals: Removals;
  verify: Verify;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  /** Between two questions. */
  pauseMs: number;
  metrics: RelayMetrics;
  log: Log;
}

/** Starts asking at once. Returns how to stop. */
export function followRemovals(deps: FollowDeps): () => void {
  const followed = deps.peers.filter(({ follow }) => follow);
  deps.file.followOnly(followed.map(({ id }) => id));
  deps.removals.refresh();
  const stopping = new AbortController();
  const timers = new Map<string, Timer>();
  const ask = async (peer: PeerSettings): Promise<void> => {
    const failure = await learn(deps, peer, stopping.signal);
    if (stopping.signal.aborted) return;
    if (failure !== undefined) deps.metrics.countPeerFailure(failure);
    const pauseMs = deps.pauseMs * (0.5 + deps.random() / 2);
    timers.set(
      peer.id,
      deps.clock.setTimeout(() => void ask(peer), pauseMs),
    );
  };
  for (const peer of followed) void ask(peer);
  return () => {
    stopping.abort();
    for (const timer of timers.values()) deps.clock.clearTimeout(timer);
  };
}

/** Why nothing was learnt. A list that cannot be had, or is over, changes nothing: what is removed stays so. */
async function learn(deps: FollowDeps, { id, url }: PeerSettings, signal: AbortSignal): Promise<string | undefined> {
  const { prober, file, removals, verify, clock, log } = deps;
  const answer = await prober.get(`${url}${PATH}`, signal);
  if (answer.kind === 'failure') return answer.code;
  if (answer.status !== OK) return 'bad_message';
  const wish = { nowSeconds: Math.floor(clock.now() / SECOND_MS), host: new Uint8Array(Buffer.from(id, 'hex')) };
  const checked = await checkRemovals(answer.body, wish, verify);
  if (!checked.ok) return checked.error;
  const { issued, removed } = checked.value.fact;
  if (signal.aborted || issued <= file.issuedBy(id)) return undefined;
  try {
    file.follow(id, issued, removed);
  } catch (error) {
    if (!(error instanceof NotWrittenError)) throw error;
    return 'disk_full';
  }
  removals.refresh();
  log.info({ removed: removed.length }, 'followed what another host has taken down');
  return undefined;
}
