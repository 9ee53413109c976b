/** What programs that are gone left behind here: records not acknowledged, and edits not sealed. */
import type { Bytes } from '@archipel/protocol';
import { recordHash } from '@archipel/protocol';
import type { Keys, Suite } from '@archipel/protocol/secret';
import { openRecord } from '@archipel/protocol/secret';
import type { Chains } from './chains.ts';
import type { Part } from './log-types.ts';
import type { Orphans, Outbox } from './outbox.ts';
import { holdsKeyOf, partOf } from './part.ts';
import type { Sender } from './sender.ts';

export interface InheritancePorts {
  suite: Suite;
  keys: Keys;
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
    const { suite, keys, outbox, sender } = this.#ports;
    const mayWrite = (session: Bytes): boolean => holdsKeyOf(keys, partOf(session));
    this.#orphans = await outbox.takeOrphans(mayWrite, async (bytes) => {
      const opened = await openRecord(suite, keys, keys.docId, bytes);
      return opened.ok ? opened.value : undefined;
    });
    const own = sender.sessions.slice();
    for (const session of own) sender.remove(session);
    for (const session of [...this.#orphans.sessions, ...own]) sender.add(session);
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
    const { docId } = this.#ports.keys;
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
