/** A document as programs and tools use it: a Yjs document, its state, and what its owner may do. */
import type { Bytes, ErrorName, Header, Result } from '@archipel/protocol';
import { LIVE_PRESENCE, mayRetry } from '@archipel/protocol';
import type { Capability, Keys } from '@archipel/protocol/secret';
import { linkFor, printLink, signHeader } from '@archipel/protocol/secret';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { Presence } from './awareness.ts';
import { CheckpointMaker } from './checkpoint-maker.ts';
import { Emitter } from './emitter.ts';
import type { Report } from './errors.ts';
import { ClientError } from './errors.ts';
import type { HistoryStep } from './history.ts';
import { readHistory } from './history.ts';
import type { Log } from './log.ts';
import type { LogPorts } from './log-types.ts';
import type { Reports } from './reports.ts';
import type { YjsPorts } from './yjs-document.ts';
import { YjsDocument } from './yjs-document.ts';

/**
 * What the state pill says (CHK-5). `saved`: every change made here is on the relay's disk. `problem`: `error` says why
 * something is not; it is kept on this machine. `readonly`: a link to read, connected. `ended`: expired or deleted.
 */
export type DocumentState = 'offline' | 'connecting' | 'sending' | 'saved' | 'readonly' | 'problem' | 'ended';

export type DocumentEvents = {
  state: DocumentState;
  /** Something wrong with the relay or with this machine's storage. */
  report: Report;
  error: ErrorName;
  ended: 'expired' | 'deleted';
  /** People connected to the document, this program included. */
  peers: number;
  header: Header;
};

const RANDOM_ID_BYTES = 4;

export class Document {
  readonly docId: Bytes;
  readonly cap: Capability;
  /** Address of the relay. */
  readonly relay: string;
  readonly #keys: Keys;
  readonly #log: Log;
  readonly #yjs: YjsDocument;
  readonly #presence: Presence;
  readonly #checkpoints: CheckpointMaker;
  readonly #ports: LogPorts;
  readonly #reports: Reports;
  readonly #events = new Emitter<DocumentEvents>();
  readonly #onClose: () => void;
  #state: DocumentState = 'connecting';
  #error: ErrorName | undefined;
  #ended: 'expired' | 'deleted' | undefined;
  #peers = 0;
  #closing: Promise<void> | undefined;

  private constructor(parts: DocumentParts, yjs: YjsDocument, hooks: Hooks) {
    const { log, ports } = parts;
    this.#keys = log.keys;
    this.docId = log.keys.docId;
    this.cap = log.keys.cap;
    this.relay = parts.relay;
    this.#log = log;
    this.#yjs = yjs;
    this.#ports = ports;
    this.#reports = parts.reports;
    this.#onClose = parts.onClose;
    this.#presence = new Presence(yjs.ydoc, {
      ...ports,
      send: (presence) => log.sendLive(LIVE_PRESENCE, presence),
      hasCompany: () => this.#peers > 1 && log.phase === 'live',
      bad: (detail) => this.#bad('LIVE-6', detail),
    });
    this.#checkpoints = new CheckpointMaker(log, { ...ports, report: (report) => this.#reports.add(report) });
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
    const yjs = await YjsDocument.load(log, {
      ...ports,
      clientId: () => new DataView(ports.suite.random(RANDOM_ID_BYTES).buffer).getUint32(0),
      changed: () => hooks.changed(),
      bad: (detail) => hooks.bad(detail),
      readOnlyEdit: () => hooks.readOnlyEdit(),
    });
    return new Document(parts, yjs, hooks);
  }

  get ydoc(): Y.Doc {
    return this.#yjs.ydoc;
  }

  get awareness(): Awareness {
    return this.#presence.awareness;
  }

  get state(): DocumentState {
    return this.#state;
  }

  /** Why the state is `problem` or `ended`, or what the relay answered last. */
  get error(): ErrorName | undefined {
    return this.#ended ?? this.#error ?? this.#log.problem ?? this.#yjs.lanes.problem;
  }

  /** Changes made here that the relay has not acknowledged: edits and records. */
  get unsaved(): number {
    return this.#yjs.lanes.unsealed + this.#log.unacked + (this.#yjs.isRecovering ? 1 : 0);
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

  /** True when contents were found on this machine, or came from the relay. */
  get hasContents(): boolean {
    return this.#yjs.holdsContents;
  }

  /** Fragments without `#`, as far as this link contains them (CAP-1). Secrets: never send or log them (LINK-4). */
  links(hints: string[] = []): { own?: string; edit?: string; view: string } {
    const print = (cap: Capability): string => printLink(linkFor(this.#keys, cap, hints));
    const { own, edit } = this.#keys.secrets;
    return { ...(own && { own: print('own') }), ...(edit && { edit: print('edit') }), view: print('view') };
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
    const sealed = await this.#yjs.lanes.seal();
    if (!sealed.ok) throw new ClientError(sealed.error);
    await this.#until(() => this.unsaved === 0 && this.#log.phase === 'live');
  }

  /** Writes edits to this machine's disk and seals what can be sealed: for a page that is being left. */
  async hide(): Promise<void> {
    await Promise.all([this.#yjs.lanes.persist(), this.#yjs.lanes.seal()]);
  }

  /** Every record kept by the relay, from a position on: see `HistoryStep`. */
  history(fromPosition = 1): AsyncGenerator<HistoryStep> {
    return readHistory(this.#log, fromPosition);
  }

  /** Unix seconds, 0 for never. Before the document exists on its relay, the header is made anew. */
  async setExpiry(expiry: number): Promise<Result<void>> {
    // While the relay is asked to create it, the header under way is the one that counts.
    if (!this.#log.isCreating || this.#log.phase === 'opening') return this.#log.owner.change({ expiry });
    await this.#log.create(await signHeader(this.#ports.suite, this.#keys, { seq: 1, expiry }));
    this.retry();
    return { ok: true, value: undefined };
  }

  delete(): Promise<Result<void>> {
    return this.#log.owner.delete();
  }

  eraseHistory(): Promise<Result<void>> {
    return this.#log.owner.eraseHistory();
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
    await this.#yjs.lanes.seal();
    if (this.#log.phase === 'live') {
      await this.#settled(this.#ports.timing.closeMs);
      if (this.#peers <= 1 && this.#log.unacked === 0) await this.#checkpoints.finish();
    }
    await this.#presence.leave();
    this.#checkpoints.close();
    await this.#yjs.lanes.persist();
    await this.#yjs.cache.save();
    this.#yjs.close();
    await this.#log.close();
    this.#presence.close();
    this.#yjs.ydoc.destroy();
    this.#events.clear();
    this.#onClose();
  }

  /** Resolves when everything is acknowledged, or after the time given. */
  #settled(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        this.#ports.clock.clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = this.#ports.clock.setTimeout(finish, ms);
      const check = (): void => {
        if (this.unsaved === 0 || this.#log.phase !== 'live') finish();
      };
      const stop = this.#log.events.on('outbox', check);
      check();
    });
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
  }

  #bad(rule: string, detail: string): void {
    this.#reports.add({ code: 'open_failed', rule, detail });
  }

  #update(): void {
    const state = this.#compute();
    if (state === this.#state) return;
    this.#state = state;
    this.#events.emit('state', state);
  }

  #compute(): DocumentState {
    const { phase, canWrite } = this.#log;
    if (this.#ended !== undefined) return 'ended';
    if (phase === 'stopped') return 'problem';
    if (phase === 'down') return 'offline';
    if (phase !== 'live') return this.#error === 'disk_full' ? 'problem' : 'connecting';
    if (!canWrite) return 'readonly';
    if (this.error !== undefined) return 'problem';
    return this.unsaved === 0 ? 'saved' : 'sending';
  }
}

/** What the parts below tell the document, once there is one. */
type Hooks = Pick<YjsPorts, 'changed' | 'bad' | 'readOnlyEdit'>;

export interface DocumentParts {
  log: Log;
  relay: string;
  ports: LogPorts;
  reports: Reports;
  onClose(): void;
}
