/**
 * The sealed log of one document, without any idea of its contents: `append` plaintext, hear verified plaintext of
 * others. It opens the document at the relay, keeps the outbox, resumes by vector, and checks what the relay serves (§10).
 */
import type { Bytes, ErrorName, Header, LiveType, RelayMessage, Result, Welcome } from '@archipel/protocol';
import {
  decodeHeader,
  decodeLive,
  equal,
  fail,
  LIVE_UPDATE,
  MAX_RECORD_BYTES,
  recordHash,
  toHex,
} from '@archipel/protocol';
import type { Keys, Suite } from '@archipel/protocol/secret';
import { openLive, openRecord, prove } from '@archipel/protocol/secret';
import type { ChainsContext, Head, KnownCheckpoint, OpenedRecord } from './chains.ts';
import { Chains } from './chains.ts';
import type { Connection } from './connection.ts';
import type { DocumentStore } from './document-store.ts';
import type { DurableState } from './durable-reader.ts';
import { readDurable } from './durable-reader.ts';
import { Emitter } from './emitter.ts';
import type { Report } from './errors.ts';
import { HeadMemory } from './head-memory.ts';
import { judgeHeader } from './header-check.ts';
import type { OpenedMessage, OpenMessage, Phase } from './line.ts';
import { Line } from './line.ts';
import type { Orphans } from './outbox.ts';
import { Outbox } from './outbox.ts';
import { Owner } from './owner.ts';
import type { Clock, Locks, Random } from './ports.ts';
import type { Reports } from './reports.ts';
import { Sender } from './sender.ts';
import type { Timing } from './timing.ts';
import { Writer } from './writer.ts';

export interface LogPorts {
  suite: Suite;
  clock: Clock;
  random: Random;
  timing: Timing;
  locks: Locks;
}

export type LogEvents = {
  /** Verified state up to a frontier; to be applied before what follows. */
  checkpoint: Bytes;
  /** Verified records of others, in the relay's order. */
  records: OpenedRecord[];
  /** Plaintext of a record of ours that is in the outbox now. */
  sealed: Bytes;
  live: { type: LiveType; plaintext: Bytes };
  phase: Phase;
  /** Connections on the document, ours included; 0 when we are not connected. */
  peers: number;
  /** What is unacknowledged, or why, has changed. */
  outbox: undefined;
  /** Nothing that came so far counts as durable any more: the relay lost something, and tells all again. */
  reset: undefined;
  report: Report;
  /** The relay refuses the document, or it cannot be trusted with it. */
  error: ErrorName;
  ended: 'expired' | 'deleted';
  checkpointMade: number;
  header: Header;
};

/** What a cache keeps of a log, to go on from there. */
export interface LogState {
  heads: Head[];
  checkpoint: KnownCheckpoint | undefined;
  tail: Tail;
}

/** Records and bytes since the last checkpoint. */
export interface Tail {
  records: number;
  bytes: number;
}

const CREATE = 'create';

export class Log {
  readonly keys: Keys;
  readonly events = new Emitter<LogEvents>();
  readonly store: DocumentStore;
  readonly owner: Owner;
  readonly tail: Tail = { records: 0, bytes: 0 };
  readonly #ports: LogPorts;
  readonly #reports: Reports;
  readonly #memory: HeadMemory;
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #line: Line;
  #writer: Writer | undefined;
  #chains = new Chains();
  #header: Header | undefined;
  #creation: Bytes | undefined;
  #recovering = false;
  #isHeaderBehind = false;
  readonly #liveCounts = new Map<string, number>();
  #orphans: Orphans | undefined;
  /** Whether the document's contents are at hand: then an older checkpoint of the relay harms nothing (CKP-5). */
  holdsContents: () => boolean = () => false;
  #acceptsOlder = false;

  private constructor(keys: Keys, store: DocumentStore, connection: Connection, ports: LogPorts, reports: Reports) {
    this.keys = keys;
    this.store = store;
    this.#ports = ports;
    this.#reports = reports;
    reports.listen((report) => this.events.emit('report', report));
    this.#memory = new HeadMemory(store);
    this.#outbox = new Outbox(store, ports.locks);
    this.#sender = new Sender({
      ...ports,
      send: (record) => this.#line.send({ type: 'append', record }),
      changed: () => this.events.emit('outbox', undefined),
      report: (report) => this.#reports.add(report),
      closed: (session) => void this.#writer?.sealAgain(session, session.acked),
      lost: (detail) => {
        this.#reports.add({ code: 'relay_stale', rule: 'CHK-4', detail });
        this.#recover();
      },
    });
    this.#line = new Line(connection, {
      ...ports,
      creation: () => this.#creation,
      created: () => this.#created(),
      openMessage: (welcome) => this.#openMessage(welcome, this.#chains.checkpoint?.seq ?? 0),
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
      chains: () => this.#chains,
      gen: () => this.#header?.gen,
      maxRecordBytes: () => Math.min(MAX_RECORD_BYTES, this.#line.welcome?.maxRecordBytes ?? MAX_RECORD_BYTES),
      sealed: (plaintext, size) => this.#sealed(plaintext, size),
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
    for (const head of state.heads) this.#chains.set(head);
    this.#chains.checkpoint = state.checkpoint;
    Object.assign(this.tail, state.tail);
    for (const { session, entries } of this.#orphans?.sessions ?? []) {
      for (const { n, previous, bytes } of entries) {
        if ((this.#chains.head(session)?.have ?? 0) !== n) continue;
        this.#chains.set({ session, have: n + 1, hash: recordHash(this.keys.docId, previous, bytes) });
      }
    }
  }

  start(): void {
    this.#line.attach();
  }

  get state(): LogState {
    return { heads: this.#chains.heads, checkpoint: this.#chains.checkpoint, tail: { ...this.tail } };
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
    return this.#sender.unacked;
  }

  /** Why the relay does not take our records. */
  get problem(): ErrorName | undefined {
    return this.#sender.problem;
  }

  get session(): Bytes {
    return this.#writerOrThrow.session;
  }

  get context(): ChainsContext | undefined {
    const header = this.#header;
    if (header === undefined) return undefined;
    return { suite: this.#ports.suite, keys: this.keys, editPublicKey: header.edit, gen: header.gen };
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
    const { welcome, connection } = this.#line;
    const { context } = this;
    if (welcome === undefined || context === undefined) return fail('unavailable');
    return readDurable(connection, await this.#openMessage(welcome, 0, new Chains()), context);
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
  }

  /** The person takes what the relay has, though this browser has seen more. */
  acceptOlder(): void {
    this.#acceptsOlder = true;
    this.#memory.restart(0);
    this.#line.retry();
    this.#line.reopen(true);
  }

  /** The cache holds this state now: writes the head memory, and removes from the outbox what the cache covers. */
  async saved(state: LogState): Promise<void> {
    const ours = new Map(this.#sender.sessions.map(({ session, acked }) => [toHex(session), acked]));
    const seen = state.heads.map(({ session, have }) => ({
      session,
      have: Math.min(have, ours.get(toHex(session)) ?? have),
    }));
    if (!this.#recovering) this.#memory.sawRecords(seen.filter(({ have }) => have > 0));
    await this.#memory.save();
    for (const session of [...this.#sender.sessions]) {
      const covered = state.heads.find((head) => equal(head.session, session.session))?.have ?? 0;
      await this.#outbox.prune(session, covered);
      if (session.entries.length > 0 || session.session === this.session) continue;
      this.#sender.remove(session);
      session.release();
    }
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
    this.#count(1, size);
    this.events.emit('sealed', plaintext);
    this.events.emit('outbox', undefined);
  }

  #count(records: number, bytes: number): void {
    this.tail.records += records;
    this.tail.bytes += bytes;
  }

  async #created(): Promise<void> {
    if (this.#creation === undefined || this.#header === undefined) return;
    this.#memory.sawHeader(this.#header.seq, this.#creation);
    this.#creation = undefined;
    await this.#memory.save();
    await this.store.delete(CREATE);
  }

  async #openMessage(welcome: Welcome, checkpointSeq: number, chains = this.#chains): Promise<OpenMessage> {
    const { keys } = this;
    const { docId, cap: role } = keys;
    const proof = await prove(keys, role, welcome.nonce, docId, this.#line.connection.audience);
    return { type: 'open', docId, role, proof, checkpointSeq, vector: chains.vector() };
  }

  async #opened(message: OpenedMessage): Promise<void> {
    await this.#acceptHeader(message.header);
    if (this.phase === 'stopped') return;
    const behind = this.#memory.behind(message);
    if (behind !== undefined && !this.#recovering) {
      this.#reports.add({ code: 'relay_stale', rule: 'CHK-4', detail: behind });
      if (this.canWrite) {
        this.#recover();
        return;
      }
    }
    if (behind === undefined) this.#memory.compared(message);
    this.events.emit('peers', message.connections);
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

  /** CHK-4: the relay lost what it had. It tells all it has, and whoever holds more appends the difference. */
  #recover(): void {
    this.#recovering = true;
    this.#chains = new Chains();
    this.tail.records = 0;
    this.tail.bytes = 0;
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
    else if (message.type === 'liveData') await this.#onLive(message.live);
    else if (message.type === 'checkpointData') await this.#onCheckpoint(message.checkpoint);
    else if (message.type === 'caughtUp') this.#onCaughtUp();
    else if (message.type === 'headerData') {
      await this.#acceptHeader(message.header);
      this.owner.answered(message);
    }
  }

  async #onRecords(records: Bytes[]): Promise<void> {
    const { context } = this;
    if (context === undefined) return;
    const reports = await this.#chains.accept(context, records, (opened) => {
      this.#count(
        opened.length,
        opened.reduce((sum, { bytes }) => sum + bytes, 0),
      );
      if (opened.length > 0) this.events.emit('records', opened);
    });
    if (this.phase === 'live') reports.push(...this.#chains.missingDeps());
    for (const report of reports) this.#reports.add(report);
    if (reports.some(({ rule }) => rule === 'CHK-2')) this.#line.reopen(false);
    else if (reports.length === 0 && this.phase === 'live') this.#line.calm();
  }

  async #onCheckpoint(bytes: Bytes): Promise<void> {
    const { context } = this;
    if (context === undefined) return;
    const opened = await this.#chains.openCheckpoint(context, bytes);
    if (!opened.ok) {
      this.#reports.add({ code: 'relay_forged', rule: 'CKP-5', detail: `checkpoint: ${opened.error}` });
      return;
    }
    const { checkpoint, plaintext } = opened.value;
    const isOlder = checkpoint.seq < this.#memory.checkpointSeq && !this.#acceptsOlder;
    if (isOlder) {
      const detail = `checkpoint ${checkpoint.seq} after ${this.#memory.checkpointSeq}`;
      this.#reports.add({ code: 'relay_stale', rule: 'CKP-5', detail });
      if (!(this.#recovering && this.holdsContents())) {
        this.#line.stop();
        this.events.emit('error', 'relay_stale');
        return;
      }
    }
    for (const report of this.#chains.adoptCheckpoint(context, checkpoint, bytes)) this.#reports.add(report);
    if (!isOlder) this.#memory.sawCheckpoint(checkpoint.seq);
    this.tail.records = 0;
    this.tail.bytes = 0;
    this.events.emit('checkpoint', plaintext);
  }

  #onCaughtUp(): void {
    for (const report of this.#chains.missingDeps()) this.#reports.add(report);
    if (this.#recovering) this.#memory.restart(this.#chains.checkpoint?.seq ?? 0);
    this.#recovering = false;
    this.#acceptsOlder = false;
    this.#line.caughtUp();
    this.#sender.start();
    if (this.#isHeaderBehind && this.headerBytes) this.owner.resend(this.headerBytes);
  }

  async #onLive(bytes: Bytes): Promise<void> {
    const { context } = this;
    const decoded = decodeLive(bytes);
    if (context === undefined || !decoded.ok || decoded.value.gen !== context.gen) return;
    const { type, count, session } = decoded.value;
    const key = toHex(session);
    if (count <= (this.#liveCounts.get(key) ?? -1)) return;
    const opened = await openLive(context.suite, this.keys, this.keys.docId, bytes, context.editPublicKey);
    if (opened.ok) {
      this.#liveCounts.set(key, count);
      this.events.emit('live', { type, plaintext: opened.value });
    } else {
      this.#reports.add({ code: 'relay_forged', rule: 'LIVE-2', detail: `live message: ${opened.error}` });
    }
  }

  #checkpointMade(seq: number): void {
    this.tail.records = 0;
    this.tail.bytes = 0;
    this.events.emit('checkpointMade', seq);
  }

  #refused(error: ErrorName): void {
    if (error === 'expired' || error === 'deleted') this.#end(error);
    else this.events.emit('error', error);
  }

  #end(reason: 'expired' | 'deleted'): void {
    this.#line.stop();
    this.owner.answered({ type: 'ended', reason });
    this.events.emit('ended', reason);
  }

  #phaseChanged(phase: Phase): void {
    if (phase !== 'live') this.#sender.stop();
    if (phase === 'down' || phase === 'stopped') {
      this.owner.answered(undefined);
      this.events.emit('peers', 0);
    }
    this.events.emit('phase', phase);
  }
}
