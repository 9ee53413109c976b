/**
 * The sealed log of one document, without any idea of its contents: `append` plaintext, hear verified plaintext of
 * others. It opens the document at the relay, keeps the outbox, resumes by vector, and checks what the relay serves (§10).
 */
import type { Bytes, ErrorName, Header, LiveType, RelayMessage, Result, Welcome } from '@archipel/protocol';
import { decodeHeader, equal, fail, LIVE_UPDATE, MAX_RECORD_BYTES, recordHash } from '@archipel/protocol';
import type { Keys } from '@archipel/protocol/secret';
import { openRecord, prove } from '@archipel/protocol/secret';
import type { ChainsContext } from './chains.ts';
import { Chains } from './chains.ts';
import type { Connection } from './connection.ts';
import type { DocumentStore } from './document-store.ts';
import type { DurableState } from './durable-reader.ts';
import { readDurable } from './durable-reader.ts';
import { Emitter } from './emitter.ts';
import { HeadMemory } from './head-memory.ts';
import { judgeHeader } from './header-check.ts';
import type { Tail } from './inbound.ts';
import { Inbound } from './inbound.ts';
import type { OpenedMessage, OpenMessage, Phase } from './line.ts';
import { Line } from './line.ts';
import type { LogEvents, LogPorts, LogState } from './log-types.ts';
import type { Orphans } from './outbox.ts';
import { Outbox } from './outbox.ts';
import { Owner } from './owner.ts';
import type { Reports } from './reports.ts';
import { Sender } from './sender.ts';
import { Writer } from './writer.ts';

const CREATE = 'create';

export class Log {
  readonly keys: Keys;
  readonly events = new Emitter<LogEvents>();
  readonly store: DocumentStore;
  readonly owner: Owner;
  readonly #ports: LogPorts;
  readonly #reports: Reports;
  readonly #memory: HeadMemory;
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #line: Line;
  #writer: Writer | undefined;
  readonly #inbound: Inbound;
  /** Gets plaintexts that were appended and that no record can hold any more: they are not durable. */
  takeBack: (plaintexts: Bytes[]) => Promise<void> = () => Promise.reject(new Error('nobody takes contents back'));
  #header: Header | undefined;
  #creation: Bytes | undefined;
  /** The header that is being verified. */
  #served: Header | undefined;
  #isHeaderBehind = false;
  #orphans: Orphans | undefined;

  private constructor(keys: Keys, store: DocumentStore, connection: Connection, ports: LogPorts, reports: Reports) {
    this.keys = keys;
    this.store = store;
    this.#ports = ports;
    this.#reports = reports;
    reports.listen((report) => this.events.emit('report', report));
    this.#memory = new HeadMemory(store);
    this.#inbound = new Inbound({
      suite: ports.suite,
      memory: this.#memory,
      reports,
      context: () => this.context,
      checkpoint: (plaintext) => this.events.emit('checkpoint', plaintext),
      records: (records) => this.events.emit('records', records),
      live: (message) => this.events.emit('live', message),
    });
    this.#outbox = new Outbox(store, ports.locks);
    this.#sender = new Sender({
      ...ports,
      send: (record) => this.#line.send({ type: 'append', record }),
      changed: () => this.events.emit('outbox', undefined),
      report: (report) => this.#reports.add(report),
      closed: (session) => void this.#writer?.sealAgain(session, session.acked).then(() => this.#forgetRetired()),
      reopen: () => this.#line.reopen(false),
      lost: (detail) => {
        this.#reports.add({ code: 'relay_stale', rule: 'CHK-4', detail });
        this.#recover();
      },
    });
    this.#line = new Line(connection, {
      ...ports,
      creation: () => this.#creation,
      created: (header) => this.#created(header),
      openMessage: (welcome) => this.#openMessage(welcome, this.#inbound.chains.checkpoint?.seq ?? 0),
      ahead: (message) => this.#ahead(message),
      opened: (message) => this.#opened(message),
      receive: (message) => this.#receive(message),
      receiveAtOnce: (message) => this.#receiveAtOnce(message),
      refused: (error) => this.#refused(error),
      phase: (phase) => this.#phaseChanged(phase),
    });
    this.owner = new Owner(keys, ports, this.#line, () => this.headerBytes);
  }

  static async load(
    keys: Keys,
    store: DocumentStore,
    connection: Connection,
    ports: LogPorts,
    reports: Reports,
  ): Promise<Log> {
    const log = new Log(keys, store, connection, ports, reports);
    await log.#load();
    return log;
  }

  async #load(): Promise<void> {
    const { keys } = this;
    await this.#memory.load();
    this.#creation = await this.store.get(CREATE);
    const header = this.#memory.header ?? this.#creation;
    const decoded = header === undefined ? undefined : decodeHeader(header);
    if (decoded?.ok) this.#header = decoded.value;
    this.#writer = await Writer.begin({
      suite: this.#ports.suite,
      keys,
      outbox: this.#outbox,
      sender: this.#sender,
      chains: () => this.#inbound.chains,
      gen: () => this.#header?.gen,
      maxRecordBytes: () => Math.min(MAX_RECORD_BYTES, this.#line.welcome?.maxRecordBytes ?? MAX_RECORD_BYTES),
      sealed: (plaintext, size) => this.#sealed(plaintext, size),
      takeBack: (plaintexts) => this.takeBack(plaintexts),
      changed: () => this.events.emit('outbox', undefined),
    });
    if (this.canWrite) await this.#takeOrphans();
  }

  async #takeOrphans(): Promise<void> {
    this.#orphans = await this.#outbox.takeOrphans(async (bytes) => {
      const opened = await openRecord(this.#ports.suite, this.keys, this.keys.docId, bytes);
      return opened.ok ? opened.value : undefined;
    });
    const own = this.#sender.sessions.slice();
    for (const session of own) this.#sender.remove(session);
    for (const session of [...this.#orphans.sessions, ...own]) this.#sender.add(session);
  }

  /** What programs that are gone left behind here: records not acknowledged, and edits not sealed. */
  get inherited(): { records: Bytes[]; edits: Bytes[] } {
    const entries = (this.#orphans?.sessions ?? []).flatMap(({ entries: list }) => list);
    return {
      records: entries.flatMap(({ plaintext }) => (plaintext === undefined ? [] : [plaintext])),
      edits: this.#orphans?.pending ?? [],
    };
  }

  /** The inherited edits lie under this program's own key now. */
  async keptInheritedEdits(): Promise<void> {
    if (this.#orphans !== undefined) await this.#outbox.forgetPending(this.#orphans);
  }

  /** Before `start`: goes on from a cache. */
  restore(state: LogState): void {
    for (const head of state.heads) this.#inbound.chains.set(head);
    this.#inbound.chains.checkpoint = state.checkpoint;
    Object.assign(this.#inbound.tail, state.tail);
    for (const { session, entries } of this.#orphans?.sessions ?? []) {
      for (const { n, previous, bytes } of entries) {
        if ((this.#inbound.chains.head(session)?.have ?? 0) !== n) continue;
        this.#inbound.chains.set({ session, have: n + 1, hash: recordHash(this.keys.docId, previous, bytes) });
      }
    }
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

  get canWrite(): boolean {
    return this.keys.editSigner !== undefined;
  }

  get phase(): Phase {
    return this.#line.phase;
  }

  get header(): Header | undefined {
    return this.#header;
  }

  get headerBytes(): Bytes | undefined {
    return this.#memory.header ?? this.#creation;
  }

  /** A header waits for the relay to create the document. */
  get isCreating(): boolean {
    return this.#creation !== undefined;
  }

  get unacked(): number {
    return this.#sender.unacked + (this.#writer?.waiting ?? 0);
  }

  /** Why the relay does not take our records. */
  get problem(): ErrorName | undefined {
    return this.#sender.problem;
  }

  get session(): Bytes {
    return this.#writerOrThrow.session;
  }

  get context(): ChainsContext | undefined {
    return this.#header === undefined ? undefined : this.#contextOf(this.#header);
  }

  #contextOf({ edit, gen }: Header): ChainsContext {
    return { suite: this.#ports.suite, keys: this.keys, editPublicKey: edit, gen };
  }

  get #writerOrThrow(): Writer {
    if (this.#writer === undefined) throw new Error('a log is loaded before it is used');
    return this.#writer;
  }

  /** The record is on this machine's disk when it resolves; `unacked` tells when the relay has it. */
  async append(plaintext: Bytes): Promise<Result<void>> {
    return this.canWrite ? this.#writerOrThrow.append(plaintext) : fail('not_allowed');
  }

  /** Sent when connected, else lost. */
  async sendLive(type: LiveType, plaintext: Bytes): Promise<void> {
    if (!this.#line.isOpen || (type === LIVE_UPDATE && !this.canWrite)) return;
    const live = await this.#writerOrThrow.sealLive(type, plaintext);
    if (live !== undefined) this.#line.send({ type: 'live', live });
  }

  savePending(update: Bytes | undefined): Promise<void> {
    return this.#outbox.savePending(this.session, update);
  }

  sendCheckpoint(checkpoint: Bytes): void {
    this.#line.send({ type: 'checkpoint', checkpoint });
  }

  get maxCheckpointBytes(): number {
    return this.#line.welcome?.maxCheckpointBytes ?? 0;
  }

  /** What the relay holds now, read from nothing on a channel of its own. Errors: reports as codes, `unavailable`. */
  async readDurable(): Promise<Result<DurableState>> {
    const { context } = this;
    if (context === undefined) return fail('unavailable');
    return readDurable(this.#ports.connect(), (welcome) => this.#openMessage(welcome, 0, new Chains()), context);
  }

  requestHistory(from: number, limit: number): Promise<RelayMessage | undefined> {
    return new Promise((resolve) => this.#line.request({ type: 'history', from, limit }, resolve));
  }

  /** Before the first `start`: this header creates the document when the relay is reached. */
  async create(header: Bytes): Promise<void> {
    const decoded = decodeHeader(header);
    if (!decoded.ok) throw new RangeError(`no header: ${decoded.error}`);
    this.#creation = header;
    this.#header = decoded.value;
    await this.store.put(CREATE, header);
  }

  /** After a refusal. */
  retry(): void {
    this.#line.retry();
    if (this.phase === 'live') this.#sender.start();
  }

  /** The person takes what the relay has, though this browser has seen more. */
  acceptOlder(): void {
    this.#inbound.acceptsOlder = true;
    this.#memory.restart(0, 0);
    this.#line.retry();
    this.#line.reopen(true);
  }

  /** The cache holds this state now: writes the head memory, and removes from the outbox what the cache covers. */
  async saved(state: LogState): Promise<void> {
    this.#remember(state.heads);
    await this.#memory.save();
    for (const session of [...this.#sender.sessions]) {
      const unheld = this.#memory.isRetired(session.session) ? session.acked : 0;
      const covered = state.heads.find((head) => equal(head.session, session.session))?.have ?? unheld;
      await this.#outbox.prune(session, covered);
      if (session.entries.length > 0 || session.session === this.session) continue;
      this.#sender.remove(session);
      session.release();
    }
  }

  #remember(heads: LogState['heads']): void {
    if (!this.#inbound.isRecovering) this.#memory.sawRecords(this.#sender.acknowledged(heads));
  }

  /** Sessions stay in the outbox for the next program; their locks end here. */
  async close(): Promise<void> {
    await this.#writer?.idle();
    this.#line.detach();
    this.#sender.stop();
    for (const { release } of this.#sender.sessions) release();
    this.#orphans?.releasePending();
    this.events.clear();
  }

  #sealed(plaintext: Bytes, size: number): void {
    this.#inbound.count(1, size);
    this.events.emit('sealed', plaintext);
    this.events.emit('outbox', undefined);
  }

  async #created(header: Bytes | undefined): Promise<void> {
    if (this.#creation === undefined) return;
    this.#creation = undefined;
    const decoded = header === undefined ? undefined : decodeHeader(header);
    if (header !== undefined && decoded?.ok) {
      this.#header = decoded.value;
      this.#memory.sawHeader(decoded.value.seq, header);
      await this.#memory.save();
      this.events.emit('header', decoded.value);
    }
    await this.store.delete(CREATE);
  }

  async #openMessage(welcome: Welcome, checkpointSeq: number, chains = this.#inbound.chains): Promise<OpenMessage> {
    const { keys } = this;
    const { docId, cap: role } = keys;
    const proof = await prove(keys, role, welcome.nonce, docId, this.#line.connection.audience);
    return { type: 'open', docId, role, proof, checkpointSeq, vector: chains.vector() };
  }

  /** What comes with Opened does not wait for its header to be verified; only that it is applied does. */
  #ahead(message: RelayMessage): void {
    if (message.type === 'opened') {
      const header = decodeHeader(message.header);
      this.#served = header.ok ? header.value : undefined;
      return;
    }
    if (this.#served === undefined) return;
    const { chains } = this.#inbound;
    if (message.type === 'records') chains.prepare(this.#contextOf(this.#served), message.records);
    if (message.type === 'checkpointData') chains.prepareCheckpoint(this.#contextOf(this.#served), message.checkpoint);
  }

  async #opened(message: OpenedMessage): Promise<void> {
    await this.#acceptHeader(message.header);
    this.#served = undefined;
    if (this.phase === 'stopped') return;
    this.#remember(this.#inbound.chains.heads);
    if (this.#isStale(this.#memory.behind(message))) return;
    this.events.emit('peers', message.connections);
  }

  /** CHK-4. True when the document is opened again for it. */
  #isStale(behind: string | undefined): boolean {
    if (behind === undefined || this.#inbound.isRecovering) return false;
    this.#reports.add({ code: 'relay_stale', rule: 'CHK-4', detail: behind });
    if (this.canWrite) this.#recover();
    return this.canWrite;
  }

  async #acceptHeader(served: Bytes): Promise<void> {
    const verdict = await judgeHeader(this.#ports.suite, this.keys, served, this.#memory.header);
    for (const report of verdict.reports) this.#reports.add(report);
    if (verdict.error !== undefined) {
      this.#line.stop();
      this.events.emit('error', verdict.error);
      return;
    }
    this.#isHeaderBehind = verdict.isBehind;
    this.#header = verdict.header;
    if (verdict.isNew && verdict.header) this.#memory.sawHeader(verdict.header.seq, served);
    if (this.#header) this.events.emit('header', this.#header);
  }

  /** CKP-6: nobody serves them any more, so nothing of them is missing. */
  #forgetRetired(): void {
    this.#inbound.chains.forget((session) => this.#memory.isRetired(session));
  }

  /** CHK-4: the relay lost what it had. It tells all it has, and whoever holds more appends the difference. */
  #recover(): void {
    this.#inbound.restart();
    this.events.emit('reset', undefined);
    for (const session of [...this.#sender.sessions]) void this.#writer?.sealAgain(session, 0);
    this.#line.reopen(true);
  }

  #receiveAtOnce(message: RelayMessage): boolean {
    if (message.type === 'ack') this.#sender.acked(message.session, message.have);
    else if (message.type === 'peers') this.events.emit('peers', message.connections);
    else if (message.type === 'ended') this.#end(message.reason);
    else if (message.type === 'checkpointMade') this.#checkpointMade(message.seq);
    else if (message.type === 'refused') this.#refusedOnChannel(message);
    else if (message.type === 'erased') this.owner.answered(message);
    else return false;
    return true;
  }

  #refusedOnChannel(message: Extract<RelayMessage, { type: 'refused' }>): void {
    const { refused, error, retryAfterMs, session, n } = message;
    if (refused === 'append' && session && n !== undefined) this.#sender.refused({ session, n, error, retryAfterMs });
    else if (refused === 'header' || refused === 'order') this.owner.answered(message);
    else if (refused === 'checkpoint') this.events.emit('checkpointMade', 0);
  }

  async #receive(message: RelayMessage): Promise<void> {
    if (message.type === 'records') await this.#onRecords(message.records);
    else if (message.type === 'liveData') await this.#inbound.live(message.live);
    else if (message.type === 'checkpointData') await this.#onCheckpoint(message.checkpoint);
    else if (message.type === 'caughtUp') this.#onCaughtUp();
    else if (message.type === 'headerData') {
      await this.#acceptHeader(message.header);
      this.owner.answered(message);
    }
  }

  async #onRecords(records: Bytes[]): Promise<void> {
    const verdict = await this.#inbound.records(records, this.phase === 'live');
    if (verdict === 'gap') this.#line.reopen(false);
    else if (verdict === 'good' && this.phase === 'live') this.#line.calm();
  }

  async #onCheckpoint(bytes: Bytes): Promise<void> {
    if (await this.#inbound.checkpoint(bytes)) return;
    this.#line.stop();
    this.events.emit('error', 'relay_stale');
  }

  #onCaughtUp(): void {
    const { checkpoint } = this.#inbound.chains;
    if (this.#inbound.isRecovering) this.#memory.restart(checkpoint?.seq ?? 0, checkpoint?.retired ?? 0);
    else if (this.#isStale(this.#memory.proven(checkpoint))) return;
    this.#forgetRetired();
    for (const report of this.#inbound.chains.missingDeps()) this.#reports.add(report);
    this.#inbound.isRecovering = false;
    this.#inbound.acceptsOlder = false;
    this.#line.caughtUp();
    this.#sender.start();
    if (this.#isHeaderBehind && this.headerBytes) this.owner.resend(this.headerBytes);
  }

  #checkpointMade(seq: number): void {
    this.#inbound.clearTail();
    this.events.emit('checkpointMade', seq);
  }

  #refused(error: ErrorName): void {
    if (error === 'expired' || error === 'deleted') this.#end(error);
    else this.events.emit('error', error);
  }

  #end(reason: 'expired' | 'deleted'): void {
    this.owner.answered({ type: 'ended', reason });
    this.#line.stop();
    this.events.emit('ended', reason);
  }

  #phaseChanged(phase: Phase): void {
    if (phase !== 'live') this.#sender.stop();
    const isConnected = phase === 'catchingUp' || phase === 'live';
    if (!isConnected) this.owner.answered(undefined);
    if (!isConnected) this.events.emit('peers', 0);
    this.events.emit('phase', phase);
  }
}
