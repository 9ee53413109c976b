/**
 * Sealed records that wait for their acknowledgement (CHK-6), by session. They are on disk before they are sent, and stay
 * there until the cache holds what they brought, so that a document opens whole without its relay.
 */
import type { Bytes } from '@archipel/protocol';
import { concat, fromHex, HASH_BYTES, SESSION_BYTES, toHex } from '@archipel/protocol';
import type { DocumentStore } from './document-store.ts';
import type { Locks } from './ports.ts';
import { MAX_LONE_BYTES, MAX_LONE_RECORDS } from './timing.ts';

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
  /** Everything below is acknowledged by the relay that is connected. */
  acked: number;
  /** Everything below is on the disks of two hosts (Ack of level 2). */
  safe: number;
  /** n of the next record. */
  end: number;
  /** The next n to send on this line. */
  sent: number;
  /** Everything below was sent at some time, perhaps by an earlier program: the relay may acknowledge it at any time. */
  offered: number;
  readonly release: () => void;

  constructor(session: Bytes, entries: OutboxEntry[], release: () => void) {
    this.session = session;
    this.entries = entries;
    this.acked = entries[0]?.n ?? 0;
    this.safe = this.acked;
    this.end = this.acked + entries.length;
    this.sent = this.acked;
    this.offered = this.end;
    this.release = release;
  }

  /** n of the first record that is kept. */
  get first(): number {
    return this.entries[0]?.n ?? this.end;
  }

  /** Another relay is connected, which has the first `have` records: two have what the one before acknowledged, too. */
  movedTo(have: number): void {
    this.safe = Math.max(this.safe, Math.min(this.acked, have));
    this.acked = Math.min(this.acked, have);
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

/**
 * For each session, below which n its records need not be kept for another relay: those that two hosts have, and, when too much
 * is acknowledged by one alone, the oldest of these.
 */
export function keptBelow(sessions: readonly OutboxSession[]): Map<OutboxSession, number> {
  const below = new Map(sessions.map((session) => [session, session.safe]));
  const lone = sessions.flatMap((session) =>
    session.entries
      .filter(({ n }) => n >= session.safe && n < session.acked)
      .map(({ n, bytes }) => ({ session, n, size: bytes.length })),
  );
  let size = lone.reduce((sum, entry) => sum + entry.size, 0);
  for (const [index, entry] of lone.entries()) {
    if (size <= MAX_LONE_BYTES && lone.length - index <= MAX_LONE_RECORDS) break;
    below.set(entry.session, entry.n + 1);
    size -= entry.size;
  }
  return below;
}

export interface Orphans {
  sessions: OutboxSession[];
  /** Edits that had not been sealed when their program ended, and the keys they lie under. */
  pending: { session: Bytes; edits: Bytes; key: string }[];
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
    to.end = entry.n + 1;
  }

  /** Removes the records below `end`. */
  async prune(session: OutboxSession, end: number): Promise<void> {
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
    for (const { key } of orphans.pending) await this.#store.delete(key);
    orphans.releasePending();
  }

  /** Takes over what programs that are gone left behind and this link may write; sessions of living tabs are theirs (REC-1). */
  async takeOrphans(
    mayWrite: (session: Bytes) => boolean,
    openPlaintext: (bytes: Bytes) => Promise<Bytes | undefined>,
  ): Promise<Orphans> {
    const out = await this.#store.list(OUT);
    const pending = await this.#store.list(PENDING);
    const names = new Set([...out, ...pending].map(({ key }) => toHex(sessionOf(key) ?? new Uint8Array(0))));
    const orphans: Orphans = { sessions: [], pending: [], releasePending: () => undefined };
    const releases: (() => void)[] = [];
    for (const name of names) {
      const session = fromHex(name);
      const isOurs = session !== undefined && session.length > 0 && mayWrite(session);
      const release = isOurs ? await this.#lock(session) : undefined;
      if (!session || !release) continue;
      const isOwn = ({ key }: { key: string }): boolean => key.split('/')[1] === name;
      const entries = await entriesOf(out.filter(isOwn), openPlaintext);
      if (entries.length > 0) orphans.sessions.push(new OutboxSession(session, entries, release));
      else releases.push(release);
      for (const { key, value } of pending.filter(isOwn)) {
        orphans.pending.push({ session, edits: value, key });
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
