/** Seals what this program writes, in its own session: one record after the other, never two for one n (REC-1). */
import type { Bytes, LiveType, Result } from '@archipel/protocol';
import { fail, MAX_REMARK_BYTES, NO_PREVIOUS, ok, peekRecord, recordHash } from '@archipel/protocol';
import type { Keys, Session, Suite } from '@archipel/protocol/secret';
import { makeSession } from '@archipel/protocol/secret';
import type { Chains } from './chains.ts';
import type { Part } from './log-types.ts';
import type { Outbox, OutboxSession } from './outbox.ts';
import { newSession, partOf } from './part.ts';
import type { Sender } from './sender.ts';

export interface WriterPorts {
  /** What it writes. */
  part: Part;
  suite: Suite;
  /** Of the generation of the header. */
  keys(): Keys;
  outbox: Outbox;
  sender: Sender;
  chains(): Chains;
  /** From the header; undefined as long as no header is known. */
  gen(): number | undefined;
  maxRecordBytes(): number;
  /** The record is in the outbox: its contents will become durable. */
  sealed(plaintext: Bytes, size: number): void;
  /** Contents that no record can hold are unsaved edits again; resolves when these are on disk. */
  takeBack(plaintexts: Bytes[]): Promise<void>;
  /** Nothing waits to be sealed again any more. */
  changed(): void;
}

interface Own {
  records: OutboxSession;
  previous: Bytes;
  count: number;
  sealer: Session | undefined;
}

export class Writer {
  readonly #ports: WriterPorts;
  #own: Own;
  #appending: Promise<unknown> = Promise.resolve();
  #living: Promise<unknown> = Promise.resolve();
  /** Sessions that end, and from which n their records are sealed again. */
  readonly #ending = new Map<OutboxSession, number>();

  private constructor(ports: WriterPorts, own: Own) {
    this.#ports = ports;
    this.#own = own;
  }

  static async begin(ports: WriterPorts): Promise<Writer> {
    return new Writer(ports, await beginOwn(ports));
  }

  /** Records that wait to be sealed again: as unsaved as any other (CHK-5). */
  get waiting(): number {
    let count = 0;
    for (const [{ entries }, from] of this.#ending) count += entries.filter(({ n }) => n >= from).length;
    return count;
  }

  get session(): Bytes {
    return this.#own.records.session;
  }

  /** Seals, writes to the outbox, sends. Errors: `too_large`; `host_unreachable` before any header is known. */
  append(plaintext: Bytes): Promise<Result<void>> {
    return this.#inOrder(() => this.#append(plaintext));
  }

  /** Replaces the edits on disk that are in no record yet. */
  savePending(update: Bytes | undefined): Promise<void> {
    return this.#ports.outbox.savePending(this.session, update);
  }

  /** Seals the contents of a closed session again, from record `from`, and then forgets it. */
  sealAgain(session: OutboxSession, from: number): Promise<void> {
    const { sender, outbox, chains } = this.#ports;
    sender.remove(session);
    this.#ending.set(session, from);
    return this.#inOrder(async () => {
      if (session === this.#own.records) await this.#rotate();
      chains().truncate(session.session, session.acked);
      const refused: Bytes[] = [];
      for (const { n, plaintext } of [...session.entries]) {
        if (n < from || plaintext === undefined) continue;
        const appended = await this.#append(plaintext);
        if (!appended.ok) refused.push(plaintext);
      }
      // What does not fit any more is on disk as an edit before its record is forgotten (CHK-6).
      if (refused.length > 0) await this.#ports.takeBack(refused);
      await outbox.discard(session);
      this.#ending.delete(session);
      this.#ports.changed();
    });
  }

  /** GEN-3: nobody takes records of an older generation than `gen` any more. */
  renew(gen: number): void {
    for (const session of [...this.#ports.sender.sessions]) {
      if (partOf(session.session) !== this.#ports.part) continue;
      const last = session.unacked > 0 ? session.entries.at(-1) : undefined;
      const place = last && peekRecord(last.bytes);
      if (place?.ok && place.value.gen < gen) void this.sealAgain(session, session.acked);
    }
  }

  /** A live message in order of count; undefined before any header is known. */
  sealLive(type: LiveType, plaintext: Bytes): Promise<Bytes | undefined> {
    const run = this.#living.then(async () => {
      const own = this.#own;
      return this.#sealer(own)?.sealLive({ count: own.count++, type, plaintext });
    });
    this.#living = run.catch(() => undefined);
    return run;
  }

  /** Resolves when everything appended so far is in the outbox. */
  async idle(): Promise<void> {
    await this.#appending;
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#appending.then(work);
    this.#appending = run.catch(() => undefined);
    return run;
  }

  #sealer(own: Own): Session | undefined {
    const gen = this.#ports.gen();
    if (gen === undefined) return undefined;
    if (own.sealer?.gen !== gen)
      own.sealer = makeSession(this.#ports.suite, this.#ports.keys(), gen, own.records.session);
    return own.sealer;
  }

  async #append(plaintext: Bytes): Promise<Result<void>> {
    const { suite, outbox, sender, sealed } = this.#ports;
    // GEN-3
    if (this.#own.records.end > 0 && this.#own.sealer?.gen !== this.#ports.gen()) await this.#rotate();
    const own = this.#own;
    const sealer = this.#sealer(own);
    if (sealer === undefined) return fail('host_unreachable');
    if (this.#ports.part === 'remarks' && plaintext.length > MAX_REMARK_BYTES) return fail('too_large');
    const n = own.records.end;
    // A remark has none (RMK-2).
    const deps = this.#ports.part === 'text' ? this.#ports.chains().takeDeps(own.records.session) : [];
    const bytes = await sealer.sealRecord({ n, previous: own.previous, deps, plaintext });
    if (bytes.length > this.#ports.maxRecordBytes()) {
      // This n has been used, though nobody saw it: REC-1 asks for another session.
      await this.#rotate();
      return fail('too_large');
    }
    await outbox.add(own.records, { n, previous: own.previous, bytes, plaintext });
    own.previous = recordHash(this.#ports.keys().docId, own.previous, bytes, suite.sha256);
    this.#ports.chains().set({ session: own.records.session, have: n + 1, hash: own.previous });
    sealed(plaintext, bytes.length);
    sender.pump();
    return ok(undefined);
  }

  /** What the old session still has to send is sent in it. */
  async #rotate(): Promise<void> {
    this.#own = await beginOwn(this.#ports);
  }
}

async function beginOwn({ part, suite, outbox, sender }: WriterPorts): Promise<Own> {
  const records = await outbox.begin(newSession(suite, part));
  sender.add(records);
  return { records, previous: NO_PREVIOUS, count: 0, sealer: undefined };
}
