/** Takes what another host has of a document, after looking at the signatures (PEER-4, PEER-5, PEER-7, PEER-8), one thing after the other. */
import type { Bytes, ErrorName, PeerMessage, RecordPlace } from '@archipel/protocol';
import { mayHold, peekRecord, recordHash, verifyRecord, writersIn } from '@archipel/protocol';
import { append } from '../primitives/log/append.ts';
import { adoptBase } from '../primitives/log/base.ts';
import { keyOf } from '../primitives/log/chain.ts';
import { takeCheckpoint } from '../primitives/log/checkpoint.ts';
import type { LogContext } from '../primitives/log/context.ts';
import type { Document } from '../primitives/log/document.ts';
import { takeHeader } from '../primitives/log/lifecycle.ts';
import { Subscription } from '../primitives/log/subscription.ts';

/** More than this waits to be looked at: the other host is closed and comes again. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
const RETRY_MS = 2000;
const DISK_TRY_MS = 10;
const DISK_TRIES = 300;

export interface IntakePorts {
  context: LogContext;
  document: Document;
  say(message: PeerMessage): void;
  /** So many records of a session are on the other's disk. */
  has(session: Bytes, have: number): void;
  /** Something of it is not taken: the document is closed with the other host for a while. */
  refused(error: ErrorName, retryMs: number): void;
}

/** A run of records of one session that follow each other and what is here. */
interface Run {
  previous: Bytes;
  hash: Bytes;
  bodies: Bytes[];
}

export class Intake {
  readonly #ports: IntakePorts;
  readonly #writer: PeerWriter;
  #queue: Promise<void> = Promise.resolve();
  #waitingBytes = 0;
  #hasAskedBase = false;
  #isStopped = false;
  /** Sessions of which something came that is not acknowledged yet, and how far each was. */
  readonly #owed = new Set<string>();
  readonly #acked = new Map<string, number>();

  constructor(ports: IntakePorts) {
    this.#ports = ports;
    this.#writer = new PeerWriter(ports);
  }

  stop(): void {
    this.#isStopped = true;
    this.#writer.isOpen = false;
    this.#owed.clear();
  }

  #inOrder(bytes: number, work: () => Promise<unknown>): void {
    this.#waitingBytes += bytes;
    if (this.#waitingBytes > MAX_WAITING_BYTES) return this.#ports.refused('rate_limited', RETRY_MS);
    const { document } = this.#ports;
    document.holds += 1;
    const done = this.#queue.then(async () => {
      if (!this.#isStopped && !document.isDropped && document.ended === undefined) await work();
      this.#waitingBytes -= bytes;
      document.holds -= 1;
    });
    this.#queue = done.catch(() => undefined);
  }

  /** PEER-4 */
  header(bytes: Bytes): void {
    const own = bytes.slice();
    this.#inOrder(0, () => takeHeader(this.#ports.context, this.#ports.document, own));
  }

  records(views: readonly Bytes[]): void {
    const bodies = views.map((view) => view.slice());
    const bytes = bodies.reduce((sum, { length }) => sum + length, 0);
    this.#inOrder(bytes, () => this.#take(bodies));
  }

  checkpoint(bytes: Bytes): void {
    const own = bytes.slice();
    // One that does not fit is left alone: records are what two hosts have in common.
    this.#inOrder(own.length, async () => {
      await this.#onDisk();
      if (!this.#isStopped) await takeCheckpoint(this.#ports.context, this.#writer, own, 'later');
    });
  }

  /** What came before is on disk, or not taken. */
  async #onDisk(): Promise<void> {
    const { context, document } = this.#ports;
    for (let i = 0; i < DISK_TRIES && document.pendingAppends > 0 && !this.#isStopped; i++) {
      await new Promise<void>((resolve) => context.clock.setTimeout(resolve, DISK_TRY_MS));
    }
  }

  base(bytes: Bytes): void {
    const own = bytes.slice();
    this.#inOrder(own.length, async () => {
      const { context, document, refused } = this.#ports;
      await this.#onDisk();
      if (this.#isStopped) return;
      const error = await adoptBase(context, document, own);
      this.#hasAskedBase = false;
      if (error !== undefined && error !== 'checkpoint_behind') refused(error, RETRY_MS);
      for (const key of document.chains.keys()) this.#owed.add(key);
      this.committed();
    });
  }

  async #take(bodies: readonly Bytes[]): Promise<void> {
    const { runs, lacks } = this.#runs(bodies);
    if (lacks) this.#askBase();
    for (const run of runs) {
      const isGood = await this.#verify(run);
      if (this.#isStopped) return;
      if (!isGood) return this.#forged();
    }
    for (const { bodies } of runs) for (const body of bodies) append(this.#ports.context, this.#writer, body, 0);
    this.committed();
  }

  /** What is new of each session; `lacks`: something comes after what is not here. */
  #runs(bodies: readonly Bytes[]): { runs: Run[]; lacks: boolean } {
    const { context, document, has } = this.#ports;
    const runs = new Map<string, Run & { next: number }>();
    let lacks = false;
    for (const body of bodies) {
      const place = peekRecord(body);
      if (!place.ok) {
        this.#ports.refused('bad_message', RETRY_MS);
        return { runs: [], lacks: false };
      }
      const { session, n } = place.value;
      const key = keyOf(session);
      const chain = document.chains.get(key);
      has(session, n + 1);
      this.#owed.add(key);
      const run = runs.get(key) ?? {
        next: chain?.have ?? 0,
        previous: chain?.hash ?? new Uint8Array(32),
        hash: chain?.hash ?? new Uint8Array(32),
        bodies: [],
      };
      if (n < run.next) continue;
      if (n > run.next) {
        lacks = true;
        continue;
      }
      run.previous = run.hash;
      run.hash = recordHash(document.docId, run.hash, body, context.sha256);
      run.bodies.push(body);
      run.next += 1;
      runs.set(key, run);
    }
    return { runs: [...runs.values()], lacks };
  }

  /** REC-5: the last one's signature covers those before it. */
  async #verify({ previous, bodies }: Run): Promise<boolean> {
    const { context, document } = this.#ports;
    const last = bodies.at(-1);
    if (last === undefined) return true;
    const place = peekRecord(last);
    const keys = place.ok ? writersIn(document.header, place.value.gen) : undefined;
    if (keys === undefined) return false;
    context.metrics.recordsVerified += 1;
    return verifyRecord(context.verify, keys, document.docId, previous, last);
  }

  #forged(): void {
    this.#ports.context.log.warn({}, 'another host passed on a record without a good signature');
    this.#ports.refused('bad_signature', RETRY_MS);
  }

  #askBase(): void {
    if (this.#hasAskedBase) return;
    this.#hasAskedBase = true;
    this.#ports.say({ type: 'askBase' });
  }

  /** PEER-6: what is on disk now is acknowledged. */
  committed(): void {
    const { chains } = this.#ports.document;
    for (const key of this.#owed) {
      const chain = chains.get(key);
      if (chain === undefined || chain.durable <= (this.#acked.get(key) ?? 0)) continue;
      this.#ports.say({ type: 'peerAck', session: chain.id, have: chain.durable });
      this.#acked.set(key, chain.durable);
      if (chain.durable === chain.have) this.#owed.delete(key);
    }
  }
}

/** The other host as a writer of this document: it may add what editors have signed. */
class PeerWriter extends Subscription {
  constructor({ context, document, refused }: IntakePorts) {
    const peer = {
      open: true,
      congested: false,
      send: () => undefined,
      gather: () => undefined,
      watchDraining: () => undefined,
      refuse: (_channel: number, _refused: string, error: ErrorName, retryMs: number) =>
        refused(error, retryMs || RETRY_MS),
      goodbye: (error: ErrorName, retryMs: number) => refused(error, retryMs || RETRY_MS),
      enter: () => undefined,
      dropChannel: () => undefined,
    };
    super(peer, document, 'edit', context);
  }

  /** PEER-13: what another host took before it heard that the links were renewed. */
  override mayBring({ gen, session }: RecordPlace): boolean {
    const keys = writersIn(this.document.header, gen);
    return keys !== undefined && mayHold(keys, session);
  }

  /** It hears of all that is on disk anyway. */
  override ack(): void {}
}
