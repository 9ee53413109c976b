/** Keeps blobs together with other hosts (COPY-1 to COPY-11): on two of them, as long as there is another one that takes it. */
import { timingSafeEqual } from 'node:crypto';
import type { Bytes, PeerBlobMessage, Result } from '@archipel/protocol';
import { BLOB_PASS_BYTES, checkBlobHeader, decodeOrder, ORDER_DELETE, toHex, verifyOrder } from '@archipel/protocol';
import type { Timer } from '../../clock.ts';
import type { BlobMirrors, BlobReplica, CountView } from '../../primitives/blob/mirrors.ts';
import { NotWrittenError } from '../../store/admissions.ts';
import type { StoredBlob } from '../../store/blobs.ts';
import type { DrainProgress } from '../drain.ts';
import { Borrowing } from './borrowing.ts';
import { Choice } from './choice.ts';
import type { KeepingDeps, PeerLine } from './context.ts';
import { Counting } from './counting.ts';
import { drainBlobs } from './drain.ts';
import { Intake } from './intake.ts';
import { Pull } from './pull.ts';

/** How often others are told how far an upload is. */
const TELL_MS = 200;
/** What has no second host is looked at again. */
const LOOK_MS = 60_000;
const PAGE = 200;

type Line = PeerLine & { pull: Pull; borrowing: Borrowing };

export class BlobKeeping implements BlobMirrors {
  readonly #deps: KeepingDeps;
  readonly #lines = new Map<string, Line>();
  readonly #counting: Counting;
  readonly #choice: Choice;
  readonly #intake: Intake;
  /** Of what was told a moment ago: whether there is more to tell. */
  readonly #telling = new Map<string, { timer: Timer; hasMore: boolean }>();
  /** Whoever waits for one of them to get on. */
  readonly #watchers = new Map<string, Set<() => void>>();
  #looking: Timer | undefined;
  #isStopped = false;

  constructor(deps: KeepingDeps) {
    this.#deps = deps;
    this.#counting = new Counting(deps, this.#lines);
    this.#choice = new Choice(deps, this.#lines);
    this.#intake = new Intake(deps);
    this.#lookLater();
  }

  #lookLater(): void {
    this.#looking = this.#deps.clock.setTimeout(() => {
      void this.#pageOver(
        (after) => this.#deps.store.copies.alone(after, PAGE),
        (blobId) => this.#tell(blobId),
      );
      this.#lookLater();
    }, LOOK_MS);
  }

  stop(): void {
    this.#isStopped = true;
    this.#deps.clock.clearTimeout(this.#looking);
    for (const { timer } of this.#telling.values()) this.#deps.clock.clearTimeout(timer);
    for (const id of [...this.#lines.keys()]) this.lost(id);
  }

  /** There is a line to this host. */
  reached(peer: PeerLine['peer'], say: PeerLine['say']): void {
    const { random, store } = this.#deps;
    const line: PeerLine = { peer, say, pass: random(BLOB_PASS_BYTES), theirPass: undefined };
    const pull = new Pull(
      {
        deps: this.#deps,
        reached: (blobId) => this.#progressed(blobId),
        refused: (docId, to, error, retryAfterMs) => {
          this.#deps.metrics.countRefused(error);
          to.say({ type: 'blobRefused', docId, error, retryAfterMs });
        },
      },
      line,
    );
    this.#lines.set(peer.id, Object.assign(line, { pull, borrowing: new Borrowing(this.#deps, line) }));
    for (const blobId of store.copies.giving(peer.id)) this.#sayCount(blobId, line);
    for (const blobId of store.copies.spent(peer.id)) sayOver(blobId, line);
    this.#counting.tellAgain(line);
    void this.#pageOver(
      (after) => store.copies.behind(peer.id, after, PAGE),
      (blobId) => this.#offer(blobId, line),
    );
    // With this it has the pass by which it asks for a share of what is counted here.
    void this.#pageOver(
      (after) => store.copies.lendable(peer.id, after, PAGE),
      (blobId) => this.#offer(blobId, line),
    );
    void this.#pageOver(
      (after) => store.copies.alone(after, PAGE),
      (blobId) => this.#tell(blobId),
    );
  }

  lost(id: string): void {
    const line = this.#lines.get(id);
    if (line === undefined) return;
    line.pull.stop();
    line.borrowing.stop();
    this.#counting.lost(id);
    this.#lines.delete(id);
  }

  /** A page after the other, so that nobody waits. */
  async #pageOver(page: (after: Bytes | undefined) => Bytes[], run: (blobId: Bytes) => void): Promise<void> {
    for (let after: Bytes | undefined; !this.#isStopped; ) {
      const ids = page(after);
      for (const blobId of ids) void this.#attempt(() => run(blobId));
      after = ids.at(-1);
      if (ids.length < PAGE) return;
      await new Promise<void>((resolve) => this.#deps.clock.setTimeout(resolve, 0));
    }
  }

  #alive(blobId: Bytes): StoredBlob | undefined {
    const { blobs, store } = this.#deps;
    const found = blobs.judge(blobId, store.find(blobId));
    return found.ok ? found.value : undefined;
  }

  changed(blobId: Bytes): void {
    const key = toHex(blobId);
    const told = this.#telling.get(key);
    if (told !== undefined) {
      told.hasMore = true;
      return;
    }
    if (this.#isStopped) return;
    const timer = this.#deps.clock.setTimeout(() => {
      const hasMore = this.#telling.get(key)?.hasMore === true;
      this.#telling.delete(key);
      if (hasMore) this.changed(blobId);
    }, TELL_MS);
    this.#telling.set(key, { timer, hasMore: false });
    void this.#attempt(() => this.#tell(blobId));
  }

  /** Others hear how far it is here; one that nobody has yet finds its second host. */
  #tell(blobId: Bytes): void {
    const blob = this.#alive(blobId);
    if (blob === undefined) return;
    const { store, blobs } = this.#deps;
    const copies = store.copies.of(blobId);
    const offset = blobs.reached(blob);
    for (const { host, seq, has } of copies) {
      const line = this.#lines.get(host);
      if (line === undefined || has < 0) continue;
      if (seq === blob.seq) line.say({ type: 'blobHas', docId: blobId, offset, seq });
      else this.#offer(blobId, line);
    }
    if (copies.every(({ has }) => has < 0)) this.share(blobId);
  }

  /** With one more host from now on: its id. Undefined: there is none. */
  share(blobId: Bytes): string | undefined {
    const line = this.#choice.choose(blobId);
    if (line === undefined || this.#alive(blobId) === undefined) return undefined;
    this.#deps.store.copies.add(blobId, line.peer.id, false, this.#nowSeconds);
    this.#offer(blobId, line);
    return line.peer.id;
  }

  get #nowSeconds(): number {
    return Math.floor(this.#deps.clock.now() / 1000);
  }

  #offer(docId: Bytes, { say, pass }: PeerLine): void {
    const blob = this.#alive(docId);
    if (blob === undefined) return;
    say({ type: 'blobOffer', docId, pass, offset: this.#deps.blobs.reached(blob), header: blob.header });
  }

  #sayCount(docId: Bytes, { say }: PeerLine): void {
    const blob = this.#alive(docId);
    const { lent, lost } = this.#deps.store.copies.partsOf(docId);
    if (blob !== undefined) say({ type: 'blobCount', docId, taken: blob.taken + lent + lost });
  }

  #progressed(blobId: Bytes): void {
    this.changed(blobId);
    for (const { borrowing } of this.#lines.values()) borrowing.want(blobId);
    for (const run of this.#watchers.get(toHex(blobId)) ?? []) run();
  }

  /** What another host says. */
  hear(from: string, view: PeerBlobMessage): void {
    const line = this.#lines.get(from);
    if (line === undefined) return;
    const message = ownBytes(view);
    void this.#attempt(() => this.#hear(line, message));
  }

  /** What the disk does not take is as if it had not been said: the other says it again when they meet. */
  async #attempt(work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (error) {
      // What was under way when the host stopped finds its store closed.
      if (this.#isStopped) return;
      if (!(error instanceof NotWrittenError)) throw error;
      this.#deps.log.warn({}, 'the disk did not take what is known of blobs on other hosts');
    }
  }

  #hear(line: Line, message: PeerBlobMessage): unknown {
    const { docId } = message;
    if (message.type === 'blobOffer') return this.#onOffer(line, message);
    if (message.type === 'blobHas') return this.#onHas(line, docId, message.offset, message.seq);
    if (message.type === 'blobRefused') return this.#onRefused(line, message);
    if (message.type === 'blobCount') return this.#onCount(line, docId, message.taken);
    if (message.type === 'blobDone') return this.#onDone(line, docId);
    return this.#counting.hear(line, message);
  }

  async #onOffer(line: Line, offer: Extract<PeerBlobMessage, { type: 'blobOffer' }>): Promise<void> {
    line.theirPass = offer.pass;
    const { docId, offset } = offer;
    const { error, seq } = await this.#intake.offered(line.peer, offer);
    if (this.#lines.get(line.peer.id) !== line) return;
    if (error !== undefined) return line.say({ type: 'blobRefused', docId, error, retryAfterMs: 0 });
    const blob = this.#alive(docId);
    if (blob === undefined) return;
    this.#onHas(line, docId, offset, seq);
    const reached = this.#deps.blobs.reached(blob);
    if (reached > offset || blob.seq > seq) this.#offer(docId, line);
    else line.say({ type: 'blobHas', docId, offset: reached, seq: blob.seq });
  }

  #onHas(line: Line, blobId: Bytes, offset: number, seq: number): void {
    const { store, blobs } = this.#deps;
    const copy = store.copies.find(blobId, line.peer.id);
    const blob = this.#alive(blobId);
    if (copy === undefined || blob === undefined) return;
    const has = Math.min(offset, blob.length);
    if (copy.has !== has || copy.seq !== seq) store.copies.put(blobId, line.peer.id, has, seq);
    if (has > blobs.reached(blob)) line.pull.want(blobId, has);
    line.borrowing.want(blobId);
    for (const run of this.#watchers.get(toHex(blobId)) ?? []) run();
  }

  async #onRefused(line: Line, message: Extract<PeerBlobMessage, { type: 'blobRefused' }>): Promise<void> {
    const { docId: blobId, error, retryAfterMs } = message;
    const { store, blobs } = this.#deps;
    const copy = store.copies.find(blobId, line.peer.id);
    if (copy === undefined) return;
    if (error === 'downloads_spent') {
      const blob = store.find(blobId);
      // Whoever counts knows; a host that counts itself believes nobody.
      if (blob !== undefined && !blob.counts && this.#alive(blobId) !== undefined) await blobs.end(blobId, 'spent');
      return line.say({ type: 'blobDone', docId: blobId });
    }
    this.#choice.refused(blobId, line.peer.id, retryAfterMs);
    // It keeps what it has, and takes the rest when there is room (COPY-8); another one may take all of it.
    if (error === 'disk_full' && retryAfterMs > 0) return this.#shareBeside(blobId, line.peer.id);
    if (copy.has > 0) store.copies.put(blobId, line.peer.id, -1, copy.seq);
    else store.copies.drop(blobId, line.peer.id);
    this.#tell(blobId);
    for (const run of this.#watchers.get(toHex(blobId)) ?? []) run();
  }

  #shareBeside(blobId: Bytes, host: string): void {
    const others = this.#deps.store.copies.of(blobId).filter((copy) => copy.host !== host && copy.has >= 0);
    if (!others.some((copy) => this.#lines.has(copy.host))) this.share(blobId);
  }

  #onCount(line: Line, docId: Bytes, taken: number): void {
    const { store } = this.#deps;
    if (store.copies.find(docId, line.peer.id) === undefined) return;
    if (this.#alive(docId) !== undefined) store.copies.receiveCount(docId, line.peer.id, taken);
    line.say({ type: 'blobDone', docId });
  }

  #onDone(line: Line, blobId: Bytes): void {
    const { store } = this.#deps;
    if (store.find(blobId)?.state === 'spent') store.copies.drop(blobId, line.peer.id);
    else store.copies.countGiven(blobId, line.peer.id);
    for (const run of this.#watchers.get(toHex(blobId)) ?? []) run();
  }

  ordered(blobId: Bytes, order: Bytes): void {
    const hosts = this.#deps.store.copies.of(blobId).map(({ host }) => host);
    if (hosts.length === 0) return;
    this.#deps.ledger.addOrder(blobId, hosts, order);
    for (const host of hosts) this.#lines.get(host)?.say({ type: 'peerOrder', docId: blobId, order });
  }

  /** PEER-9. Undefined: it is no blob of this host. False: it is to be said again. */
  async obey(docId: Bytes, bytes: Bytes): Promise<boolean | undefined> {
    const { store, blobs, verify } = this.#deps;
    const known = store.find(docId);
    if (known === undefined) return undefined;
    const blob = this.#alive(docId);
    const order = decodeOrder(bytes);
    if (blob === undefined || !order.ok || order.value.action !== ORDER_DELETE) return true;
    const header = await checkBlobHeader(docId, blob.header, verify);
    if (!header.ok || !(await verifyOrder(verify, header.value.owner, docId, bytes))) return true;
    return (await blobs.end(docId, 'deleted')).ok;
  }

  spent(blobId: Bytes): void {
    for (const { host } of this.#deps.store.copies.of(blobId)) {
      const line = this.#lines.get(host);
      if (line !== undefined) sayOver(blobId, line);
    }
  }

  gave(blobId: Bytes, ticket: Bytes, until: number): Promise<void> {
    return this.#counting.gave(blobId, ticket, until);
  }

  take(blob: StoredBlob, ticket: Bytes): Promise<Result<number>> {
    return this.#counting.take(blob, ticket);
  }

  get hostId(): Bytes {
    return this.#deps.hostId;
  }

  counting(blob: StoredBlob): CountView | undefined {
    return this.#counting.view(blob, this.hostId);
  }

  lend(blobId: Bytes, host: string, have: number): number | undefined {
    return this.#deps.store.copies.lend(blobId, host, have);
  }

  replicas(blobId: Bytes): BlobReplica[] {
    const { store, peers } = this.#deps;
    const length = store.find(blobId)?.length ?? 0;
    return store.copies.of(blobId).flatMap(({ host, has }) => {
      const url = peers.find(({ id }) => id === host)?.url;
      return url === undefined || has < 0 ? [] : [{ url, isWhole: has === length }];
    });
  }

  readerOf(blobId: Bytes, pass: Bytes): string | undefined {
    for (const line of this.#lines.values()) {
      const isTheirs = pass.length === line.pass.length && timingSafeEqual(pass, line.pass);
      if (isTheirs) return this.#deps.store.copies.find(blobId, line.peer.id)?.host;
    }
    return undefined;
  }

  /** Whether another host that is reached has as much of it as this one. */
  isLevel(blobId: Bytes): boolean {
    const blob = this.#alive(blobId);
    if (blob === undefined) return true;
    const reached = this.#deps.blobs.reached(blob);
    return this.#deps.store.copies.of(blobId).some(({ host, has }) => has >= reached && this.#lines.has(host));
  }

  /** Runs whenever another host says something of how far it has this blob; what it returns ends that. */
  watch(blobId: Bytes, run: () => void): () => void {
    const key = toHex(blobId);
    const runs = this.#watchers.get(key) ?? new Set();
    this.#watchers.set(key, runs.add(run));
    return () => {
      runs.delete(run);
      if (runs.size === 0) this.#watchers.delete(key);
    };
  }

  /** The right to count goes to a host that has all of it and is reached; false: there is none. */
  giveCount(blobId: Bytes): boolean {
    const blob = this.#alive(blobId);
    const copy = this.#deps.store.copies.of(blobId).find(({ host, has }) => {
      return has === blob?.length && this.#lines.has(host);
    });
    if (copy === undefined) return false;
    const line = this.#lines.get(copy.host) as PeerLine;
    if (this.#deps.store.copies.giveCount(blobId, copy.host)) this.#sayCount(blobId, line);
    return true;
  }

  /** COPY-6: every blob is on another host that is reached, and counted there, as far as there are hosts that take them. */
  drain(report: (progress: DrainProgress) => void, signal: AbortSignal): Promise<DrainProgress> {
    return drainBlobs(this, this.#deps, report, signal);
  }

  /** Blobs that this host and one that is gone have alone are kept with another one, too. */
  async replace(gone: string): Promise<void> {
    const { store } = this.#deps;
    const isAlone = (blobId: Bytes): boolean => !store.copies.of(blobId).some(({ host }) => this.#lines.has(host));
    await this.#pageOver(
      (after) => store.copies.with(gone, after, PAGE),
      (blobId) => {
        if (isAlone(blobId)) this.share(blobId);
      },
    );
  }
}

/** What came is a part of a frame that is read into again. */
function ownBytes<T extends PeerBlobMessage>(message: T): T {
  const fields = Object.entries(message).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? value.slice() : value,
  ]);
  return Object.fromEntries(fields) as T;
}

function sayOver(docId: Bytes, { say }: PeerLine): void {
  say({ type: 'blobRefused', docId, error: 'downloads_spent', retryAfterMs: 0 });
}
