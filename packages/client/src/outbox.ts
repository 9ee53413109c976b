/**
 * Sealed records that wait for their acknowledgement (CHK-6), by session. They are on disk before they are sent, and stay
 * there until the cache holds what they brought, so that a document opens whole without its relay.
 */
import type { Bytes } from '@archipel/protocol';
import { concat, fromHex, HASH_BYTES, SESSION_BYTES, toHex } from '@archipel/protocol';
import type { DocumentStore } from './document-store.ts';
import type { Locks } from './ports.ts';

export interface OutboxEntry {
  n: number;
  /** Hash of the session's record before, which a record implies and does not carry. */
  previous: Bytes;
  bytes: Bytes;
  /** Unsealed, for sealing again in another session; undefined when this link cannot open it. */
  plaintext: Bytes | undefined;
}

/** The records of one session of ours: of this program run, or left behind by an earlier one. */
export class OutboxSession {
  readonly session: Bytes;
  readonly entries: OutboxEntry[];
  /** Everything below is acknowledged. */
  acked: number;
  /** The next n to send on this line. */
  sent: number;
  /** Everything below was sent at some time, perhaps by an earlier program: the relay may acknowledge it at any time. */
  offered: number;
  readonly release: () => void;

  constructor(session: Bytes, entries: OutboxEntry[], release: () => void) {
    this.session = session;
    this.entries = entries;
    this.acked = entries[0]?.n ?? 0;
    this.sent = this.acked;
    this.offered = this.end;
    this.release = release;
  }

  /** n of the next record. */
  get end(): number {
    const last = this.entries.at(-1);
    return last === undefined ? this.acked : last.n + 1;
  }

  get unacked(): number {
    return this.end - this.acked;
  }

  entry(n: number): OutboxEntry | undefined {
    return this.entries[n - (this.entries[0]?.n ?? 0)];
  }
}

const OUT = 'out/';
const PENDING = 'pending/';
const DIGITS = 16;

function keyOf(session: Bytes, n: number): string {
  return `${OUT}${toHex(session)}/${String(n).padStart(DIGITS, '0')}`;
}

function sessionOf(key: string): Bytes | undefined {
  const session = fromHex(key.split('/')[1] ?? '');
  return session?.length === SESSION_BYTES ? session : undefined;
}

export interface Orphans {
  sessions: OutboxSession[];
  /** Edits that had not been sealed when their program ended, and the keys they lie under. */
  pending: Bytes[];
  pendingKeys: string[];
  /** To be called when the pending edits lie under this program's own key. */
  releasePending(): void;
}

export class Outbox {
  readonly #store: DocumentStore;
  readonly #locks: Locks;

  constructor(store: DocumentStore, locks: Locks) {
    this.#store = store;
    this.#locks = locks;
  }

  /** A session of this run. Its lock tells other programs that the owner lives. */
  async begin(session: Bytes): Promise<OutboxSession> {
    const release = await this.#lock(session);
    return new OutboxSession(session, [], release ?? (() => undefined));
  }

  /** Resolves when the record is on disk, or the storage has been reported as blocked. */
  async add(to: OutboxSession, entry: OutboxEntry): Promise<void> {
    await this.#store.put(keyOf(to.session, entry.n), concat(entry.previous, entry.bytes));
    to.entries.push(entry);
  }

  /** Removes what is acknowledged, of the first `covered` records. */
  async prune(session: OutboxSession, covered: number): Promise<void> {
    const end = Math.min(session.acked, covered);
    while (session.entries[0] !== undefined && session.entries[0].n < end) {
      const entry = session.entries.shift();
      if (entry) await this.#store.delete(keyOf(session.session, entry.n));
    }
  }

  /** Removes a session whose contents were sealed again in another one. */
  async discard(session: OutboxSession): Promise<void> {
    for (const { n } of session.entries.splice(0)) await this.#store.delete(keyOf(session.session, n));
    session.release();
  }

  /** Edits that are not sealed yet, as they are: this storage is trusted as the link is that opened the document. */
  async savePending(session: Bytes, update: Bytes | undefined): Promise<void> {
    const key = PENDING + toHex(session);
    await (update === undefined ? this.#store.delete(key) : this.#store.put(key, update));
  }

  async forgetPending(orphans: Orphans): Promise<void> {
    for (const key of orphans.pendingKeys) await this.#store.delete(key);
    orphans.releasePending();
  }

  /** Takes over what programs that are gone left behind; sessions of living tabs are theirs (REC-1). */
  async takeOrphans(openPlaintext: (bytes: Bytes) => Promise<Bytes | undefined>): Promise<Orphans> {
    const out = await this.#store.list(OUT);
    const pending = await this.#store.list(PENDING);
    const names = new Set([...out, ...pending].map(({ key }) => toHex(sessionOf(key) ?? new Uint8Array(0))));
    const orphans: Orphans = { sessions: [], pending: [], pendingKeys: [], releasePending: () => undefined };
    const releases: (() => void)[] = [];
    for (const name of names) {
      const session = fromHex(name);
      const release = session && session.length > 0 ? await this.#lock(session) : undefined;
      if (!session || !release) continue;
      const isOwn = ({ key }: { key: string }): boolean => key.split('/')[1] === name;
      const entries = await entriesOf(out.filter(isOwn), openPlaintext);
      if (entries.length > 0) orphans.sessions.push(new OutboxSession(session, entries, release));
      else releases.push(release);
      for (const { key, value } of pending.filter(isOwn)) {
        orphans.pending.push(value);
        orphans.pendingKeys.push(key);
      }
    }
    orphans.releasePending = () => {
      for (const release of releases) release();
    };
    return orphans;
  }

  #lock(session: Bytes): Promise<(() => void) | undefined> {
    return this.#locks.acquire(`${this.#store.name}/${toHex(session)}`);
  }
}

/** In order of n; a gap, which only a damaged storage has, ends the chain. */
async function entriesOf(
  stored: { key: string; value: Bytes }[],
  openPlaintext: (bytes: Bytes) => Promise<Bytes | undefined>,
): Promise<OutboxEntry[]> {
  const entries: OutboxEntry[] = [];
  for (const { key, value } of stored) {
    const n = Number(key.split('/')[2]);
    const last = entries.at(-1);
    if (last !== undefined && n !== last.n + 1) break;
    const bytes = value.subarray(HASH_BYTES);
    entries.push({ n, previous: value.subarray(0, HASH_BYTES), bytes, plaintext: await openPlaintext(bytes) });
  }
  return entries;
}
