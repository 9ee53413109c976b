/** Who is here and where their cursors are: y-protocols' Awareness over presence messages, timed by our clock. */

import type { Bytes } from '@archipel/protocol';
import * as protocol from 'y-protocols/awareness';
import type * as Y from 'yjs';
import type { Clock, Timer } from './ports.ts';
import type { Timing } from './timing.ts';

export interface PresencePorts {
  clock: Clock;
  timing: Timing;
  /** Resolves when it is on its way, or lost. */
  send(presence: Bytes): Promise<void>;
  hasCompany(): boolean;
  /** A presence message that is none. */
  bad(detail: string): void;
}

interface Change {
  added: number[];
  updated: number[];
  removed: number[];
}

const REMOTE = 'presence';

export class Presence {
  readonly awareness: protocol.Awareness;
  readonly #ports: PresencePorts;
  readonly #heardAt = new Map<number, number>();
  #timer: Timer | undefined;
  #tick: Timer | undefined;
  #isDirty = false;
  #company = 0;
  #sent: Promise<void> = Promise.resolve();

  constructor(doc: Y.Doc, ports: PresencePorts) {
    this.#ports = ports;
    this.awareness = new protocol.Awareness(doc);
    // Its own timer reads the wall clock; renewing and timing out happen in #renew.
    clearInterval(this.awareness._checkInterval);
    this.awareness.on('update', (change: Change, origin: unknown) => {
      if (origin !== REMOTE && this.#concernsUs(change)) this.#sendSoon();
    });
    this.#schedule();
  }

  receive(presence: Bytes): void {
    const before = new Map([...this.awareness.meta].map(([client, { clock }]) => [client, clock]));
    try {
      protocol.applyAwarenessUpdate(this.awareness, presence, REMOTE);
    } catch (error) {
      this.#ports.bad(String(error));
    }
    const now = this.#ports.clock.now();
    for (const [client, { clock }] of this.awareness.meta) {
      if (before.get(client) !== clock) this.#heardAt.set(client, now);
    }
  }

  /** Whoever came shall see us; whoever is alone sees nobody. */
  company(connections: number): void {
    if (connections > this.#company) this.#sendSoon();
    this.#company = connections;
    if (connections <= 1) this.#remove(this.#others());
  }

  /** Tells the others that we leave. */
  async leave(): Promise<void> {
    this.awareness.setLocalState(null);
    await this.#flush();
  }

  close(): void {
    this.#ports.clock.clearTimeout(this.#timer);
    this.#ports.clock.clearTimeout(this.#tick);
    this.awareness.destroy();
  }

  #others(): number[] {
    return [...this.awareness.states.keys()].filter((client) => client !== this.awareness.clientID);
  }

  #concernsUs({ added, updated, removed }: Change): boolean {
    return [...added, ...updated, ...removed].includes(this.awareness.clientID);
  }

  #sendSoon(): void {
    this.#isDirty = true;
    if (this.#timer !== undefined) return;
    void this.#flush();
    this.#timer = this.#ports.clock.setTimeout(() => {
      this.#timer = undefined;
      if (this.#isDirty) this.#sendSoon();
    }, this.#ports.timing.presenceEveryMs);
  }

  #flush(): Promise<void> {
    const { awareness } = this;
    if (this.#isDirty && this.#ports.hasCompany() && awareness.meta.has(awareness.clientID)) {
      this.#isDirty = false;
      this.#sent = this.#ports.send(protocol.encodeAwarenessUpdate(awareness, [awareness.clientID]));
    }
    return this.#sent;
  }

  #schedule(): void {
    const { clock, timing } = this.#ports;
    this.#tick = clock.setTimeout(() => {
      this.#renew();
      this.#schedule();
    }, timing.presenceRenewMs);
  }

  #renew(): void {
    const { awareness } = this;
    const { clock, timing } = this.#ports;
    if (awareness.getLocalState() !== null && this.#company > 1) awareness.setLocalState(awareness.getLocalState());
    const oldest = clock.now() - timing.presenceTimeoutMs;
    this.#remove(this.#others().filter((client) => (this.#heardAt.get(client) ?? 0) < oldest));
  }

  #remove(clients: number[]): void {
    if (clients.length > 0) protocol.removeAwarenessStates(this.awareness, clients, REMOTE);
  }
}
