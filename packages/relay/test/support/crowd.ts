/** Bare clients that do what the protocol asks of a client and check what it promises one (docs/protocol.md §10), without sealing. */
import type { Bytes, CheckpointFields, FrontierEntry, Opened, RelayMessage } from '@archipel/protocol';
import {
  checkpointHash,
  decodeCheckpoint,
  decodeHeader,
  NO_PREVIOUS,
  peekRecord,
  recordHash,
} from '@archipel/protocol';
import type { Author, TestSession } from './author.ts';
import type { Host, HostClient, HostProcess } from './host.ts';

const MIN_PAUSE_MS = 250;

/** What is said to who comes with links that were renewed. */
const OLD_LINK: readonly string[] = ['proof_failed', 'wrong_generation'];

const hex = (bytes: Bytes): string => Buffer.from(bytes).toString('hex');

interface Head {
  session: Bytes;
  have: number;
  hash: Bytes;
}

/** What one has been served of a document, as the relay's promises allow it to be judged. */
export class View {
  readonly heads = new Map<string, Head>();
  readonly #author: Author;
  readonly #isForged: (record: Bytes) => boolean;
  readonly #complain: (what: string) => void;
  readonly #bytes = new Map<string, Bytes>();
  checkpoint: { seq: number; hash: Bytes; retired: number; frontier: FrontierEntry[] } | undefined;
  headerSeq = 0;

  constructor(author: Author, isForged: (record: Bytes) => boolean, complain: (what: string) => void) {
    this.#author = author;
    this.#isForged = isForged;
    this.#complain = complain;
  }

  /** CHK-4, HDR-3. Sessions that are named no more were retired: whether rightly shows in the end. */
  opened({ vector, checkpointSeq, header }: Opened): void {
    const served = new Map(vector.map(({ session, have }) => [hex(session), have]));
    const decoded = decodeHeader(header);
    const seq = decoded.ok ? decoded.value.seq : 0;
    if (seq < this.headerSeq) this.#complain(`header ${seq} after ${this.headerSeq}`);
    this.headerSeq = seq;
    const seen = this.checkpoint?.seq ?? 0;
    if (checkpointSeq < seen) this.#complain(`checkpoint ${checkpointSeq} after ${seen}`);
    for (const [key, { have }] of this.heads) {
      const now = served.get(key);
      if (now === undefined && checkpointSeq > 1) this.heads.delete(key);
      else if ((now ?? 0) < have) this.#complain(`session ${key.slice(0, 8)}: ${now ?? 0} after ${have}`);
    }
  }

  records(records: Bytes[]): void {
    for (const record of records) if (!this.#isForged(record)) this.#record(record);
  }

  /** CHK-2, CHK-3 */
  #record(record: Bytes): void {
    const place = peekRecord(record);
    if (!place.ok) return this.#complain('no record');
    const { session, n } = place.value;
    const key = hex(session);
    const name = `${key.slice(0, 8)} ${n}`;
    const head = this.heads.get(key) ?? { session, have: 0, hash: NO_PREVIOUS };
    const seen = this.#bytes.get(`${key} ${n}`);
    if (seen !== undefined && Buffer.compare(seen, record) !== 0) this.#complain(`${name} changed`);
    if (n > head.have) this.#complain(`${name} came where ${head.have} was next`);
    if (n !== head.have) return;
    this.#bytes.set(`${key} ${n}`, record);
    this.heads.set(key, { session, have: n + 1, hash: recordHash(this.#author.docId, head.hash, record) });
  }

  checkpointData(bytes: Bytes): void {
    const decoded = decodeCheckpoint(bytes);
    if (!decoded.ok) return this.#complain('no checkpoint');
    const { seq, retired, frontier } = decoded.value;
    if (seq < (this.checkpoint?.seq ?? 0)) this.#complain(`checkpoint ${seq} served after ${this.checkpoint?.seq}`);
    this.checkpoint = { seq, retired, frontier, hash: checkpointHash(this.#author.docId, bytes) };
    for (const { session, have, hash } of frontier) {
      const head = this.heads.get(hex(session));
      if ((head?.have ?? 0) < have) this.heads.set(hex(session), { session, have, hash });
    }
  }

  hear(message: RelayMessage): void {
    if (message.type === 'opened') this.opened(message);
    else if (message.type === 'records') this.records(message.records);
    else if (message.type === 'checkpointData') this.checkpointData(message.checkpoint);
  }

  get vector(): { session: Bytes; have: number }[] {
    const heads = [...this.heads.values()].map(({ session, have }) => ({ session, have }));
    return heads.sort((a, b) => Buffer.compare(a.session, b.session));
  }

  /** CKP-2, as the client makes it: who rested since the last one is retired. */
  nextCheckpoint(): { frontier: FrontierEntry[]; fields: Partial<CheckpointFields> } {
    const last = this.checkpoint;
    const rested = ({ session, have }: Head): boolean =>
      last?.frontier.some((entry) => hex(entry.session) === hex(session) && entry.have === have) ?? false;
    const heads = [...this.heads.values()];
    const frontier = heads.filter((head) => !rested(head)).map(({ session, have, hash }) => ({ session, have, hash }));
    const retired = (last?.retired ?? 0) + heads.length - frontier.length;
    return { frontier, fields: { seq: (last?.seq ?? 0) + 1, retired, ...(last && { previous: last.hash }) } };
  }
}

/** A session and what it wrote; it is sent again as a client does (CON-5, CON-10). */
interface Writing {
  session: TestSession;
  gen: number;
  records: Bytes[];
  acked: number;
  sent: number;
  offered: number;
}

export class Person {
  readonly name: string;
  readonly view: View;
  readonly #host: Host;
  readonly #author: Author;
  readonly #complain: (what: string) => void;
  /** What was acknowledged of sessions that were closed. */
  readonly saved: { session: TestSession; records: Bytes[] }[] = [];
  writing: Writing;
  client: HostClient | undefined;
  #channel = 0;
  #isLive = false;
  #pausedUntilMs = 0;
  #heard = 0;

  constructor(
    name: string,
    host: Host,
    author: Author,
    isForged: (record: Bytes) => boolean,
    complain: (what: string) => void,
  ) {
    this.name = name;
    this.#host = host;
    this.#author = author;
    this.#complain = (what) => complain(`${name}: ${what}`);
    this.view = new View(author, isForged, this.#complain);
    this.writing = this.#begin();
  }

  #begin(): Writing {
    return {
      session: this.#author.session(),
      gen: this.#author.header.gen,
      records: [],
      acked: 0,
      sent: 0,
      offered: 0,
    };
  }

  get isSaved(): boolean {
    return this.#isLive && this.writing.acked === this.writing.records.length;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  write(size: number): void {
    this.writing.records.push(this.writing.session.record({ size }));
  }

  /** On a new line; the old one may be left as it is, as when nobody noticed that it broke. */
  connect(process: HostProcess, leavesOld: boolean): void {
    if (!leavesOld) this.client?.close();
    this.client = this.#host.connect(process);
    this.#isLive = false;
    this.#heard = 0;
    const { session, acked } = this.writing;
    // Of the own session no more is claimed than is acknowledged.
    const vector = this.view.vector.flatMap((entry) => {
      const most = hex(entry.session) === hex(session.id) ? Math.min(entry.have, acked) : entry.have;
      return most > 0 ? [{ session: entry.session, have: most }] : [];
    });
    this.client.askOpen(this.#author, 'edit', { vector, checkpointSeq: this.view.checkpoint?.seq ?? 0 });
  }

  /** Hears what came, and sends what may be sent. */
  act(): void {
    const { client } = this;
    if (client?.isBroken === true) this.#hangUp();
    if (client === undefined || client.isBroken) return;
    for (; this.#heard < client.received.length; this.#heard++)
      this.#hear(client.received[this.#heard] as RelayMessage);
    if (!this.#isLive || this.#host.clock.now() < this.#pausedUntilMs) return;
    const { writing } = this;
    for (; writing.sent < writing.records.length; writing.sent++) {
      writing.offered = Math.max(writing.offered, writing.sent + 1);
      client.append(this.#channel, writing.records[writing.sent] as Bytes);
    }
  }

  #hear(message: RelayMessage): void {
    this.view.hear(message);
    if (message.type === 'opened') this.#channel = message.channel;
    else if (message.type === 'ack') this.#acked(message.session, message.have);
    else if (message.type === 'goodbye' || message.type === 'ended') this.#hangUp();
    else if (message.type === 'caughtUp') {
      this.#isLive = true;
      this.#pausedUntilMs = 0;
      this.writing.sent = this.writing.acked;
    } else if (message.type === 'refused') this.#refused(message);
  }

  #hangUp(): void {
    this.client = undefined;
    this.#isLive = false;
  }

  #acked(session: Bytes, have: number): void {
    const { writing } = this;
    if (hex(session) !== hex(writing.session.id)) return;
    if (have > writing.offered) this.#complain(`acknowledged ${have} of ${writing.offered}`);
    writing.acked = Math.max(writing.acked, have);
    this.view.records(writing.records.slice(0, writing.acked));
    writing.sent = Math.max(writing.sent, have);
  }

  #refused({ refused, error, session, n, retryAfterMs }: Extract<RelayMessage, { type: 'refused' }>): void {
    // The links may have been renewed a moment ago.
    if (refused === 'open' && retryAfterMs === 0 && !OLD_LINK.includes(error)) this.#complain(`not opened: ${error}`);
    if (refused === 'open' || (refused === 'header' && error === 'wrong_generation')) {
      return this.#hangUp();
    }
    const { writing } = this;
    const isOwn = refused === 'append' && session !== undefined && hex(session) === hex(writing.session.id);
    if (!isOwn || n === undefined || n < writing.acked || n >= writing.sent) return;
    if (error === 'session_closed' || (error === 'wrong_generation' && writing.gen < this.#author.header.gen)) {
      this.#sealAgain();
    } else if (retryAfterMs > 0) {
      writing.sent = n;
      this.#pausedUntilMs = this.#host.clock.now() + Math.max(MIN_PAUSE_MS, retryAfterMs);
    } else this.#complain(`record ${n} of ${writing.records.length}, ${writing.acked} acknowledged: ${error}`);
  }

  /** CKP-6 */
  #sealAgain(): void {
    const { session, records, acked } = this.writing;
    this.saved.push({ session, records: records.slice(0, acked) });
    this.writing = this.#begin();
    for (let n = acked; n < records.length; n++) this.write(40);
  }

  /** Everything that was ever acknowledged. */
  get acknowledged(): { session: TestSession; records: Bytes[] }[] {
    const { session, records, acked } = this.writing;
    return [...this.saved, { session, records: records.slice(0, acked) }];
  }
}
