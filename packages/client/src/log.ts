/**
 * The sealed log of one document, without any idea of its contents: `append` plaintext, hear verified plaintext of
 * others. It opens the document at the relay, keeps the outbox, resumes by vector, and checks what the relay serves (§10).
 */
import type { Bytes, ClientMessage, ErrorName, Header, LiveType, RelayMessage, Result } from '@archipel/protocol';
import { decodeHeader, fail, LIVE_UPDATE, MAX_RECORD_BYTES } from '@archipel/protocol';
import type { Keys } from '@archipel/protocol/secret';
import type { ChainsContext } from './chains.ts';
import { Comparison } from './comparison.ts';
import type { DocumentStore } from './document-store.ts';
import type { DurableState } from './durable-reader.ts';
import { readDurable } from './durable-reader.ts';
import { Emitter } from './emitter.ts';
import type { Generations } from './generations.ts';
import { HeaderKeeper } from './header-keeper.ts';
import { Heads } from './heads.ts';
import type { Tail } from './inbound.ts';
import { Inbound } from './inbound.ts';
import { Inheritance } from './inheritance.ts';
import type { OpenedMessage, Phase } from './line.ts';
import { Line } from './line.ts';
import type { LogParts } from './log-parts.ts';
import type { LogEvents, LogPorts, LogState, Part } from './log-types.ts';
import { openMessage } from './open-message.ts';
import type { OutboxSession } from './outbox.ts';
import { Outbox } from './outbox.ts';
import { Owner } from './owner.ts';
import { holdsKeyOf, mayAppend } from './part.ts';
import { PendingCreation } from './pending-creation.ts';
import type { RelayBook } from './relay-book.ts';
import type { Reports } from './reports.ts';
import { Sender } from './sender.ts';
import { Writers } from './writers.ts';

export class Log {
  readonly #headers: HeaderKeeper;
  readonly generations: Generations;
  readonly events = new Emitter<LogEvents>();
  readonly store: DocumentStore;
  readonly owner: Owner;
  readonly #ports: LogPorts;
  readonly #reports: Reports;
  readonly #heads: Heads;
  readonly compared: Comparison;
  readonly #book: RelayBook;
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #line: Line;
  #writers: Writers | undefined;
  readonly #inbound: Inbound;
  /** Gets plaintexts that were appended and that no record can hold any more: they are not durable. */
  takeBack: (part: Part, plaintexts: Bytes[]) => Promise<void> = () =>
    Promise.reject(new Error('nobody takes contents back'));
  readonly creation: PendingCreation;
  /** The header that is being verified. */
  #served: Header | undefined;
  /** What is kept here was kept under other links: nothing of it counts as durable before the relay has told all (GEN-4). */
  isRenewed = false;
  /** Of the last record that the relay had when it was opened. */
  position = 0;
  readonly #inheritance: Inheritance;

  private constructor({ keys, store, book, route, ports, reports }: LogParts) {
    this.store = store;
    this.#ports = ports;
    this.#reports = reports;
    reports.listen((report) => this.events.emit('report', report));
    this.#book = book;
    this.#heads = new Heads(store);
    this.creation = new PendingCreation(store);
    const { suite } = ports;
    this.#headers = new HeaderKeeper({ suite, keys, heads: this.#heads, creation: this.creation, reports });
    this.generations = this.#headers.generations;
    this.#inbound = new Inbound({
      suite,
      memory: () => this.#heads.current,
      reports,
      context: () => this.context,
      checkpoint: (contents) => this.events.emit('checkpoint', contents),
      records: (records) => this.events.emit('records', records),
      live: (message) => this.events.emit('live', message),
    });
    this.#outbox = new Outbox(store, ports.locks);
    this.#sender = new Sender({
      ...ports,
      send: (record) => this.#line.send({ type: 'append', record }),
      changed: () => this.events.emit('outbox', undefined),
      report: (report) => this.#reports.add(report),
      closed: (session) =>
        void this.#writers
          ?.sealAgain(session, Math.max(session.acked, session.safe))
          .then(() => this.compared.forgetRetired()),
      reopen: () => this.#line.reopen(false),
      lost: (detail) => this.compared.lost(detail),
    });
    this.#inheritance = new Inheritance({
      ...ports,
      docId: keys.docId,
      keysIn: (gen) => (this.header === undefined ? undefined : this.generations.of(gen, this.header.gen)),
      holdsKeyOf: (part) => this.holdsKeyOf(part),
      outbox: this.#outbox,
      sender: this.#sender,
    });
    this.#line = new Line(route, {
      ...ports,
      creation: () => this.creation.waiting,
      created: (header) => this.#created(header),
      openMessage: (welcome) => openMessage(this.keys, welcome, route.audience, this.#inbound.chains),
      ahead: (message) => this.#ahead(message),
      opened: (message) => this.#opened(message),
      receive: (message) => this.#receive(message),
      receiveAtOnce: (message) => this.#receiveAtOnce(message),
      refused: (error, during) => this.#refused(error, during),
      phase: (phase) => this.#phaseChanged(phase),
    });
    this.compared = new Comparison({
      ...ports,
      heads: this.#heads,
      inbound: this.#inbound,
      sender: this.#sender,
      reports,
      hosts: () => this.hosts,
      canWrite: () => this.canWrite || this.mayAppend('remarks'),
      look: () => this.#line.reopen(true),
      recover: (from) => this.#recover(from),
    });
    this.owner = new Owner(
      () => this.keys,
      ports,
      this.#line,
      () => this.headerBytes,
    );
  }

  static async load(parts: LogParts): Promise<Log> {
    const log = new Log(parts);
    await log.#load();
    return log;
  }

  async #load(): Promise<void> {
    await this.#heads.load();
    await this.creation.load();
    this.isRenewed = !(await this.#headers.load());
    this.#inbound.isRecovering = this.isRenewed;
    this.#writers = await Writers.begin((part) => ({
      part,
      suite: this.#ports.suite,
      keys: () => this.keys,
      outbox: this.#outbox,
      sender: this.#sender,
      chains: () => this.#inbound.chains,
      gen: () => this.header?.gen,
      maxRecordBytes: () => Math.min(MAX_RECORD_BYTES, this.#line.welcome?.maxRecordBytes ?? MAX_RECORD_BYTES),
      sealed: (plaintext, size) => this.#sealed(part, plaintext, size),
      takeBack: (plaintexts) => this.takeBack(part, plaintexts),
      changed: () => this.events.emit('outbox', undefined),
    }));
    if (this.holdsKeyOf('remarks')) await this.#inheritance.take();
  }

  /** What programs that are gone left behind here: records not acknowledged, and edits not sealed. */
  inherited(part: Part): { records: Bytes[]; edits: Bytes[] } {
    return this.#inheritance.contentsOf(part);
  }

  /** The inherited edits lie under this program's own key now. */
  keptInheritedEdits(): Promise<void> {
    return this.#inheritance.keptEdits();
  }

  /** Before `start`: goes on from a cache. */
  restore(state: LogState): void {
    for (const head of state.heads) this.#inbound.chains.set(head);
    this.#inbound.chains.checkpoint = state.checkpoint;
    Object.assign(this.#inbound.tail, state.tail);
    this.#inheritance.extend(this.#inbound.chains);
  }

  start(): void {
    this.#line.attach();
  }

  get state(): LogState {
    return { heads: this.#inbound.chains.heads, checkpoint: this.#inbound.chains.checkpoint, tail: { ...this.tail } };
  }

  get tail(): Readonly<Tail> {
    return this.#inbound.tail;
  }

  /** Tells whether the document's contents are at hand: see `Inbound`. */
  set holdsContents(holds: () => boolean) {
    this.#inbound.holdsContents = holds;
  }

  /** Of the generation of the header. */
  get keys(): Keys {
    return this.generations.keys;
  }

  get canWrite(): boolean {
    return this.mayAppend('text');
  }

  mayAppend(part: Part): boolean {
    return mayAppend(this.keys, this.header, part);
  }

  /** Whether this link is one to write there, whatever the header says. */
  holdsKeyOf(part: Part): boolean {
    return holdsKeyOf(this.keys, part);
  }

  get phase(): Phase {
    return this.#line.phase;
  }

  get header(): Header | undefined {
    return this.#headers.current;
  }

  get headerBytes(): Bytes | undefined {
    return this.#headers.bytes;
  }

  get unacked(): number {
    return this.#sender.unacked + (this.#writers?.waiting ?? 0);
  }

  /** How many relays keep the document, as far as is known. */
  get hosts(): number {
    return this.#book.keepers.length;
  }

  /** How many hosts have every record made here, 1 or 2; undefined when none was made. */
  get copies(): 1 | 2 | undefined {
    return this.hosts > 1 ? this.#sender.copies : 1;
  }

  /** Why the relay does not take our records. */
  get problem(): ErrorName | undefined {
    return this.#sender.problem;
  }

  /** Of this program, in which it goes on writing. */
  get sessions(): Bytes[] {
    return this.#loaded.sessions;
  }

  get context(): ChainsContext | undefined {
    return this.header === undefined ? undefined : this.#contextOf(this.header);
  }

  #contextOf(header: Header): ChainsContext {
    return { suite: this.#ports.suite, ...this.generations.context(header) };
  }

  get #loaded(): Writers {
    if (this.#writers === undefined) throw new Error('a log is loaded before it is used');
    return this.#writers;
  }

  /** The record is on this machine's disk when it resolves; `unacked` tells when the relay has it. */
  async append(part: Part, plaintext: Bytes): Promise<Result<void>> {
    return (this.mayAppend(part) && this.#loaded[part]?.append(plaintext)) || fail('not_allowed');
  }

  /** Sent when connected, else lost. */
  async sendLive(type: LiveType, plaintext: Bytes): Promise<void> {
    if (!this.#line.isOpen || (type === LIVE_UPDATE && !this.canWrite)) return;
    const live = await this.#loaded.text.sealLive(type, plaintext);
    if (live !== undefined) this.#line.send({ type: 'live', live });
  }

  savePending(part: Part, update: Bytes | undefined): Promise<void> {
    return this.#loaded.savePending(part, update);
  }

  send(message: ClientMessage): void {
    this.#line.send(message);
  }

  get maxCheckpointBytes(): number {
    return this.#line.welcome?.maxCheckpointBytes ?? 0;
  }

  /** What the relay holds now, read from nothing on a channel of its own. Errors: reports as codes, `unavailable`. */
  async readDurable(): Promise<Result<DurableState>> {
    const { context } = this;
    const { socket } = this.#line.route;
    if (context === undefined || socket === undefined) return fail('unavailable');
    return readDurable(this.#ports.connect(socket), context);
  }

  /** Address of the relay that answers `requestHistory`: positions are its own. Undefined when there is none. */
  get servedBy(): string | undefined {
    return this.#line.isOpen ? this.#line.route.socket : undefined;
  }

  requestHistory(from: number, limit: number): Promise<RelayMessage | undefined> {
    return new Promise((resolve) => this.#line.request({ type: 'history', from, limit }, resolve));
  }

  /** Before the relay has it: this header creates the document when the relay is reached. */
  async create(header: Bytes, voucher?: Bytes): Promise<void> {
    this.#headers.current = await this.creation.ask(header, voucher);
    this.events.emit('header', this.#headers.current);
  }

  /** Lets go of the relay until `retry`. */
  stop(): void {
    this.#line.stop();
  }

  /** After a refusal. */
  retry(): void {
    this.#line.retry();
    if (this.phase === 'live') this.#sender.start();
  }

  /** The person takes what the relay has, though this browser has seen more. */
  acceptOlder(): void {
    this.#inbound.acceptsOlder = true;
    this.compared.acceptOlder();
    this.#line.retry();
    this.#line.reopen(true);
  }

  /** The cache holds this state now: writes the head memory, and removes from the outbox what the cache covers. */
  async saved(state: LogState): Promise<void> {
    this.compared.remember(state.heads);
    await this.#heads.save();
    const isRetired = (session: Bytes): boolean => this.compared.isRetired(session);
    const { hosts, sessions: current } = this;
    await this.#sender.prune(this.#outbox, { heads: state.heads, hosts, current, isRetired });
  }

  /** Sessions stay in the outbox for the next program; their locks end here. */
  async close(): Promise<void> {
    await this.#writers?.idle();
    this.#line.detach();
    this.compared.stop();
    this.#sender.stop();
    for (const { release } of this.#sender.sessions) release();
    this.#inheritance.release();
    this.events.clear();
  }

  #sealed(part: Part, plaintext: Bytes, size: number): void {
    this.#inbound.count(1, size);
    this.events.emit('sealed', { part, plaintext });
    this.events.emit('outbox', undefined);
  }

  async #created(header: Bytes | undefined): Promise<void> {
    if (!this.creation.isWaiting) return;
    const created = await this.#headers.created(header);
    await this.creation.done();
    if (created !== undefined) this.events.emit('header', created);
    this.events.emit('created', undefined);
  }

  /** What comes does not wait for its header to be verified, or for what came before; only that it is applied does. */
  #ahead(message: RelayMessage): void {
    if (message.type === 'opened') {
      const header = decodeHeader(message.header);
      this.#served = header.ok ? header.value : undefined;
      return;
    }
    const likely = this.#served ?? this.header;
    // Before an owner's keys are those of its generation, what is sealed in it does not open.
    const isEarly = likely?.gen !== (this.keys.gen ?? likely?.gen);
    if (likely !== undefined && !isEarly) this.#inbound.prepare(this.#contextOf(likely), message);
  }

  async #opened(message: OpenedMessage): Promise<void> {
    this.#inbound.isSealedOff = false;
    this.#inbound.chains.forgetPassed();
    await this.compared.enter(this.#line.route.audience, message.vector);
    await this.#acceptHeader(message.header);
    this.#served = undefined;
    if (this.phase === 'stopped' || this.compared.opened(message)) return;
    this.position = message.position;
    this.events.emit('peers', message.connections);
  }

  async #acceptHeader(served: Bytes): Promise<void> {
    const error = await this.#headers.accept(served);
    if (error !== undefined) return this.#stopFor(error);
    if (this.header) this.#writers?.renew(this.header.gen);
    if (this.header) this.events.emit('header', this.header);
  }

  /** CHK-4: the relay lost what it had. It tells all it has, and whoever holds more appends the difference. */
  #recover(from: (session: OutboxSession) => number): void {
    this.#inbound.restart();
    this.events.emit('reset', undefined);
    for (const session of [...this.#sender.sessions]) void this.#writers?.sealAgain(session, from(session));
    this.#line.reopen(true);
  }

  #receiveAtOnce(message: RelayMessage): boolean {
    if (message.type === 'ack') this.#sender.acked(message.session, message.have, message.level);
    else if (message.type === 'peers') this.events.emit('peers', message.connections);
    else if (message.type === 'ended') this.#end(message.reason);
    else if (message.type === 'checkpointMade') this.#checkpointMade(message.seq);
    else if (message.type === 'refused') this.#refusedOnChannel(message);
    else if (message.type === 'erased') this.owner.answered(message);
    else if (message.type === 'replicas') this.events.emit('replicas', message.replicas);
    else return false;
    return true;
  }

  #refusedOnChannel(message: Extract<RelayMessage, { type: 'refused' }>): void {
    const { refused, error, retryAfterMs, session, n } = message;
    if (refused === 'append' && session && n !== undefined) this.#sender.refused({ session, n, error, retryAfterMs });
    else if (refused === 'header' || refused === 'order') this.owner.answered(message);
    else if (refused === 'checkpoint') this.events.emit('checkpointMade', 0);
    else if (refused === 'askStatement') this.events.emit('statement', error);
  }

  async #receive(message: RelayMessage): Promise<void> {
    if (message.type === 'records') await this.#onRecords(message.records);
    else if (message.type === 'liveData') await this.#inbound.live(message.live);
    else if (message.type === 'checkpointData') await this.#onCheckpoint(message.checkpoint);
    else if (message.type === 'caughtUp') this.#onCaughtUp();
    else if (message.type === 'statement') this.events.emit('statement', message.fact);
    else if (message.type === 'headerData') {
      await this.#acceptHeader(message.header);
      this.owner.answered(message);
    }
  }

  async #onRecords(records: Bytes[]): Promise<void> {
    const verdict = await this.#inbound.records(records, this.phase === 'live' && this.hosts < 2);
    if (verdict === 'gap') this.#line.reopen(false);
    else if (verdict === 'good' && this.phase === 'live') this.#line.calm();
  }

  async #onCheckpoint(bytes: Bytes): Promise<void> {
    if (!(await this.#inbound.checkpoint(bytes))) this.#stopFor('relay_stale');
  }

  #stopFor(error: ErrorName): void {
    this.#line.stop();
    this.events.emit('error', error);
  }

  #onCaughtUp(): void {
    // GEN-2: the owner's browser has not come to it yet.
    if (this.#inbound.isSealedOff) return this.#line.reopen(false);
    if (this.compared.caughtUp()) return;
    this.#inbound.isRecovering = false;
    this.isRenewed = false;
    this.#inbound.acceptsOlder = false;
    this.#line.caughtUp();
    this.#sender.start();
    if (this.#headers.isBehind && this.headerBytes) this.owner.resend(this.headerBytes);
  }

  #checkpointMade(seq: number): void {
    this.#inbound.clearTail();
    this.events.emit('checkpointMade', seq);
    // What we cannot open is in it.
    if (seq > 0 && this.#inbound.chains.hasPassedOver()) this.#line.reopen(true);
  }

  #refused(error: ErrorName, during: 'create' | 'open'): void {
    // Of a creation it is the voucher's time that is over.
    const isOver = during === 'open' && (error === 'expired' || error === 'deleted' || error === 'removed');
    if (isOver) this.#end(error);
    else this.events.emit('error', error);
  }

  #end(reason: 'expired' | 'deleted' | 'removed'): void {
    this.owner.answered({ type: 'ended', reason });
    this.#line.stop();
    this.events.emit('ended', reason);
  }

  #phaseChanged(phase: Phase): void {
    if (phase !== 'live') this.#sender.stop();
    if (phase !== 'live') this.compared.stop();
    const isConnected = phase === 'catchingUp' || phase === 'live';
    if (!isConnected) this.owner.answered(undefined);
    if (!isConnected) this.events.emit('peers', 0);
    this.events.emit('phase', phase);
  }
}
