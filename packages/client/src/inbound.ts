/** What a relay serves of a document, verified before anybody hears of it (§10). */
import type { Bytes, Contents, LiveType, RelayMessage } from '@archipel/protocol';
import { decodeLive, LIVE_PRESENCE, LIVE_UPDATE, toHex } from '@archipel/protocol';
import type { Suite } from '@archipel/protocol/secret';
import { Ahead } from './ahead.ts';
import type { ChainsContext, OpenedRecord } from './chains.ts';
import { Chains } from './chains.ts';
import type { HeadMemory } from './head-memory.ts';
import type { Reports } from './reports.ts';

/** Records and bytes since the last checkpoint. */
export interface Tail {
  records: number;
  bytes: number;
}

export interface InboundPorts {
  suite: Suite;
  /** Of the relay that serves. */
  memory(): HeadMemory;
  reports: Reports;
  context(): ChainsContext | undefined;
  checkpoint(contents: Contents): void;
  records(records: OpenedRecord[]): void;
  /** `session`: of the sender, in hex. */
  live(message: { type: LiveType; session: string; plaintext: Bytes }): void;
}

/** Sessions whose last live count is remembered, for each type. */
const MAX_LIVE_SESSIONS = 1000;

export class Inbound {
  readonly #ports: InboundPorts;
  /** By type: presence is not signed, so its counts must not silence the updates of the same session. */
  readonly #liveCounts = { [LIVE_PRESENCE]: new Map<string, number>(), [LIVE_UPDATE]: new Map<string, number>() };
  readonly #ahead = new Ahead();
  readonly tail: Tail = { records: 0, bytes: 0 };
  chains = new Chains();
  /** The relay lost something and tells all it has, again. */
  isRecovering = false;
  /** GEN-2: there is only what was sealed before the links were changed, and this link does not open it. */
  isSealedOff = false;
  /** The person takes what the relay has, though this browser has seen more. */
  acceptsOlder = false;
  /** Whether the document's contents are at hand: then an older checkpoint of the relay harms nothing (CKP-5). */
  holdsContents: () => boolean = () => false;

  constructor(ports: InboundPorts) {
    this.#ports = ports;
  }

  /** Nothing counts as served any more. */
  restart(): void {
    this.isRecovering = true;
    this.chains = new Chains();
    this.clearTail();
  }

  clearTail(): void {
    this.tail.records = 0;
    this.tail.bytes = 0;
  }

  count(records: number, bytes: number): void {
    this.tail.records += records;
    this.tail.bytes += bytes;
  }

  /** `gap`: something is missing before what came (CHK-2). `live`: caught up, so no dep may be missing (REC-6). */
  async records(records: Bytes[], isLive: boolean): Promise<'good' | 'bad' | 'gap'> {
    const context = this.#ports.context();
    if (context === undefined) return 'bad';
    const reports = await this.chains.accept(context, records, (opened) => {
      const bytes = opened.reduce((sum, record) => sum + record.bytes, 0);
      this.count(opened.length, bytes);
      if (opened.length > 0) this.#ports.records(opened);
    });
    const isNew = (this.chains.checkpoint?.gen ?? 0) < context.gen;
    if (isNew && this.chains.hasPassedOver()) this.isSealedOff = true;
    if (isLive) reports.push(...this.chains.missingDeps());
    for (const report of reports) this.#ports.reports.add(report);
    if (reports.some(({ rule }) => rule === 'CHK-2')) return 'gap';
    return reports.length === 0 ? 'good' : 'bad';
  }

  /** False: refused, because this browser has seen a later one (CKP-5). */
  async checkpoint(bytes: Bytes): Promise<boolean> {
    const { reports } = this.#ports;
    const memory = this.#ports.memory();
    const context = this.#ports.context();
    if (context === undefined) return true;
    const opened = await this.chains.openCheckpoint(context, bytes);
    if (!opened.ok && opened.error === 'wrong_generation') {
      this.isSealedOff = true;
      return true;
    }
    if (!opened.ok) {
      reports.add({ code: 'relay_forged', rule: 'CKP-5', detail: `checkpoint: ${opened.error}` });
      return true;
    }
    const { checkpoint, contents } = opened.value;
    const isOlder = checkpoint.seq < memory.checkpointSeq && !this.acceptsOlder;
    if (isOlder) {
      const detail = `checkpoint ${checkpoint.seq} after ${memory.checkpointSeq}`;
      reports.add({ code: 'relay_stale', rule: 'CKP-5', detail });
      if (!this.isRecovering || !this.holdsContents()) return false;
    }
    for (const report of this.chains.adoptCheckpoint(context, checkpoint, bytes)) reports.add(report);
    if (!isOlder) memory.sawCheckpoint(checkpoint.seq);
    this.isSealedOff = false;
    this.clearTail();
    this.#ports.checkpoint(contents);
    return true;
  }

  /** Begins with what came, though it is not its turn; `context` may be of a header that nobody has verified yet. */
  prepare(context: ChainsContext, message: RelayMessage): void {
    if (message.type === 'records') this.chains.prepare(context, message.records);
    else if (message.type === 'checkpointData') this.chains.prepareCheckpoint(context, message.checkpoint);
    else if (message.type === 'liveData') void this.#ahead.openLive(context, message.live);
  }

  /** LIVE-2, LIVE-3. */
  async live(bytes: Bytes): Promise<void> {
    const context = this.#ports.context();
    const decoded = decodeLive(bytes);
    if (context === undefined || !decoded.ok || decoded.value.gen !== context.gen) return;
    const { type, count, session } = decoded.value;
    const key = toHex(session);
    const counts = this.#liveCounts[type];
    if (count <= (counts.get(key) ?? -1)) return;
    const opened = await this.#ahead.openLive(context, bytes);
    if (opened.ok) {
      // Whoever was silent for longest is forgotten first.
      counts.delete(key);
      counts.set(key, count);
      const [oldest] = counts.keys();
      if (counts.size > MAX_LIVE_SESSIONS && oldest !== undefined) counts.delete(oldest);
      this.#ports.live({ type, session: key, plaintext: opened.value });
    } else {
      this.#ports.reports.add({ code: 'relay_forged', rule: 'LIVE-2', detail: `live message: ${opened.error}` });
    }
  }
}
