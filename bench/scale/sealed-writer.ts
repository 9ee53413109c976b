import { type Bytes, type ClientMessage, equal, LIVE_UPDATE, NO_PREVIOUS, recordHash } from '@archipel/protocol';
import { type Keys, makeSession, type Session } from '@archipel/protocol/secret';
import { mergeUpdates } from 'yjs';
import type { Histogram } from '../harness/stats.ts';
import { Typewriter } from '../harness/typing.ts';
import { remember } from '../peers/archipel-line.ts';
import { loadSuite } from '../peers/archipel-suite.ts';
import { SESSION_BYTES } from '../peers/archipel-writer.ts';
import type { Letter } from './letters.ts';

export interface SealedLetter extends Letter {
  message: ClientMessage;
}

/**
 * A writer that seals and signs what it will say before the step begins: with a hundred microseconds for each signature the
 * generator would be slower than the servers. Its records name no heads of others, because it does not know them yet.
 */
export class SealedWriter {
  readonly #keys: Keys;
  readonly #writer: number;
  readonly #session: Session;
  readonly #typewriter: Typewriter;
  readonly #sentAt: number[] = [];
  readonly #recordSentAt: number[] = [];
  #typed = 0;
  #lives = 0;
  #records = 0;
  #previous: Bytes = NO_PREVIOUS;
  acknowledged = 0;

  constructor(keys: Keys, writer: number) {
    this.#keys = keys;
    this.#writer = writer;
    this.#session = makeSession(loadSuite, keys, keys.gen ?? 0, loadSuite.random(SESSION_BYTES));
    this.#typewriter = new Typewriter(writer);
  }

  /** Keys typed in all steps so far. */
  get typed(): number {
    return this.#typed;
  }

  /** Seals the letters of one step, in order; `text` is what is typed in it, one key per code unit. */
  async seal(letters: readonly Letter[], text: string): Promise<SealedLetter[]> {
    const updates = this.#typewriter.type(text) as Bytes[];
    const sealed: SealedLetter[] = [];
    for (const letter of letters) {
      const own = updates.slice(letter.from, letter.to);
      const plaintext = (own.length === 1 ? own[0] : mergeUpdates(own)) as Bytes;
      const bytes = letter.kind === 'live' ? await this.#live(plaintext) : await this.#record(plaintext);
      remember(bytes, { writer: this.#writer, from: this.#typed + letter.from, to: this.#typed + letter.to });
      const message: ClientMessage =
        letter.kind === 'live' ? { type: 'live', live: bytes } : { type: 'append', record: bytes };
      sealed.push({ ...letter, from: this.#typed + letter.from, to: this.#typed + letter.to, message });
    }
    this.#typed += text.length;
    return sealed;
  }

  /** To be called when a letter leaves, by `performance.now()`. */
  sent({ kind, from, to, isFirst }: SealedLetter, now: number): void {
    if (kind === 'record') this.#recordSentAt.push(now);
    if (isFirst) for (let key = from; key < to; key++) this.#sentAt[key] = now;
  }

  sentAt(key: number): number {
    return this.#sentAt[key] ?? Number.NaN;
  }

  /** Its first `have` records are on the disk. Gives how many of them were not before. */
  acknowledge(session: Bytes, have: number, latency: Histogram): number {
    if (!equal(session, this.#session.session)) return 0;
    const now = performance.now();
    const known = this.acknowledged;
    for (let n = known; n < have; n++) latency.add(now - (this.#recordSentAt[n] as number));
    this.acknowledged = Math.max(known, have);
    return this.acknowledged - known;
  }

  #live(plaintext: Bytes): Promise<Bytes> {
    return this.#session.sealLive({ count: this.#lives++, type: LIVE_UPDATE, plaintext });
  }

  async #record(plaintext: Bytes): Promise<Bytes> {
    const previous = this.#previous;
    const record = await this.#session.sealRecord({ n: this.#records++, previous, deps: [], plaintext });
    this.#previous = recordHash(this.#keys.docId, previous, record);
    return record;
  }
}
