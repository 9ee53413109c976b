/**
 * What a process says over NATS. All that is said in one turn of the event loop leaves in one write. Nothing is kept for a line that is
 * cut or does not get on, and of what NATS may not have got, only the documents are remembered: the others are told to look them up.
 */
import type { Bytes } from '@archipel/protocol';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Clock, Timer } from '../clock.ts';

const CONFIRM_MS = 100;
/** Between two tries of what NATS does not allow. */
export const RETRY_MS = 2000;
/** Said since the last confirmation: from the first on another is asked for at once, from the second on nothing more is said. */
const CONFIRM_BYTES = 1024 * 1024;
const MAX_UNCONFIRMED_BYTES = 8 * CONFIRM_BYTES;
const MAX_NAMED = 10_000;
const DEFAULT_MAX_PAYLOAD_BYTES = 1024 * 1024;

interface Outgoing {
  subject: string;
  message: Bytes;
  isNews: boolean;
}

export interface NatsOutboxDeps {
  line: NatsConnection;
  clock: Clock;
  /** Said about a document of which news was lost. */
  changed: Bytes;
  /** Said to all when news of too many documents was lost. */
  missed: { subject: string; message: Bytes };
}

/** Subjects, up to a bound; beyond it all of them. */
class Subjects {
  #names = new Set<string>();
  #isAll = false;

  get isEmpty(): boolean {
    return this.#names.size === 0 && !this.#isAll;
  }

  get isAll(): boolean {
    return this.#isAll;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#names.values();
  }

  add(subject: string): void {
    if (this.#isAll) return;
    this.#names.add(subject);
    if (this.#names.size > MAX_NAMED) this.addAll();
  }

  addAll(): void {
    this.#isAll = true;
    this.#names.clear();
  }

  addThose(others: Subjects): void {
    if (others.isAll) this.addAll();
    for (const subject of others) this.add(subject);
  }
}

/** What went out since one asking for a confirmation until the next. */
interface Said {
  bytes: number;
  news: Subjects;
}

const nothingSaid = (): Said => ({ bytes: 0, news: new Subjects() });

export class NatsOutbox {
  readonly #deps: NatsOutboxDeps;
  #isUp = true;
  #queue: Outgoing[] = [];
  /** Since confirmation was asked for the last time, and before it; the latter while there is no answer yet. */
  #said = nothingSaid();
  #asked: Said | undefined;
  #missed = new Subjects();
  #confirmTimer: Timer | undefined;
  #retryTimer: Timer | undefined;
  readonly #run = (): void => this.sendNow();

  constructor(deps: NatsOutboxDeps) {
    this.#deps = deps;
  }

  /** `isNews`: it tells of something in the store, and must be made up for when it is lost. */
  send(subject: string, message: Bytes, isNews: boolean): void {
    if (!this.#isUp) {
      if (isNews) this.#missed.add(subject);
    } else if (this.#queue.push({ subject, message, isNews }) === 1) setImmediate(this.#run);
  }

  sendNow(): void {
    const queue = this.#queue;
    this.#queue = [];
    const maxBytes = this.#deps.line.info?.max_payload ?? DEFAULT_MAX_PAYLOAD_BYTES;
    for (const { subject, message, isNews } of queue) {
      if (message.length <= maxBytes) this.#publish(subject, message, isNews);
      else if (isNews) this.#publish(subject, this.#deps.changed, true);
    }
    this.#confirmSoon();
  }

  #publish(subject: string, message: Bytes, isNews: boolean): void {
    const said = this.#said;
    if (!this.#isUp || said.bytes + (this.#asked?.bytes ?? 0) > MAX_UNCONFIRMED_BYTES) {
      if (isNews) this.#missed.add(subject);
      return;
    }
    said.bytes += message.length + subject.length;
    if (isNews) said.news.add(subject);
    this.#deps.line.publish(subject, message);
  }

  /** What NATS has confirmed to have got is not made up for any more, and leaves room for more. */
  #confirmSoon(): void {
    if (this.#said.bytes === 0 || this.#asked !== undefined || !this.#isUp) return;
    if (this.#said.bytes > CONFIRM_BYTES) void this.#confirm();
    else this.#confirmTimer ??= this.#deps.clock.setTimeout(() => void this.#confirm(), CONFIRM_MS);
  }

  async #confirm(): Promise<void> {
    this.#deps.clock.clearTimeout(this.#confirmTimer);
    this.#confirmTimer = undefined;
    if (this.#asked !== undefined || !this.#isUp) return;
    const asked = this.#said;
    this.#asked = asked;
    this.#said = nothingSaid();
    const isConfirmed = await confirmed(this.#deps.line);
    // Otherwise the line was cut, and `lineCut` has taken care of it.
    if (!isConfirmed || this.#asked !== asked || !this.#isUp) return;
    this.#asked = undefined;
    if (this.#retryTimer === undefined) this.#makeUp();
    this.#confirmSoon();
  }

  lineCut(): void {
    this.#isUp = false;
    if (this.#asked !== undefined) this.#missed.addThose(this.#asked.news);
    this.#missed.addThose(this.#said.news);
    this.#asked = undefined;
    this.#said = nothingSaid();
  }

  lineBack(): void {
    this.#isUp = true;
    this.#makeUp();
  }

  /** NATS did not take a message on this subject. */
  refused(subject: string): void {
    this.#missed.add(subject);
    this.#retryTimer ??= this.#deps.clock.setTimeout(() => {
      this.#retryTimer = undefined;
      if (this.#isUp) this.#makeUp();
    }, RETRY_MS);
  }

  #makeUp(): void {
    if (this.#missed.isEmpty) return;
    const missed = this.#missed;
    this.#missed = new Subjects();
    for (const subject of missed) this.#publish(subject, this.#deps.changed, true);
    if (missed.isAll) this.#sayMissed();
    this.#confirmSoon();
  }

  #sayMissed(): void {
    const { line, missed } = this.#deps;
    line.publish(missed.subject, missed.message);
    this.#said.bytes += missed.message.length;
    this.#said.news.addAll();
  }

  /** Nothing is said any more once what waits has gone out. */
  stop(): void {
    if (this.#isUp) this.sendNow();
    this.#isUp = false;
    this.#deps.clock.clearTimeout(this.#confirmTimer);
    this.#deps.clock.clearTimeout(this.#retryTimer);
  }
}

/** Whether NATS has got all that was sent up to now; false when the line was cut before it said so. */
export function confirmed(line: NatsConnection): Promise<boolean> {
  return line.flush().then(
    () => true,
    () => false,
  );
}
