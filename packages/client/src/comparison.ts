/** What a relay serves beside what was seen of the document before (CHK-4, CHK-7): lost things are reported and appended again. */
import type { Bytes, Vector } from '@archipel/protocol';
import type { Head } from './chains.ts';
import type { Heads } from './heads.ts';
import type { Inbound } from './inbound.ts';
import { Lag } from './lag.ts';
import type { OpenedMessage } from './line.ts';
import type { OutboxSession } from './outbox.ts';
import type { Clock, Random } from './ports.ts';
import type { Reports } from './reports.ts';
import type { Sender } from './sender.ts';
import type { Timing } from './timing.ts';

export interface ComparisonPorts {
  clock: Clock;
  random: Random;
  timing: Timing;
  heads: Heads;
  inbound: Inbound;
  sender: Sender;
  reports: Reports;
  /** Relays that keep the document. */
  hosts(): number;
  canWrite(): boolean;
  /** Opens the document again. */
  look(): void;
  /** Has the relay tell all it has; `from`: the first record of each session of ours that is sealed again. */
  recover(from: (session: OutboxSession) => number): void;
}

/** What a relay has acknowledged or served. */
export interface OnDisk {
  headerSeq: number;
  checkpointSeq: number;
  vector: Vector;
}

export class Comparison {
  readonly #ports: ComparisonPorts;
  readonly #lag: Lag;

  constructor(ports: ComparisonPorts) {
    this.#ports = ports;
    this.#lag = new Lag({
      ...ports,
      held: ports.heads.held,
      catchUp: () => this.#catchUp(),
      missing: () => this.#tellMissing(),
    });
  }

  /** Notes what was served until now; `heads`: all that is held. */
  remember(heads: Head[] = this.#ports.inbound.chains.heads): void {
    const { inbound, sender, heads: memory } = this.#ports;
    if (inbound.isRecovering) return;
    memory.held.sawRecords(sender.acknowledged(heads));
    memory.current.sawRecords(sender.acknowledged(inbound.chains.served));
  }

  /** Of the relay that serves. */
  get onDisk(): OnDisk {
    this.remember();
    const { headerSeq, checkpointSeq, vector } = this.#ports.heads.current;
    return { headerSeq, checkpointSeq, vector };
  }

  /** A relay serves the document now. */
  async enter(relay: string, served: Vector): Promise<void> {
    const { heads, inbound, sender } = this.#ports;
    this.remember();
    const isOther = await heads.enter(relay);
    inbound.chains.servedBy(served);
    if (isOther && !inbound.isRecovering) sender.moved(served);
  }

  /** True when the document is opened again for what is missing. */
  opened(message: OpenedMessage): boolean {
    const { heads, inbound, sender } = this.#ports;
    if (this.#isStale(heads.current.behind(message))) return true;
    this.#lag.opened(message, sender.acknowledged(inbound.chains.heads));
    return false;
  }

  /** True when the document is opened again for what is missing. */
  caughtUp(): boolean {
    const { heads, inbound, hosts } = this.#ports;
    const { chains, isRecovering } = inbound;
    const { checkpoint } = chains;
    if (isRecovering) heads.current.restart(checkpoint?.seq ?? 0, checkpoint?.retired ?? 0);
    else if (this.#isStale(heads.current.proven(checkpoint))) return true;
    const hasOthers = hosts() > 1;
    this.#lag.caughtUp(checkpoint, { isRecovering, hasOthers });
    this.forgetRetired();
    // Another relay may still bring what these records build on.
    if (!hasOthers) this.#tellMissing();
    return false;
  }

  /** CKP-6: nobody serves them any more, so nothing of them is missing. */
  forgetRetired(): void {
    const { heads, inbound } = this.#ports;
    inbound.chains.forget((session) => heads.isRetired(session));
  }

  /** The person takes what the relay has, though this browser has seen more. */
  acceptOlder(): void {
    const { heads } = this.#ports;
    heads.current.restart(0, 0);
    heads.held.restart(0, 0);
  }

  /** The relay refuses to go on from a record that it had acknowledged. */
  lost(detail: string): void {
    this.#ports.reports.add({ code: 'relay_stale', rule: 'CHK-4', detail });
    this.#ports.recover(() => 0);
  }

  /** No longer caught up. */
  stop(): void {
    this.#lag.stop();
  }

  isRetired(session: Bytes): boolean {
    return this.#ports.heads.isRetired(session);
  }

  #isStale(behind: string | undefined): boolean {
    const { inbound, reports, canWrite, recover } = this.#ports;
    if (behind === undefined || inbound.isRecovering) return false;
    reports.add({ code: 'relay_stale', rule: 'CHK-4', detail: behind });
    if (canWrite()) recover(() => 0);
    return canWrite();
  }

  /** Nobody brought this relay what another one has served. Whoever may write and holds it appends it. */
  #catchUp(): void {
    const { canWrite, recover } = this.#ports;
    if (canWrite()) recover(({ acked }) => acked);
  }

  /** REC-6. */
  #tellMissing(): void {
    for (const report of this.#ports.inbound.chains.missingDeps()) this.#ports.reports.add(report);
  }
}
