/** Where a drop goes that somebody sends: here while there is room for it, else to a host that takes it. */
import type { WatchedHost } from '@archipel/directory/portal';
import type { Prober } from '@archipel/directory/probe';
import type { Bytes, ErrorName } from '@archipel/protocol';
import { fromHex, mayRetry } from '@archipel/protocol';
import type { RelayMetrics } from '../metrics.ts';
import type { Blobs } from '../primitives/blob/blobs.ts';
import { welcomesAnybody } from './admission.ts';
import type { Peers } from './peers.ts';
import type { Room } from './room.ts';
import type { NetworkSettings } from './settings.ts';
import { FILES, type VoucherDesk } from './voucher-desk.ts';

const DAY_SECONDS = 86_400;
const OK = 200;
/** Somebody waits. */
const ASKED_MAX = 4;
/** In a manifest: room for files, when a host says how much it has. */
const FILES_LIMIT = 'files.bytes';

export interface FilePlacesDeps {
  network: Pick<NetworkSettings, 'welcome'>;
  room: Pick<Room, 'isDraining' | 'seconds'>;
  peers: Pick<Peers, 'present'>;
  desk: VoucherDesk;
  prober: Pick<Prober, 'post'>;
  metrics: RelayMetrics;
  random: () => number;
  /** Undefined: this host keeps no files. */
  files(): Blobs | undefined;
}

export interface FileWish {
  /** Of the whole sealed drop. */
  bytes: number;
  ttlSeconds: number;
  /** Whether other hosts may take it. */
  forward: boolean;
}

export type FilePlace =
  | { kind: 'here' }
  | { kind: 'elsewhere'; host: WatchedHost; voucher: Bytes }
  /** Why it is not taken here; nobody else takes it either. */
  | { kind: 'refused'; error: ErrorName };

export class FilePlaces {
  readonly #deps: FilePlacesDeps;

  constructor(deps: FilePlacesDeps) {
    this.#deps = deps;
  }

  async place(wish: FileWish): Promise<FilePlace> {
    const error = await this.#refuses(wish);
    if (error === undefined) return { kind: 'here' };
    const hosts = wish.forward ? this.#inAnyOrder(wish) : [];
    for (const host of hosts.slice(0, ASKED_MAX)) {
      const voucher = await this.#ask(host, wish);
      if (voucher !== undefined) return { kind: 'elsewhere', host, voucher };
    }
    // What is too large for this host is not too large for those that have no room just now.
    return { kind: 'refused', error: hosts.length > 0 && !mayRetry(error) ? 'full' : error };
  }

  async #refuses({ bytes, ttlSeconds }: FileWish): Promise<ErrorName | undefined> {
    const { files, network, room } = this.#deps;
    const blobs = files();
    if (blobs === undefined) return 'not_offered';
    if (room.isDraining) return 'full';
    if (!welcomesAnybody(network)) return 'not_welcome';
    return blobs.room.refuses({ length: bytes, expiry: room.seconds + Math.max(1, ttlSeconds) });
  }

  /** Those that may take it by what they say of themselves. */
  #inAnyOrder({ bytes, ttlSeconds }: FileWish): WatchedHost[] {
    const { peers, random } = this.#deps;
    const able = peers.present.filter(({ manifest, load }) => {
      if (manifest === undefined || load?.fact.services.some(({ draining }) => draining)) return false;
      const { limits, retentionDays } = manifest.fact;
      const room = limits.find(({ name }) => name === FILES_LIMIT)?.value ?? Number.POSITIVE_INFINITY;
      return room >= bytes && (retentionDays === 0 || ttlSeconds <= retentionDays * DAY_SECONDS);
    });
    return able
      .map((host) => ({ host, place: random() }))
      .sort((a, b) => a.place - b.place)
      .map(({ host }) => host);
  }

  async #ask({ id, origin }: WatchedHost, { bytes, ttlSeconds }: FileWish): Promise<Bytes | undefined> {
    const { desk, prober, metrics } = this.#deps;
    if (id === undefined) return undefined;
    const wish = { service: FILES, units: 1, ttlSeconds, maxBytes: bytes };
    const body = await desk.issue(fromHex(id) as Bytes, wish);
    metrics.vouchersAsked += 1;
    const headers = { 'Content-Type': 'application/octet-stream', 'X-Archipel-For': 'create' };
    const answer = await prober.post(`${origin}/.well-known/archipel/voucher`, { body, headers });
    const isGranted = answer.kind !== 'failure' && answer.status === OK && (await desk.isOf(id, answer.body));
    return isGranted ? answer.body : undefined;
  }
}
