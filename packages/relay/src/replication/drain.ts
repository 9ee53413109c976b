/** A host that leaves: every document that it alone holds is given to another host first, while people keep typing. */
import type { Bytes } from '@archipel/protocol';
import type { LogContext } from '../primitives/log/context.ts';
import type { StoreFailure } from '../store/store.ts';
import type { Ledger } from './ledger.ts';
import type { NeighbourState } from './rehoming.ts';

const PAGE = 200;
const AT_ONCE = 4;
/** Passes over all documents; one that is typed in is behind for a moment only. */
const MAX_PASSES = 5;

/** Documents that are on another host too, of all. */
export interface DrainProgress {
  safe: number;
  total: number;
  /** The same of drops, when there are any. */
  drops?: Pick<DrainProgress, 'safe' | 'total'>;
}
export interface DrainPorts {
  context: LogContext;
  ledger: Ledger;
  neighbours(): NeighbourState[];
  choose(docId: Bytes): string | undefined;
  /** True: that host has all of it now. */
  share(docId: Bytes, host: string): Promise<boolean>;
  /** Ids after one, in order, tombstones included. */
  list(after: Bytes | undefined, limit: number): Promise<Bytes[] | StoreFailure>;
}

/** Until each is on another host that is reached, as far as there are hosts that take them. */
export async function drain(
  ports: DrainPorts,
  report: (progress: DrainProgress) => void,
  signal: AbortSignal,
): Promise<DrainProgress | StoreFailure> {
  let last: DrainProgress | StoreFailure = { safe: 0, total: 0 };
  for (let pass = 0; pass < MAX_PASSES && !signal.aborted; pass++) {
    last = await passOver(ports, report, signal);
    if (typeof last === 'string' || last.safe === last.total) return last;
  }
  return last;
}

async function passOver(ports: DrainPorts, report: (progress: DrainProgress) => void, signal: AbortSignal) {
  const progress = { safe: 0, total: 0 };
  for (let after: Bytes | undefined; !signal.aborted; ) {
    const docIds = await ports.list(after, PAGE);
    if (typeof docIds === 'string') return docIds;
    const heads = await ports.context.store.heads(docIds);
    if (typeof heads === 'string') return heads;
    const alive = heads.filter(({ version }) => version !== undefined);
    progress.total += alive.length;
    const left = [...alive];
    const work = async (): Promise<void> => {
      for (let head = left.shift(); head !== undefined && !signal.aborted; head = left.shift()) {
        if (await makeSafe(ports, head.docId, head.position)) progress.safe += 1;
        report(progress);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    after = docIds.at(-1);
    if (docIds.length < PAGE) break;
  }
  return progress;
}

/** Another host that is reached has all up to this position, or takes it now. */
async function makeSafe(ports: DrainPorts, docId: Bytes, position: number): Promise<boolean> {
  const { ledger } = ports;
  const holders = new Set(ledger.hostsOf(docId));
  const reached = ports.neighbours().filter(({ isReached, peer }) => isReached && holders.has(peer.id));
  if (position > 0 && reached.some(({ peer }) => (ledger.pushedTo(docId, peer.id) ?? -1) >= position)) return true;
  for (const { peer } of reached) if (await ports.share(docId, peer.id)) return true;
  const target = ports.choose(docId);
  return target !== undefined && (await ports.share(docId, target));
}
