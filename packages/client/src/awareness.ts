/** Who is here and where their cursors are: y-protocols' Awareness over presence messages, timed by our clock. */

import type { Bytes } from '@archipel/protocol';
import * as decoding from 'lib0/decoding';
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
/** LIVE-6: a person, a colour and a cursor fit well. */
const MAX_PRESENCE_BYTES = 4096;
/** People known at a time; who comes later is not shown until others have left. */
const MAX_CLIENTS = 500;

/** LIVE-6: the one program that a presence message speaks of. */
function clientOf(presence: Bytes): number {
  if (presence.length > MAX_PRESENCE_BYTES) throw new RangeError('presence is too large');
  const decoder = decoding.createDecoder(presence);
  if (decoding.readVarUint(decoder) !== 1) throw new RangeError('presence speaks of one program');
  return decoding.readVarUint(decoder);
}

export class Presence {
  readonly awareness: protocol.Awareness;
  readonly #ports: PresencePorts;
  readonly #heardAt = new Map<number, number>();
  /** The session that speaks for each program: another may not. */
  readonly #speakers = new Map<number, string>();
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

  /** A view link is enough to send presence: what one message may do is little (LIVE-6). `session`: of the sender, in hex. */
  receive(session: string, presence: Bytes): void {
    try {
      const client = clientOf(presence);
      const speaker = this.#speakers.get(client) ?? session;
      if (client === this.awareness.clientID || speaker !== session) return;
      if (!this.#speakers.has(client) && this.#speakers.size >= MAX_CLIENTS) return;
      protocol.applyAwarenessUpdate(this.awareness, presence, REMOTE);
      if (!this.awareness.states.has(client)) return this.#forget([client]);
      this.#speakers.set(client, session);
      this.#heardAt.set(client, this.#ports.clock.now());
    } catch (error) {
      // Of a stranger's message nothing is repeated: its words would fill the list of reports.
      this.#ports.bad(error instanceof RangeError ? error.message : 'presence does not decode');
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
      const presence = protocol.encodeAwarenessUpdate(awareness, [awareness.clientID]);
      if (presence.length <= MAX_PRESENCE_BYTES) this.#sent = this.#ports.send(presence);
      else this.#ports.bad('our presence is too large for anybody to accept');
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
    this.#forget(clients);
  }

  /** Nothing stays of who is gone. */
  #forget(clients: number[]): void {
    for (const client of clients) {
      this.#speakers.delete(client);
      this.#heardAt.delete(client);
      this.awareness.meta.delete(client);
    }
  }
}
