/** A document as programs and tools use it: a Yjs document, its state, and what its owner may do. */
import type { Bytes, ErrorName, Header, Result } from '@archipel/protocol';
import { fail, LIVE_PRESENCE, mayRetry, ok } from '@archipel/protocol';
import type { Capability, HeaderFields, Keys, Signer } from '@archipel/protocol/secret';
import { attachmentKeys, linkFor, pageSignerOf, printLink, signHeader } from '@archipel/protocol/secret';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { Presence } from './awareness.ts';
import { CheckpointMaker } from './checkpoint-maker.ts';
import { DocumentContents } from './contents.ts';
import type { DocumentEvents, DocumentState } from './document-types.ts';
import { Emitter } from './emitter.ts';
import type { Report } from './errors.ts';
import { ClientError } from './errors.ts';
import { evidenceFile } from './evidence.ts';
import type { HistoryStep } from './history.ts';
import type { PastPage } from './history-cache.ts';
import type { Log } from './log.ts';
import type { LogPorts } from './log-types.ts';
import type { HostPlace } from './relay-address.ts';
import { entriesOf } from './relay-address.ts';
import type { RelayBook } from './relay-book.ts';
import { RelayList } from './relay-list.ts';
import { Relocking } from './relocking.ts';
import type { Reports } from './reports.ts';
import type { Route } from './route.ts';
import { settled } from './settled.ts';
import { Statements } from './statements.ts';
import type { RelayState } from './whereabouts.ts';
import { Whereabouts } from './whereabouts.ts';
import type { YjsPorts } from './yjs-document.ts';

const RANDOM_ID_BYTES = 4;

export class Document {
  readonly docId: Bytes;
  readonly cap: Capability;
  readonly #log: Log;
  readonly #contents: DocumentContents;
  readonly #presence: Presence;
  readonly #checkpoints: CheckpointMaker;
  readonly #ports: LogPorts;
  readonly #reports: Reports;
  readonly #events = new Emitter<DocumentEvents>();
  readonly #onClose: () => void;
  readonly #route: Route;
  readonly #where: Whereabouts;
  readonly #statements: Statements;
  readonly #relayList: RelayList;
  readonly #relocking: Relocking;
  #savedOn: 0 | 1 | 2 = 0;
  #state: DocumentState = 'connecting';
  #error: ErrorName | undefined;
  #ended: 'expired' | 'deleted' | 'removed' | undefined;
  #peers = 0;
  #closing: Promise<void> | undefined;

  private constructor(parts: DocumentParts, contents: DocumentContents, hooks: Hooks) {
    const { log, ports } = parts;
    this.docId = log.keys.docId;
    this.cap = log.keys.cap;
    this.#log = log;
    this.#contents = contents;
    this.#ports = ports;
    this.#reports = parts.reports;
    this.#onClose = parts.onClose;
    this.#presence = new Presence(contents.text.ydoc, {
      ...ports,
      send: (presence) => log.sendLive(LIVE_PRESENCE, presence),
      hasCompany: () => this.#peers > 1 && log.phase === 'live',
      bad: (detail) => this.#bad('LIVE-6', detail),
    });
    this.#checkpoints = new CheckpointMaker(log, { ...ports, report: (report) => this.#reports.add(report) });
    this.#relocking = new Relocking(log, this.#checkpoints, {
      ...ports,
      settle: async () => {
        await this.#seal();
        await this.#settled();
      },
    });
    this.#where = new Whereabouts({ ...parts, changed: () => this.#moved() });
    this.#route = parts.route;
    this.#statements = new Statements(parts);
    this.#relayList = new RelayList(parts);
    hooks.changed = () => this.#update();
    hooks.bad = (detail) => this.#bad('CHK-1', detail);
    hooks.readOnlyEdit = () => this.#fail('not_allowed');
    this.#listen();
  }

  static async load(parts: DocumentParts): Promise<Document> {
    const { log, ports, reports } = parts;
    const hooks: Hooks = {
      changed: () => undefined,
      bad: (detail) => reports.add({ code: 'open_failed', rule: 'CHK-1', detail }),
      readOnlyEdit: () => undefined,
    };
    const contents = await DocumentContents.load(log, {
      ...ports,
      clientId: () => new DataView(ports.suite.random(RANDOM_ID_BYTES).buffer).getUint32(0),
      changed: () => hooks.changed(),
      bad: (detail) => hooks.bad(detail),
      readOnlyEdit: () => hooks.readOnlyEdit(),
    });
    const document = new Document(parts, contents, hooks);
    await document.#statements.load();
    return document;
  }

  get ydoc(): Y.Doc {
    return this.#contents.text.ydoc;
  }

  /** What is said about the text (§23): edit it where `canRemark`. Nothing of it is ever a part of `ydoc`. */
  get remarks(): Y.Doc {
    return this.#contents.remarks.ydoc;
  }

  /** Remarks can be written with this link: the owner has opened the document to them. */
  get canRemark(): boolean {
    return this.#log.mayAppend('remarks');
  }

  get awareness(): Awareness {
    return this.#presence.awareness;
  }

  get state(): DocumentState {
    return this.#state;
  }

  /** Why the state is `problem` or `ended`, or what the relay answered last. */
  get error(): ErrorName | undefined {
    const [text, remarks] = this.#contents.parts.map(({ lanes }) => lanes.problem);
    return this.#ended ?? this.#error ?? this.#log.problem ?? text ?? remarks;
  }

  /** Changes made here that the relay has not acknowledged: edits and records. */
  get unsaved(): number {
    return this.#contents.unsealed + this.#log.unacked + (this.#contents.isRecovering ? 1 : 0);
  }

  /** Address of the relay: of the one that is connected, or that is tried first. */
  get relay(): string {
    return this.#route.socket ?? this.#route.sockets[0] ?? '';
  }

  /** The hosts that keep it, as far as is known here. */
  get relays(): readonly RelayState[] {
    return this.#where.relays;
  }

  /** How many hosts have every change made here: 0, 1, or 2 for two and more (CHK-9). */
  get savedOn(): 0 | 1 | 2 {
    if (this.unsaved > 0 || this.#log.creation.isWaiting) return 0;
    // Who wrote nothing has nothing acknowledged: then it counts who is there.
    const isReached = this.relays.filter((relay) => relay.isReached === true).length > 1;
    return this.#log.copies ?? (isReached ? 2 : 1);
  }

  /** Connections on the document, this one included; 0 when not connected. */
  get peers(): number {
    return this.#peers;
  }

  get header(): Header | undefined {
    return this.#log.header;
  }

  /** Everything reported so far; each thing once. */
  get reports(): readonly Report[] {
    return this.#reports.all;
  }

  /** What hosts signed that cannot be true, as a file to show to anybody; undefined when none was caught. */
  get evidence(): string | undefined {
    const found = this.reports.flatMap(({ evidence }) => evidence ?? []);
    return found.length > 0 ? evidenceFile(this.docId, found) : undefined;
  }

  /** The person has seen it: a later visit reports it no more. */
  forgetEvidence(): Promise<void> {
    return this.#statements.forgetEvidence();
  }

  /** True when contents were found on this machine, or came from the relay. */
  get hasContents(): boolean {
    return this.#contents.text.holdsContents;
  }

  /** Fragments without `#`, as far as this link contains them (CAP-1). Secrets: never send or log them (LINK-4). */
  links(hints: string[] = []): { own?: string; edit?: string; comment?: string; view: string } {
    const print = (cap: Capability): string => printLink(linkFor(this.#log.keys, cap, hints));
    const { own, edit } = this.#log.keys.secrets;
    // Made of another link, without a key in the header, it would open nothing (HDR-8).
    const comment = (this.canRemark || this.cap === 'comment') && { comment: print('comment') };
    return { ...(own && { own: print('own') }), ...(edit && { edit: print('edit') }), ...comment, view: print('view') };
  }

  /**
   * Keys of a file that belongs to the document (ATT-1), `gen`: added in an earlier generation of the links, for an owner. Throws where
   * the link gives no right to write, or not those keys.
   */
  attachmentKeys(id: Bytes, gen?: number): Promise<Keys> {
    const { gen: current = 0 } = this.header ?? {};
    const keys = this.#log.generations.of(gen ?? current, current);
    if (keys === undefined) throw new RangeError(`no keys of generation ${gen}`);
    return attachmentKeys(this.#ports.suite, keys, id);
  }

  /** Signs its published page (§22). Throws where the link is not the owner's. */
  pageSigner(): Promise<Signer> {
    return pageSignerOf(this.#ports.suite, this.#log.keys);
  }

  on<Name extends keyof DocumentEvents>(name: Name, listener: (value: DocumentEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /** Calls back with each new state. */
  subscribe(listener: (state: DocumentState) => void): () => void {
    return this.#events.on('state', listener);
  }

  /** Resolves when caught up with the relay for the first time; rejects with a `ClientError` when that cannot be. */
  async synced(): Promise<void> {
    await this.#until(() => this.#log.phase === 'live');
  }

  /** Resolves when every change made so far is saved; rejects with a `ClientError` when something prevents it. */
  async flush(): Promise<void> {
    await this.synced();
    for (const sealed of await this.#seal()) if (!sealed.ok) throw new ClientError(sealed.error);
    await this.#until(() => this.unsaved === 0 && this.#log.phase === 'live');
  }

  /** Writes edits to this machine's disk and seals what can be sealed: for a page that is being left, or a step of its own in the history. */
  async hide(): Promise<void> {
    await Promise.all([...this.#contents.parts.map(({ lanes }) => lanes.persist()), this.#seal()]);
  }

  #seal(): Promise<Result<void>[]> {
    return Promise.all(this.#contents.parts.map(({ lanes }) => lanes.seal()));
  }

  /** Every record kept by the relay, from a position on: see `HistoryStep`. */
  async *history(fromPosition = 1): AsyncGenerator<HistoryStep> {
    const { readHistory } = await import('./history.ts');
    yield* readHistory(this.#log, fromPosition);
  }

  /** Unix seconds, 0 for never. Before the document exists on its relay, the header is made anew. */
  setExpiry(expiry: number): Promise<Result<void>> {
    return this.#changeHeader({ expiry });
  }

  /** Lets remarks be written, and so makes the link to comment (HDR-8); it stays as long as this generation of links. */
  openToRemarks(): Promise<Result<void>> {
    return this.#changeHeader({ hasComments: true });
  }

  async #changeHeader(fields: { expiry: number } | { hasComments: true }): Promise<Result<void>> {
    // While the relay is asked to create it, the header under way is the one that counts.
    if (!this.#log.creation.isWaiting || this.#log.phase === 'opening') return this.#log.owner.change(fields);
    await this.#recreate(fields, this.#log.creation.waiting?.voucher);
    return ok(undefined);
  }

  /** False: it waits in this program until some host takes it. */
  get isCreated(): boolean {
    return !this.#log.creation.isWaiting;
  }

  /** Resolves when its relay has created it; rejects with a `ClientError` when it refuses: it may be created elsewhere then. */
  created(): Promise<void> {
    const { events } = this.#log;
    return new Promise((resolve, reject) => {
      const stops: (() => void)[] = [];
      const check = (): void => {
        const isRefused = this.#log.creation.isWaiting && this.#error !== undefined;
        if (this.#log.creation.isWaiting && !isRefused && this.#closing === undefined) return;
        for (const stop of stops) stop();
        if (!this.#log.creation.isWaiting) resolve();
        else reject(new ClientError(this.#error ?? 'unavailable'));
      };
      stops.push(events.on('created', check), this.#events.on('error', check), this.#events.on('state', check));
      check();
    });
  }

  /** Before it exists: creates it on other hosts, with what was written so far. `not_allowed` when it exists, or may exist in a moment. */
  async createAt(relays: readonly HostPlace[], voucher?: Bytes): Promise<Result<void>> {
    const isAsked = this.#log.phase === 'opening' && this.#error === undefined;
    if (!this.#log.creation.isWaiting || isAsked) return fail('not_allowed');
    this.#log.stop();
    await this.#recreate({ relays: entriesOf(relays) }, voucher);
    return ok(undefined);
  }

  /** The owner's: the hosts that keep it from now on. Those that are new get it from the others (HDR-2). */
  changeRelays(relays: readonly HostPlace[]): Promise<Result<void>> {
    return this.#log.owner.change({ relays: entriesOf(relays) });
  }

  async #recreate(fields: Partial<HeaderFields>, voucher: Bytes | undefined): Promise<void> {
    const { expiry = 0, retention = 0, relays = [], comment } = this.#log.header ?? {};
    const kept = { expiry, retention, relays, hasComments: comment !== undefined };
    const header = await signHeader(this.#ports.suite, this.#log.keys, { seq: 1, ...kept, ...fields });
    await this.#log.create(header, voucher);
    this.retry();
  }

  delete(): Promise<Result<void>> {
    return this.#log.owner.delete();
  }

  /** ORD-3, after a checkpoint of all that was written so far; here, too. */
  async eraseHistory(): Promise<Result<void>> {
    await this.#seal();
    await this.#settled();
    await this.#checkpoints.cover();
    const erased = await this.#log.owner.eraseHistory();
    if (erased.ok) await (await import('./history-cache.ts')).forgetPast(this.#log);
    return erased;
  }

  /**
   * New links to read and to write; those before stop working, and whoever came by one is sent away (GEN-1). Resolves when it is done, also
   * when the line breaks meanwhile. Errors: `not_allowed`, `too_large`, what the relay answers.
   */
  changeLocks(): Promise<Result<void>> {
    return this.#relocking.change();
  }

  /** HDR-6: whether those who only read may ask for the history. */
  setPastOpen(pastOpen: boolean): Promise<Result<void>> {
    return this.#log.owner.change({ pastOpen });
  }

  /** The history a page at a time, from this machine as far as it was read before: see `readPast`. */
  async *past(): AsyncGenerator<PastPage, 'current' | 'cached'> {
    const { readPast } = await import('./history-cache.ts');
    return yield* readPast(this.#log);
  }

  /** What a tool notes about the document on this machine; gone when the document is forgotten. */
  note(name: string): Promise<Bytes | undefined> {
    return this.#log.store.get(`note/${name}`);
  }

  setNote(name: string, value: Bytes): Promise<void> {
    return this.#log.store.put(`note/${name}`, value);
  }

  /** Asks again after a refusal. */
  retry(): void {
    this.#error = undefined;
    this.#log.retry();
    this.#update();
  }

  /** After `relay_stale`: takes what the relay has, though this browser has seen more. */
  acceptOlder(): void {
    this.#error = undefined;
    this.#log.acceptOlder();
    this.#update();
  }

  /** Saves what can be saved now; the rest stays in the outbox for the next time. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#seal();
    if (this.#log.phase === 'live') {
      await this.#settled();
      if (this.#peers <= 1 && this.#log.unacked === 0) await this.#checkpoints.finish();
      await this.#statements.finish();
    }
    await this.#presence.leave();
    this.#checkpoints.close();
    this.#relocking.close();
    this.#statements.stop();
    this.#relayList.stop();
    await this.#contents.persist();
    this.#contents.close();
    await this.#log.close();
    this.#presence.close();
    this.#contents.destroy();
    this.#events.clear();
    this.#onClose();
  }

  #settled(): Promise<void> {
    const { clock, timing } = this.#ports;
    return settled(this.#log, clock, { ms: timing.closeMs, unsaved: () => this.unsaved });
  }

  #until(isDone: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const stops: (() => void)[] = [];
      const finish = (end: () => void): void => {
        for (const stop of stops) stop();
        end();
      };
      const check = (): void => {
        if (isDone()) finish(resolve);
        else if (this.#ended) finish(() => reject(new ClientError(this.#ended ?? 'deleted')));
        else if (this.#state === 'problem' && !mayRetry(this.error ?? 'unavailable'))
          finish(() => reject(new ClientError(this.error ?? 'unavailable')));
        else if (this.#closing !== undefined) finish(() => reject(new ClientError('unavailable')));
      };
      stops.push(this.#log.events.on('outbox', check));
      for (const name of ['state', 'error'] as const) stops.push(this.#events.on(name, check));
      check();
    });
  }

  #listen(): void {
    const { events } = this.#log;
    events.on('phase', (phase) => {
      if (phase === 'live') this.#error = undefined;
      this.#update();
    });
    events.on('outbox', () => this.#update());
    events.on('report', (report) => this.#events.emit('report', report));
    events.on('error', (error) => this.#fail(error));
    events.on('header', (header) => this.#events.emit('header', header));
    events.on('live', ({ type, session, plaintext }) => {
      if (type === LIVE_PRESENCE) this.#presence.receive(session, plaintext);
    });
    events.on('peers', (peers) => {
      this.#peers = peers;
      this.#presence.company(peers);
      this.#events.emit('peers', peers);
    });
    events.on('ended', (reason) => {
      this.#ended = reason;
      this.#update();
      this.#events.emit('ended', reason);
    });
  }

  #fail(error: ErrorName): void {
    this.#error = error;
    this.#update();
    this.#events.emit('error', error);
    // GEN-4: what was not sent is not lost.
    if (error === 'wrong_generation' && this.hasContents) void this.#keepHere();
  }

  async #keepHere(): Promise<void> {
    await this.#contents.persist();
  }

  #bad(rule: string, detail: string): void {
    this.#reports.add({ code: 'open_failed', rule, detail });
  }

  #update(): void {
    const state = this.#compute();
    const { savedOn } = this;
    const isNew = state !== this.#state;
    const isSavedNew = savedOn !== this.#savedOn;
    this.#state = state;
    this.#savedOn = savedOn;
    if (isNew) this.#events.emit('state', state);
    if (isSavedNew) this.#events.emit('savedOn', savedOn);
  }

  #moved(): void {
    this.#update();
    this.#events.emit('relays', this.relays);
  }

  #compute(): DocumentState {
    const { phase, canWrite } = this.#log;
    if (this.#ended !== undefined) return 'ended';
    if (phase === 'stopped') return 'problem';
    if (phase === 'down') return 'offline';
    const isRefused = this.#error === 'disk_full' || (this.#log.creation.isWaiting && this.#error !== undefined);
    if (phase !== 'live') return isRefused ? 'problem' : 'connecting';
    if (!canWrite && !this.canRemark) return 'readonly';
    if (this.error !== undefined) return 'problem';
    return this.unsaved === 0 ? 'saved' : 'sending';
  }
}

/** What the parts below tell the document, once there is one. */
type Hooks = Pick<YjsPorts, 'changed' | 'bad' | 'readOnlyEdit'>;

export interface DocumentParts {
  log: Log;
  book: RelayBook;
  route: Route;
  ports: LogPorts;
  reports: Reports;
  onClose(): void;
}
