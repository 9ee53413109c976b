/** Sends the outbox in order, a window at a time, and goes back where the relay refused (CON-5, CON-10). */
import type { Bytes, ErrorName, Vector } from '@archipel/protocol';
import { equal, toHex } from '@archipel/protocol';
import type { Report } from './errors.ts';
import type { Outbox, OutboxSession } from './outbox.ts';
import { keptBelow } from './outbox.ts';
import type { Clock, Random, Timer } from './ports.ts';
import { WINDOW_RECORDS } from './timing.ts';

export interface SenderPorts {
  clock: Clock;
  random: Random;
  send(record: Bytes): void;
  /** What is acknowledged, refused or waiting has changed. */
  changed(): void;
  report(report: Report): void;
  /** The session is over: its records must be sealed again in a new one (CKP-6). */
  closed(session: OutboxSession): void;
  /** The relay does not know our channel. */
  reopen(): void;
  /** The relay lost a record that it had acknowledged (CHK-4). */
  lost(detail: string): void;
}

export interface Covered {
  heads: Vector;
  /** How many keep the document. */
  hosts: number;
  /** This program's sessions, which go on. */
  current: readonly Bytes[];
  isRetired(session: Bytes): boolean;
}

export interface Refusal {
  session: Bytes;
  n: number;
  error: ErrorName;
  retryAfterMs: number;
}

const MIN_PAUSE_MS = 250;
/** A relay that keeps refusing the same place is not asked for ever. */
const MAX_REWINDS = 3;

export class Sender {
  readonly #ports: SenderPorts;
  #sessions: OutboxSession[] = [];
  readonly #former = new Set<string>();
  #up = false;
  #pause: Timer | undefined;
  #rewinds = 0;
  /** Why the relay does not take our records, when it says so. */
  problem: ErrorName | undefined;

  constructor(ports: SenderPorts) {
    this.#ports = ports;
  }

  get sessions(): readonly OutboxSession[] {
    return this.#sessions;
  }

  get unacked(): number {
    return this.#sessions.reduce((sum, session) => sum + session.unacked, 0);
  }

  find(session: Bytes): OutboxSession | undefined {
    return this.#sessions.find((known) => equal(known.session, session));
  }

  /** What of this the relay must have: of our own sessions what it acknowledged, nothing of those that are sealed again. */
  acknowledged(heads: Vector): Vector {
    const acked = new Map(this.#sessions.map((session) => [toHex(session.session), session.acked]));
    return heads.flatMap(({ session, have }) => {
      const key = toHex(session);
      const most = acked.get(key) ?? (this.#former.has(key) ? 0 : have);
      return most > 0 ? [{ session, have: Math.min(have, most) }] : [];
    });
  }

  add(session: OutboxSession): void {
    this.#sessions.push(session);
  }

  /** A session that sends no more; acknowledgements for it that are still under way are no forgery. */
  remove(session: OutboxSession): void {
    this.#former.add(toHex(session.session));
    this.#sessions = this.#sessions.filter((known) => known !== session);
  }

  /** The document is open: everything unacknowledged is sent again, with the same bytes (REC-3 makes that harmless). */
  start(): void {
    this.#up = true;
    this.#rewinds = 0;
    this.problem = undefined;
    this.#resume();
    for (const session of this.#sessions) session.sent = session.acked;
    this.pump();
  }

  stop(): void {
    this.#up = false;
    this.#resume();
  }

  pump(): void {
    if (!this.#up || this.#pause !== undefined || this.#isBlocked()) return;
    let inFlight = this.#sessions.reduce((sum, session) => sum + session.sent - session.acked, 0);
    for (const session of this.#sessions) {
      for (; session.sent < session.end && inFlight < WINDOW_RECORDS; inFlight++) {
        const entry = session.entry(session.sent);
        if (entry === undefined) return;
        session.sent++;
        session.offered = Math.max(session.offered, session.sent);
        this.#ports.send(entry.bytes);
      }
    }
  }

  /** Another relay is connected. What it has of our sessions counts from here on; one whose next record is not kept any more ends. */
  moved(served: Vector): void {
    const vector = new Map(served.map(({ session, have }) => [toHex(session), have]));
    for (const session of [...this.#sessions]) {
      const have = vector.get(toHex(session.session)) ?? 0;
      session.movedTo(have);
      if (have < session.first) this.#ports.closed(session);
    }
    this.#ports.changed();
  }

  /** How many hosts have every record, as far as they were acknowledged; undefined without any. */
  get copies(): 1 | 2 | undefined {
    if (this.#sessions.every(({ end }) => end === 0)) return undefined;
    return this.#sessions.every(({ safe, end }) => safe >= end) ? 2 : 1;
  }

  /** For each session, below which n its records may go when `hosts` are to keep the document. */
  #keptBelow(hosts: number): Map<OutboxSession, number> {
    return hosts > 1 ? keptBelow(this.#sessions) : new Map(this.#sessions.map((session) => [session, session.acked]));
  }

  /** Removes from the outbox what the cache covers up to `heads`, and sessions of which nothing is left. */
  async prune(outbox: Outbox, { heads, hosts, current, isRetired }: Covered): Promise<void> {
    const below = this.#keptBelow(hosts);
    for (const session of [...this.#sessions]) {
      const unheld = isRetired(session.session) ? session.acked : 0;
      const covered = heads.find((head) => equal(head.session, session.session))?.have ?? unheld;
      await outbox.prune(session, Math.min(below.get(session) ?? 0, covered));
      if (session.entries.length > 0 || current.includes(session.session) || session.unacked > 0) continue;
      this.remove(session);
      session.release();
    }
  }

  /** `level`: on how many disks. */
  acked(sessionId: Bytes, have: number, level: 1 | 2): void {
    const session = this.find(sessionId);
    if (session === undefined && this.#former.has(toHex(sessionId))) return;
    if (session === undefined || have > session.offered) {
      const what = session === undefined ? 'a session that is not ours' : 'a record that was not sent';
      this.#ports.report({ code: 'relay_forged', rule: 'CHK-5', detail: `acknowledgement for ${what}` });
      return;
    }
    if (level === 2 && have > session.safe) {
      session.safe = have;
      this.#ports.changed();
    }
    if (have <= session.acked) return;
    session.acked = have;
    session.sent = Math.max(session.sent, have);
    this.#rewinds = 0;
    this.problem = undefined;
    this.pump();
    this.#ports.changed();
  }

  refused({ session: id, n, error, retryAfterMs }: Refusal): void {
    const session = this.find(id);
    // What followed a refused record is refused too, as a gap: it was rewound already.
    if (session === undefined || n < session.acked || n >= session.sent) return;
    if (error === 'session_gap') this.#gap(session, n);
    else if (error === 'session_closed' || error === 'session_fork') this.#ports.closed(session);
    else if (error === 'bad_message') this.#ports.reopen();
    else if (retryAfterMs > 0 || isPassing(error)) this.#wait(session, n, error, retryAfterMs);
    else this.#block(session, n, error);
  }

  #gap(session: OutboxSession, n: number): void {
    this.#rewinds++;
    // Twice, because the first answer may be older than the last acknowledgement.
    if (n === session.acked && n > 0 && this.#rewinds > 1) this.#ports.lost(`acknowledged record ${n - 1}`);
    else if (this.#rewinds > MAX_REWINDS) this.#ports.closed(session);
    else {
      session.sent = session.acked;
      this.#pauseFor(MIN_PAUSE_MS);
    }
  }

  #wait(session: OutboxSession, n: number, error: ErrorName, retryAfterMs: number): void {
    session.sent = n;
    if (error === 'disk_full') this.problem = error;
    this.#pauseFor(Math.max(MIN_PAUSE_MS, retryAfterMs));
    this.#ports.changed();
  }

  /** Nothing is dropped: the records stay in the outbox, and are tried again when the document is opened again. */
  #block(session: OutboxSession, n: number, error: ErrorName): void {
    session.sent = n;
    this.problem = error;
    this.#ports.changed();
  }

  #isBlocked(): boolean {
    return this.problem !== undefined && !isPassing(this.problem);
  }

  #pauseFor(ms: number): void {
    if (this.#pause !== undefined) return;
    this.#pause = this.#ports.clock.setTimeout(
      () => {
        this.#pause = undefined;
        this.pump();
      },
      ms * (1 + this.#ports.random() / 4),
    );
  }

  #resume(): void {
    this.#ports.clock.clearTimeout(this.#pause);
    this.#pause = undefined;
  }
}

function isPassing(error: ErrorName): boolean {
  return error === 'rate_limited' || error === 'disk_full' || error === 'unavailable' || error === 'shutting_down';
}
