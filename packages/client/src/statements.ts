/**
 * What the hosts of a document state that they hold, signed (CHK-10): asked for seldom, compared with what each stated before and
 * with what this client knows to be on its disk, and kept beside the head memory.
 */
import type { Bytes, ErrorName, Signed, Statement } from '@archipel/protocol';
import { checkStatement, contradictionOf, equal, hostIdOf, mayRetry, toHex } from '@archipel/protocol';
import type { OnDisk } from './comparison.ts';
import type { Evidence } from './evidence.ts';
import { evidenceOf, evidenceValue } from './evidence.ts';
import type { Log } from './log.ts';
import type { LogPorts } from './log-types.ts';
import type { Timer } from './ports.ts';
import { originOfSocket } from './relay-address.ts';
import type { Reports } from './reports.ts';
import type { Route } from './route.ts';
import { MAX_STATEMENT_AGE_SECONDS } from './timing.ts';
import { decodeValue, encodeValue, isRecord } from './values.ts';

/** The relay that serves the document. */
interface StatingRelay {
  /** `host[:port]` */
  name: string;
  /** Origin. */
  url: string;
  /** By the header of its owner; undefined when that does not name it. */
  hostId: Bytes | undefined;
}

export interface StatementsPorts {
  log: Log;
  route: Route;
  reports: Reports;
  ports: LogPorts;
}

interface Kept {
  askedMs: number;
  /** Of the links: what was signed with the key of another generation cannot be verified, nor stated, any more. */
  gen: number;
  fact: Bytes | undefined;
}

interface Asked {
  relay: StatingRelay;
  onDisk: OnDisk;
  kept: Kept;
}

const KEPT = 'statement/';
const EVIDENCE = 'evidence/';
const SECOND_MS = 1000;

export class Statements {
  readonly #log: Log;
  readonly #route: Route;
  readonly #reports: Reports;
  readonly #ports: LogPorts;
  /** Relays that sign nothing. */
  readonly #silent = new Set<string>();
  /** Relays that stated less than they had, once. */
  readonly #doubted = new Set<string>();
  #timer: Timer | undefined;
  #asked: Asked | undefined;
  #answered: (() => void) | undefined;
  /** Something came since it was asked last. */
  #hasNews = true;

  constructor({ log, route, reports, ports }: StatementsPorts) {
    this.#log = log;
    this.#route = route;
    this.#reports = reports;
    this.#ports = ports;
    const { events } = log;
    events.on('phase', (phase) => (phase === 'live' ? this.#look() : this.stop()));
    events.on('records', () => this.#look());
    events.on('outbox', () => this.#look());
    events.on('statement', (statement) => void this.#answer(statement));
  }

  /** What was found in an earlier visit and not put away is reported again. */
  async load(): Promise<void> {
    for (const { value } of await this.#log.store.list(EVIDENCE)) {
      const evidence = evidenceOf(decodeValue(value));
      if (evidence !== undefined) this.#report(evidence);
    }
  }

  /** The person has seen it. */
  async forgetEvidence(): Promise<void> {
    const { store } = this.#log;
    for (const { key } of await store.list(EVIDENCE)) await store.delete(key);
  }

  /** The relay is gone, or is opened again. */
  stop(): void {
    this.#ports.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#settle();
  }

  /** Before leaving: resolves when the last of long work is stated, if it is time for that. */
  async finish(): Promise<void> {
    const { clock, timing } = this.#ports;
    const relay = this.#relay();
    if (!this.#hasNews || relay === undefined || !this.#isCalm) return;
    const kept = await this.#kept(relay);
    if (kept === undefined || clock.now() < kept.askedMs + timing.statementEveryMs) return;
    await this.#ask();
    if (this.#asked === undefined) return;
    await new Promise<void>((resolve) => {
      const timer = clock.setTimeout(resolve, timing.closeMs);
      this.#answered = () => {
        clock.clearTimeout(timer);
        resolve();
      };
    });
  }

  async #answer(statement: Bytes | ErrorName): Promise<void> {
    const asked = this.#asked;
    if (asked === undefined) return;
    if (typeof statement !== 'string') await this.#received(asked, statement);
    else if (!mayRetry(statement)) this.#silent.add(asked.relay.name);
    this.#settle();
    if (this.#doubted.has(asked.relay.name)) this.#schedule();
  }

  async #received(asked: Asked, bytes: Bytes): Promise<void> {
    const { suite } = this.#ports;
    const { docId } = this.#log.keys;
    const { hostId } = asked.relay;
    const wish = {
      nowSeconds: this.#nowSeconds,
      maxAgeSeconds: MAX_STATEMENT_AGE_SECONDS,
      ...(hostId && { host: hostId }),
    };
    const checked = await checkStatement(bytes, wish, suite.verify);
    if (checked.ok && equal(checked.value.fact.docId, docId)) await this.#compare(asked, bytes, checked.value);
  }

  /** Something came or was acknowledged, or a relay has told all. */
  #look(): void {
    this.#hasNews = true;
    this.#schedule();
  }

  get #isCalm(): boolean {
    return this.#log.phase === 'live' && this.#log.unacked === 0;
  }

  get #nowSeconds(): number {
    return Math.floor(this.#ports.clock.now() / SECOND_MS);
  }

  #relay(): StatingRelay | undefined {
    const { socket, audience: name } = this.#route;
    const url = socket === undefined ? undefined : originOfSocket(socket);
    if (url === undefined || this.#silent.has(name)) return undefined;
    return { name, url, hostId: this.#log.header?.relays.find((relay) => relay.url === url)?.hostId };
  }

  #schedule(): void {
    const { clock, random, timing } = this.#ports;
    if (this.#timer !== undefined || this.#asked !== undefined || !this.#isCalm || this.#relay() === undefined) return;
    this.#timer = clock.setTimeout(() => void this.#tick(), timing.statementAfterMs * (1 + random()));
  }

  async #tick(): Promise<void> {
    const { clock, random, timing } = this.#ports;
    const relay = this.#relay();
    const kept = relay && (await this.#kept(relay));
    // It was stopped meanwhile.
    if (this.#timer === undefined) return;
    this.#timer = undefined;
    if (relay === undefined || !this.#isCalm) return;
    const isDoubted = this.#doubted.has(relay.name);
    const everyMs = isDoubted ? timing.statementAgainMs : timing.statementEveryMs;
    const waitMs = kept === undefined ? 0 : kept.askedMs + everyMs - clock.now();
    if (waitMs > 0) this.#timer = clock.setTimeout(() => void this.#tick(), waitMs + random() * everyMs);
    else if (this.#hasNews || isDoubted) await this.#ask();
  }

  async #ask(): Promise<void> {
    const relay = this.#relay();
    if (relay === undefined || this.#asked !== undefined) return;
    const before = await this.#kept(relay);
    if (!this.#isCalm || this.#relay()?.name !== relay.name || this.#asked !== undefined) return;
    const { gen = 0 } = this.#log.header ?? {};
    const fact = before?.gen === gen ? before.fact : undefined;
    const kept = { askedMs: this.#ports.clock.now(), gen, fact };
    this.#asked = { relay, onDisk: this.#log.compared.onDisk, kept };
    this.#hasNews = false;
    this.#log.send({ type: 'askStatement' });
    await this.#keep(relay, kept);
  }

  #settle(): void {
    this.#asked = undefined;
    this.#answered?.();
    this.#answered = undefined;
  }

  async #compare({ relay, onDisk, kept }: Asked, bytes: Bytes, now: Signed<Statement>): Promise<void> {
    const found = await this.#contradiction(kept.fact, now);
    const hostId = toHex(hostIdOf(now.key));
    const { url } = relay;
    const isLess = found === undefined && lacks(now.fact, onDisk);
    if (found !== undefined)
      await this.#found(relay, { hostId, url, kind: found, statements: [kept.fact as Bytes, bytes] });
    if (isLess && this.#doubted.has(relay.name))
      await this.#found(relay, { hostId, url, kind: 'less', statements: [bytes] });
    if (isLess) this.#doubted.add(relay.name);
    else this.#doubted.delete(relay.name);
    await this.#keep(relay, { ...kept, fact: bytes });
  }

  async #contradiction(before: Bytes | undefined, now: Signed<Statement>): Promise<'forked' | 'lost' | undefined> {
    if (before === undefined) return undefined;
    const then = await checkStatement(before, { nowSeconds: Number.MAX_SAFE_INTEGER }, this.#ports.suite.verify);
    if (!then.ok) return undefined;
    const found = contradictionOf(then.value, now);
    // A clock that was set back: what is the later by its time is not what was said later.
    return found === 'lost' && now.fact.time < then.value.fact.time ? undefined : found;
  }

  async #found({ name }: StatingRelay, evidence: Evidence): Promise<void> {
    // Kept before anybody can put it away.
    await this.#log.store.put(EVIDENCE + name, encodeValue(evidenceValue(evidence)));
    this.#report(evidence);
  }

  #report(evidence: Evidence): void {
    const detail = `${evidence.url} ${evidence.kind}`;
    this.#reports.add({ code: 'relay_contradicts', rule: 'CHK-10', detail, evidence });
  }

  async #kept({ name }: StatingRelay): Promise<Kept | undefined> {
    const value = decodeValue(await this.#log.store.get(KEPT + name));
    if (!isRecord(value)) return undefined;
    const fact = value.fact instanceof Uint8Array ? value.fact : undefined;
    return { askedMs: Number(value.askedMs) || 0, gen: Number(value.gen) || 0, fact };
  }

  async #keep({ name }: StatingRelay, { askedMs, gen, fact }: Kept): Promise<void> {
    await this.#log.store.put(KEPT + name, encodeValue({ askedMs, gen, fact }));
  }
}

/** Whether what was on its disk before it was asked is missing. A session that is not named beside a checkpoint may be retired. */
export function lacks({ headerSeq, checkpointSeq, frontier }: Statement, onDisk: OnDisk): boolean {
  if (headerSeq < onDisk.headerSeq || checkpointSeq < onDisk.checkpointSeq) return true;
  const stated = new Map(frontier.map(({ session, have }) => [toHex(session), have]));
  return onDisk.vector.some(({ session, have }) => {
    const now = stated.get(toHex(session));
    return now === undefined ? checkpointSeq === 0 : now < have;
  });
}
