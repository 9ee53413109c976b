/** What programs that are gone left behind here: records not acknowledged, and edits not sealed. */
import type { Bytes } from '@archipel/protocol';
import { decodeRecord, recordHash } from '@archipel/protocol';
import type { Keys, Suite } from '@archipel/protocol/secret';
import { openRecord } from '@archipel/protocol/secret';
import type { Chains } from './chains.ts';
import type { Part } from './log-types.ts';
import type { Orphans, Outbox, OutboxSession } from './outbox.ts';
import { partOf } from './part.ts';
import type { Sender } from './sender.ts';

export interface InheritancePorts {
  suite: Suite;
  docId: Bytes;
  /** Of a generation of the links, as far as this link gives them. */
  keysIn(gen: number): Keys | undefined;
  /** Whether this link is one to write there. */
  holdsKeyOf(part: Part): boolean;
  outbox: Outbox;
  sender: Sender;
}

export class Inheritance {
  readonly #ports: InheritancePorts;
  #orphans: Orphans | undefined;

  constructor(ports: InheritancePorts) {
    this.#ports = ports;
  }

  /** Their records are sent before our own. */
  async take(): Promise<void> {
    const { outbox, sender, holdsKeyOf } = this.#ports;
    const orphans = await outbox.takeOrphans(
      (session) => holdsKeyOf(partOf(session)),
      (bytes) => this.#open(bytes),
    );
    // What an older link sealed and this one cannot open is left where it is, for that one (GEN-4).
    const isOpen = ({ entries }: OutboxSession): boolean => entries.every(({ plaintext }) => plaintext !== undefined);
    for (const session of orphans.sessions) if (!isOpen(session)) session.release();
    this.#orphans = { ...orphans, sessions: orphans.sessions.filter(isOpen) };
    const own = sender.sessions.slice();
    for (const session of own) sender.remove(session);
    for (const session of [...this.#orphans.sessions, ...own]) sender.add(session);
  }

  async #open(bytes: Bytes): Promise<Bytes | undefined> {
    const { suite, docId, keysIn } = this.#ports;
    const record = decodeRecord(bytes);
    const keys = record.ok ? keysIn(record.value.gen) : undefined;
    const opened = keys && (await openRecord(suite, keys, docId, bytes));
    return opened?.ok ? opened.value : undefined;
  }

  contentsOf(part: Part): { records: Bytes[]; edits: Bytes[] } {
    const isOfIt = ({ session }: { session: Bytes }): boolean => partOf(session) === part;
    const { sessions = [], pending = [] } = this.#orphans ?? {};
    const entries = sessions.filter(isOfIt).flatMap(({ entries: list }) => list);
    return {
      records: entries.flatMap(({ plaintext }) => (plaintext === undefined ? [] : [plaintext])),
      edits: pending.filter(isOfIt).map(({ edits }) => edits),
    };
  }

  /** The heads of their sessions, where those of a cache are behind. */
  extend(chains: Chains): void {
    const { docId } = this.#ports;
    for (const { session, entries } of this.#orphans?.sessions ?? []) {
      for (const { n, previous, bytes } of entries) {
        if ((chains.head(session)?.have ?? 0) !== n) continue;
        chains.set({ session, have: n + 1, hash: recordHash(docId, previous, bytes) });
      }
    }
  }

  /** The edits lie under this program's own key now. */
  async keptEdits(): Promise<void> {
    if (this.#orphans !== undefined) await this.#ports.outbox.forgetPending(this.#orphans);
  }

  release(): void {
    this.#orphans?.releasePending();
  }
}
