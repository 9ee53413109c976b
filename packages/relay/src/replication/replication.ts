/** The hosts with which this one keeps documents: lines to them, and what each still lacks (protocol §18). */
import { within } from '@archipel/directory';
import type { Bytes, Header, Replica } from '@archipel/protocol';
import { decodeOrder, equal, ORDER_DELETE } from '@archipel/protocol';
import type { LogContext } from '../primitives/log/context.ts';
import type { Document } from '../primitives/log/document.ts';
import { obeyElsewhere } from '../primitives/log/lifecycle.ts';
import type { Mirrors } from '../primitives/log/mirrors.ts';
import { sayReplicas } from '../primitives/log/open.ts';
import type { StoreFailure } from '../store/store.ts';
import type { RelayConnection, RelaySocket } from '../ws/ends.ts';
import { CatchUp } from './catch-up.ts';
import type { DrainPorts, DrainProgress } from './drain.ts';
import { drain } from './drain.ts';
import type { PeerEnds, PeerHost, ReplicationDeps, Self } from './hosts.ts';
import { selfOf } from './hosts.ts';
import type { LinkPorts } from './link.ts';
import { Link } from './link.ts';
import type { Mirror } from './mirror.ts';
import { Neighbour } from './neighbour.ts';
import type { NeighbourState } from './rehoming.ts';
import { Rehoming } from './rehoming.ts';

const CLOSE_NORMAL = 1000;

export class Replication implements Mirrors {
  readonly #context: LogContext;
  readonly #deps: ReplicationDeps;
  readonly #self: Self;
  readonly #neighbours = new Map<string, Neighbour>();
  /** Documents in memory that other hosts hold too. */
  readonly #shared = new Map<Document, readonly string[]>();
  /** The header by which its readers were told last where it is. */
  readonly #toldSeq = new WeakMap<Document, number>();
  readonly #rehoming: Rehoming;
  readonly #links = new Set<Link>();
  #isStopped = false;

  constructor(context: LogContext, deps: ReplicationDeps) {
    this.#context = context;
    this.#deps = deps;
    this.#self = selfOf(deps.identity);
    for (const peer of deps.peers) {
      const catchUp = new CatchUp({
        context,
        ledger: deps.ledger,
        peer,
        open: (document) => this.#open(document, peer.id),
        order: (pending) => this.#neighbours.get(peer.id)?.link?.say(0, { type: 'peerOrder', ...pending }),
      });
      const connect = (ended: () => void): void => this.#connect(peer, ended);
      const told = (): void => this.#tellAll(peer.id);
      this.#neighbours.set(peer.id, new Neighbour({ context, peer, catchUp, connect, told }));
    }
    this.#rehoming = new Rehoming({
      context,
      ledger: deps.ledger,
      self: this.#self,
      neighbours: () => this.#states(),
      share: (docId, host) => this.share(docId, host),
      replaceBlobs: (gone) => this.#deps.blobs?.replace(gone),
    });
  }

  /** Connects to every host that this one works with. */
  start(): void {
    for (const neighbour of this.#neighbours.values()) neighbour.dial();
    this.#rehoming.start();
  }

  stop(): void {
    this.#isStopped = true;
    this.#rehoming.stop();
    for (const neighbour of this.#neighbours.values()) neighbour.stop();
    for (const link of [...this.#links]) link.close();
  }

  /** This host leaves: it takes nothing new, and gives away what it alone holds. */
  async drain(
    list: DrainPorts['list'],
    report: (progress: DrainProgress) => void,
    signal: AbortSignal,
  ): Promise<DrainProgress | StoreFailure> {
    this.#deps.ledger.isDraining = true;
    const { ledger } = this.#deps;
    const ports = { context: this.#context, ledger, neighbours: () => this.#states(), list };
    const choose = (docId: Bytes): string | undefined => this.#rehoming.choose(docId);
    const documents = await drain(
      { ...ports, choose, share: (docId, host) => this.share(docId, host) },
      report,
      signal,
    );
    const { blobs } = this.#deps;
    if (typeof documents === 'string' || blobs === undefined) return documents;
    const drops = await blobs.drain((progress) => report({ ...documents, drops: progress }), signal);
    return drops.total === 0 ? documents : { ...documents, drops };
  }

  /** It stays after all. */
  stay(): void {
    this.#deps.ledger.isDraining = false;
  }

  #states(): NeighbourState[] {
    return [...this.#neighbours.values()];
  }

  /** Resolves when others have what is on disk here, or after a while. */
  async settle(withinMs: number): Promise<void> {
    const level = Promise.all([...this.#links].filter(({ isReady }) => isReady).map((link) => link.level()));
    await within(this.#context.clock, withinMs, level, []);
  }

  /** Another host comes (PEER-1). */
  accept(socket: RelaySocket): RelayConnection {
    const link = this.#link(undefined);
    link.opened({
      send: (frame) => socket.send(frame),
      close: () => socket.close(CLOSE_NORMAL),
      bufferedBytes: () => socket.bufferedBytes(),
    });
    return { receive: (frame) => link.receive(frame), drained: () => link.drained(), closed: () => link.closed() };
  }

  #link(expected: PeerHost | undefined): Link {
    const ports: LinkPorts = {
      context: this.#context,
      deps: this.#deps,
      self: this.#self,
      ready: (link) => this.#ready(link),
      ordered: (link, docId, order) => void this.#obey(link, docId.slice(), order.slice()),
      leftOver: (link, afterMs) => this.#neighbours.get(link.peer.id)?.catchUp.later(afterMs),
      closed: (link) => this.#closed(link),
    };
    const link = new Link(ports, expected);
    this.#links.add(link);
    return link;
  }

  #connect(peer: PeerHost, ended: () => void): void {
    const link = this.#link(peer);
    const ends: PeerEnds = {
      opened: () => link.opened(socket),
      receive: (frame) => link.receive(frame),
      drained: () => link.drained(),
      closed: () => {
        link.closed();
        ended();
      },
    };
    const socket = this.#deps.dial(peer.url, ends);
  }

  /** Something else than a line says that this host is there. */
  hurry(id: string): void {
    this.#neighbours.get(id)?.hurry();
  }

  /** Of two lines between two hosts both keep the one that the host with the lower id dialled. */
  #ready(link: Link): boolean {
    const neighbour = this.#neighbours.get(link.peer.id);
    if (neighbour === undefined || this.#isStopped) return false;
    const before = neighbour.link;
    if (before?.isReady === true && before !== link) {
      const keepsDialled = this.#self.id < link.peer.id;
      if (link.isDialled !== keepsDialled) return false;
      before.close();
    }
    neighbour.reached(link);
    this.#deps.blobs?.reached(link.peer, (message) => link.say(0, message));
    for (const [document, hosts] of this.#shared) if (hosts.includes(link.peer.id)) link.open(document);
    this.#deps.met?.(link.peer.id);
    return true;
  }

  #closed(link: Link): void {
    this.#links.delete(link);
    for (const neighbour of this.#neighbours.values()) {
      if (neighbour.link !== link) continue;
      this.#deps.blobs?.lost(neighbour.peer.id);
      neighbour.lost();
    }
  }

  async #obey(link: Link, docId: Bytes, order: Bytes): Promise<void> {
    const isBlob = await this.#deps.blobs?.obey(docId, order);
    const isDone = isBlob ?? (await obeyElsewhere(this.#context, docId, order));
    // Else it is said again.
    if (!isDone || this.#isStopped) return;
    link.say(0, { type: 'peerOrdered', docId });
    if (isDeletion(order)) this.#deps.ledger.forget(docId);
  }

  get #nowSeconds(): number {
    return Math.floor(this.#context.clock.now() / 1000);
  }

  /** Other hosts by the header and by the ledger, in one order. */
  #hostsOf(docId: Bytes, header: Header): string[] {
    const byHeader = this.#deps.peers.filter(({ hostId }) =>
      header.relays.some((relay) => equal(relay.hostId, hostId)),
    );
    const hosts = new Set([...byHeader.map(({ id }) => id), ...this.#deps.ledger.hostsOf(docId)]);
    return [...hosts].filter((id) => this.#neighbours.has(id));
  }

  creating(docId: Bytes, header: Header): void {
    const hosts = this.#hostsOf(docId, header);
    if (hosts.length > 0) this.#deps.ledger.add(docId, hosts, false, this.#nowSeconds);
  }

  entered(document: Document): void {
    this.#toldSeq.set(document, document.header.seq);
    this.#note(document);
  }

  #note(document: Document): void {
    const hosts = this.#hostsOf(document.docId, document.header);
    if (hosts.length === 0) return void this.#shared.delete(document);
    this.#deps.ledger.add(document.docId, hosts, false, this.#nowSeconds);
    this.#shared.set(document, hosts);
    for (const id of hosts) this.#neighbours.get(id)?.link?.open(document);
  }

  left(document: Document): void {
    this.#eachMirror(document, (mirror) => mirror.close('shutting_down', 0));
    this.#shared.delete(document);
  }

  #eachMirror(document: Document, run: (mirror: Mirror) => void): void {
    for (const id of this.#shared.get(document) ?? []) {
      const mirror = this.#neighbours.get(id)?.link?.mirrorOf(document);
      if (mirror !== undefined) run(mirror);
    }
  }

  committed(document: Document): void {
    for (const id of this.#shared.get(document) ?? []) this.#open(document, id)?.committed();
  }

  /** Undefined: there is no line to that host; it is told when there is (PEER-11). */
  #open(document: Document, id: string): Mirror | undefined {
    const link = this.#neighbours.get(id)?.link;
    return link?.isReady === true ? link.open(document) : undefined;
  }

  changed(document: Document): void {
    const before = this.#shared.get(document)?.join();
    this.#note(document);
    const isRenewed = this.#toldSeq.get(document) !== document.header.seq;
    if (isRenewed || this.#shared.get(document)?.join() !== before) this.#tell(document);
    for (const id of this.#shared.get(document) ?? []) {
      const mirror = this.#open(document, id);
      if (mirror === undefined) this.#deps.ledger.pushed(document.docId, id, -1);
      else mirror.changed();
    }
  }

  live(document: Document, body: Bytes): void {
    this.#eachMirror(document, (mirror) => mirror.live(body));
  }

  ordered(docId: Bytes, order: Bytes): void {
    const hosts = this.#deps.ledger.hostsOf(docId);
    if (hosts.length === 0) return;
    this.#deps.ledger.addOrder(docId, hosts, order);
    if (isDeletion(order)) this.#deps.ledger.forget(docId);
    for (const id of hosts) this.#neighbours.get(id)?.link?.say(0, { type: 'peerOrder', docId, order });
  }

  haveAll(docId: Bytes, before: number): boolean {
    const { clock, config } = this.#context;
    return this.#states().every(({ peer, isReached, awaySinceMs = 0 }) => {
      const pushed = this.#deps.ledger.pushedTo(docId, peer.id);
      const isGone = !isReached && clock.now() - awaySinceMs >= config.limits.hostGoneMs;
      return pushed === undefined || isGone || pushed >= before - 1;
    });
  }

  replicas(document: Document): Replica[] {
    const hosts = this.#shared.get(document) ?? [];
    return hosts.flatMap((id) => {
      const neighbour = this.#neighbours.get(id);
      if (neighbour === undefined) return [];
      const { hostId, url } = neighbour.peer;
      const isListed = document.header.relays.some((relay) => equal(relay.hostId, hostId));
      if (!isListed && this.#isGone(neighbour)) return [];
      return [{ hostId, url, isReached: neighbour.isThere }];
    });
  }

  #isGone({ link, awaySinceMs }: Neighbour): boolean {
    const { clock, config } = this.#context;
    return link?.isReady !== true && clock.now() - (awaySinceMs ?? 0) >= config.limits.hostGoneMs;
  }

  #tellAll(id: string): void {
    for (const [document, hosts] of this.#shared) if (hosts.includes(id)) this.#tell(document);
  }

  #tell(document: Document): void {
    this.#toldSeq.set(document, document.header.seq);
    for (const reader of document.readers) sayReplicas(this.#context, reader);
  }

  /** Keeps a document with one more host from now on; resolves when that has all of it, false when it has not. */
  async share(docId: Bytes, host: string): Promise<boolean> {
    this.#deps.ledger.add(docId, [host], false, this.#nowSeconds);
    const loaded = await this.#context.documents.open(docId);
    if (typeof loaded === 'string') return false;
    const { document } = loaded;
    this.#note(document);
    this.#tell(document);
    const mirror = this.#open(document, host);
    if (mirror === undefined) return false;
    await mirror.level;
    return (this.#deps.ledger.pushedTo(docId, host) ?? 0) >= document.position;
  }
}

function isDeletion(order: Bytes): boolean {
  const decoded = decodeOrder(order);
  return decoded.ok && decoded.value.action === ORDER_DELETE;
}
