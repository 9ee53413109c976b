/** Where a document goes that somebody creates: here while there is room, else to a host that takes it. */
import { type HostFacts, type Placement, Router, type VoucherAnswer, type Wish } from '@archipel/directory';
import type { WatchedHost } from '@archipel/directory/portal';
import type { Prober } from '@archipel/directory/probe';
import type { Bytes, ErrorName, Manifest } from '@archipel/protocol';
import { encodeBase64url, fromHex, mayRetry, toHex } from '@archipel/protocol';
import type { Clock } from '../clock.ts';
import type { ServerConfig } from '../config.ts';
import type { RelayMetrics } from '../metrics.ts';
import { welcomesAnybody } from './admission.ts';
import { Copies, type CopyAnswer } from './copies.ts';
import type { FilePlaces } from './file-places.ts';
import type { Purpose } from './guests.ts';
import type { Peers } from './peers.ts';
import type { Room } from './room.ts';
import type { Served } from './served.ts';
import type { NetworkSettings } from './settings.ts';
import { DOCUMENTS, FILES, type VoucherDesk } from './voucher-desk.ts';

const DAY_SECONDS = 86_400;
const OK = 200;
const UNAVAILABLE = 503;
/** As many as was agreed. */
const TOO_MANY = 429;

export interface PlacesDeps {
  config: ServerConfig;
  network: NetworkSettings;
  id: Bytes;
  room: Room;
  peers: Peers;
  desk: VoucherDesk;
  served: Served;
  files: FilePlaces;
  prober: Pick<Prober, 'post'>;
  clock: Clock;
  random: () => number;
  metrics: RelayMetrics;
  isWritable(): Promise<boolean>;
}

export interface PlaceWish {
  service: string;
  country?: string | undefined;
  host?: string | undefined;
  ttlSeconds: number;
  forward: boolean;
  ticket?: string | undefined;
  /** Of a drop: how large it is, sealed. */
  bytes?: number | undefined;
}

/** What a host is asked for: seconds that it lives, 0 for its default. */
interface LastingWish extends Wish {
  ttlSeconds: number;
}

/** A host as it is told to a page. */
interface PlacedRelay {
  hostId: string;
  url: string;
  name: string;
  country: string;
  retentionDays: number;
  legal: string;
  voucher?: string;
}
export type PlaceAnswer =
  /** `receipt`: with it the page says how the first served it (VOU-4). */
  | { relays: PlacedRelay[]; moved: boolean; receipt: string }
  | { error: 'full'; retryAfterMs: number; ticket?: string | undefined; ahead?: number }
  | { error: 'nobody' }
  /** Of files: why they are not taken. */
  | { error: ErrorName; retryAfterMs: number };

export class Places {
  readonly #deps: PlacesDeps;
  readonly #copies: Copies;
  /** One for all, whatever they ask for: who comes first is first. */
  readonly #router: Router<Bytes, LastingWish>;

  constructor(deps: PlacesDeps) {
    const { clock, random, network, peers } = deps;
    this.#deps = deps;
    this.#router = new Router({ clock, random, book: peers.book, ask: (...asked) => this.#askForRoom(...asked) });
    const agreed = new Set(network.peers.filter(({ copies }) => copies).map(({ id }) => id));
    const hosts = () => peers.present.filter(({ id = '' }) => agreed.has(id));
    this.#copies = new Copies({ clock, random, hosts, ask: (host) => this.#askForCopies(host) });
  }

  async place(wish: PlaceWish): Promise<PlaceAnswer> {
    const { room, desk, served, id, isWritable } = this.#deps;
    if (wish.service === FILES) return this.#placeFiles(wish);
    const fits = this.#isWished(wish);
    // Without a promise a crowd would be sent to the room that is left for one.
    const voucher = fits && room.isOpen && (await isWritable()) ? await desk.keepRoom() : undefined;
    if (voucher !== undefined) {
      return { relays: await this.#withCopy(voucher), moved: false, receipt: served.receiptFor(toHex(id)) };
    }
    const placement = wish.forward ? await this.#elsewhere(wish) : undefined;
    if (placement?.kind === 'placed') return this.#moved(placement);
    if (placement === undefined || placement.reason === 'nobody') {
      return fits ? { error: 'full', retryAfterMs: room.retryMs } : { error: 'nobody' };
    }
    const { comeBackInMs = room.retryMs, ticket, ahead = 0 } = placement.waiting ?? {};
    return { error: 'full', retryAfterMs: comeBackInMs, ticket, ahead };
  }

  async #placeFiles({ bytes = 0, ttlSeconds, forward }: PlaceWish): Promise<PlaceAnswer> {
    const { files, served, id, room } = this.#deps;
    const place = await files.place({ bytes, ttlSeconds, forward });
    if (place.kind === 'here') return { relays: [this.#own()], moved: false, receipt: served.receiptFor(toHex(id)) };
    if (place.kind === 'refused') return { error: place.error, retryAfterMs: mayRetry(place.error) ? room.retryMs : 0 };
    const { id: host = '', manifest } = place.host;
    if (manifest === undefined) return { error: 'full', retryAfterMs: room.retryMs };
    const relay = { ...relayOf(host, manifest.fact), voucher: encodeBase64url(place.voucher) };
    return { relays: [relay], moved: true, receipt: served.receiptFor(host) };
  }

  #isWished({ service, country, host }: PlaceWish): boolean {
    const { config, id, network } = this.#deps;
    if (service !== DOCUMENTS || !welcomesAnybody(network)) return false;
    return (country ?? config.about.country) === config.about.country && (host ?? toHex(id)) === toHex(id);
  }

  #elsewhere({ service, country, host, ttlSeconds, ticket }: PlaceWish): Promise<Placement<Bytes>> {
    const wish = { service, ...(country !== undefined && { country }), ...(host !== undefined && { host }) };
    return this.#router.place({ ...wish, ttlSeconds }, { ticket });
  }

  async #askForRoom(host: HostFacts, { ttlSeconds }: LastingWish, units: number): Promise<VoucherAnswer<Bytes>> {
    const { retentionDays = 0 } = this.#deps.peers.host(host.id)?.manifest?.fact ?? {};
    if (retentionDays > 0 && ttlSeconds > retentionDays * DAY_SECONDS) return { kind: 'unfit' };
    return this.#ask(host, units, ttlSeconds, 'create');
  }

  async #ask(
    { id, url }: Pick<HostFacts, 'id' | 'url'>,
    units: number,
    ttlSeconds: number,
    purpose: Purpose,
  ): Promise<VoucherAnswer<Bytes>> {
    const { desk, prober, metrics } = this.#deps;
    const body = await desk.issue(fromHex(id) as Bytes, { service: DOCUMENTS, units, ttlSeconds, maxBytes: 0 });
    metrics.vouchersAsked += 1;
    const headers = { 'Content-Type': 'application/octet-stream', 'X-Archipel-For': purpose };
    const answer = await prober.post(`${url}/.well-known/archipel/voucher`, { body, headers });
    if (answer.kind === 'failure') return { kind: 'error' };
    if (answer.status !== OK)
      return { kind: answer.status === UNAVAILABLE || answer.status === TOO_MANY ? 'full' : 'error' };
    return (await desk.isOf(id, answer.body)) ? { kind: 'granted', voucher: answer.body } : { kind: 'error' };
  }

  #moved({ host, voucher }: Extract<Placement<Bytes>, { kind: 'placed' }>): PlaceAnswer {
    const { peers, network, room, served } = this.#deps;
    const manifest = peers.host(host.id)?.manifest?.fact;
    if (manifest === undefined) return { error: 'full', retryAfterMs: room.retryMs };
    const relay = { ...relayOf(host.id, manifest), voucher: encodeBase64url(voucher) };
    const copies = network.peers.some(({ id, copies }) => id === host.id && copies) && !room.isDraining;
    const receipt = served.receiptFor(host.id);
    return { relays: copies ? [relay, this.#own()] : [relay], moved: true, receipt };
  }

  async #withCopy(voucher: Bytes): Promise<PlacedRelay[]> {
    const own = { ...this.#own(), voucher: encodeBase64url(voucher) };
    const { id, manifest } = (await this.#copies.choose()) ?? {};
    return id === undefined || manifest === undefined ? [own] : [own, relayOf(id, manifest.fact)];
  }

  async #askForCopies({ id, origin: url }: WatchedHost): Promise<CopyAnswer> {
    if (id === undefined) return 'error';
    const { kind } = await this.#ask({ id, url }, 1, 0, 'copy');
    return kind === 'unfit' ? 'full' : kind;
  }

  #own(): PlacedRelay {
    const { config, network, id } = this.#deps;
    const { name, country } = config.about;
    const retentionDays = config.maxExpirySeconds / DAY_SECONDS;
    const { url, legal } = network;
    return { hostId: toHex(id), url, name, country: country || 'ZZ', retentionDays, legal };
  }
}

function relayOf(id: string, { url, name, country, retentionDays, legalUrl }: Manifest): PlacedRelay {
  return { hostId: id, url, name, country, retentionDays, legal: legalUrl };
}
