/**
 * Visitors of all processes of a host together: each tells the others what its own consumed and how many connections they have. A
 * message that is lost only makes the limits laxer, and only until everything is told again.
 */
import type { Bytes, Sha256 } from '@archipel/protocol';
import { toHex } from '@archipel/protocol';
import type { Bus } from '../bus/bus.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Limits } from '../limits.ts';
import type { VisitorNews } from './visitors.ts';
import { Visitors } from './visitors.ts';
import { decodeVisitors, encodeVisitors, KEY_BYTES, MAX_ENTRIES } from './visitors-codec.ts';

const TELL_MS = 500;
const TELL_ALL_MS = 5000;
/** A process that was killed cannot say that its visitors are gone, and they come to the others at once. */
const SILENT_MS = 15_000;
const MAX_NEWS = 8 * MAX_ENTRIES;
const MAX_PROCESSES = 256;

export interface VisitorDeps {
  bus: Bus;
  config: { limits: Limits };
  clock: Clock;
  sha256: Sha256;
  /** Of this process, 8 bytes. */
  processId: Bytes;
}

export interface SharedVisitors {
  visitors: Visitors;
  /** The others forget this process at once. */
  stop(): void;
}

export function createVisitors(deps: VisitorDeps): SharedVisitors {
  const { bus, clock, config, sha256 } = deps;
  const now = (): number => clock.now();
  if (!bus.isShared) return { visitors: new Visitors(config.limits, now), stop: () => undefined };
  const visitors = new Visitors(config.limits, now, (prefix) => keyOf(prefix, sha256));
  const share = new Share(visitors, deps);
  return { visitors, stop: () => share.stop() };
}

/**
 * No address travels or lies about on the bus. The hash needs to be the same in all processes, so there is no salt, and who can
 * listen there can try out all addresses: it keeps them out of sight, not secret.
 */
function keyOf(prefix: string, sha256: Sha256): string {
  return Buffer.from(sha256(Buffer.from(prefix))).toString('latin1', 0, KEY_BYTES);
}

/** What another process has said. */
interface Other {
  seq: number;
  heardMs: number;
  connections: Map<string, number>;
}

class Share {
  readonly #visitors: Visitors;
  readonly #deps: VisitorDeps;
  readonly #others = new Map<string, Other>();
  readonly #stopListening: () => void;
  #seq = 0;
  #tellAllMs: number;
  #timer: Timer | undefined;

  constructor(visitors: Visitors, deps: VisitorDeps) {
    this.#visitors = visitors;
    this.#deps = deps;
    this.#tellAllMs = deps.clock.now() + TELL_ALL_MS;
    this.#stopListening = deps.bus.listen((message) => this.#hear(message));
    this.#arm();
  }

  stop(): void {
    this.#deps.clock.clearTimeout(this.#timer);
    this.#stopListening();
    this.#say([], true);
  }

  #arm(): void {
    this.#timer = this.#deps.clock.setTimeout(() => {
      this.#arm();
      this.#tell();
    }, TELL_MS);
  }

  /** In bounded messages: what is left of many news is told the next time. */
  #tell(): void {
    const now = this.#deps.clock.now();
    this.#forgetSilent(now);
    const news = this.#visitors.takeNews(MAX_NEWS);
    for (let at = 0; at < news.length; at += MAX_ENTRIES) this.#say(news.slice(at, at + MAX_ENTRIES), false);
    if (now < this.#tellAllMs) return;
    this.#tellAllMs = now + TELL_ALL_MS;
    this.#tellAll();
  }

  #tellAll(): void {
    let isWhole = true;
    let entries: VisitorNews[] = [];
    for (const visitor of this.#visitors.connected()) {
      if (entries.length === MAX_ENTRIES) {
        this.#say(entries, isWhole);
        isWhole = false;
        entries = [];
      }
      entries.push(visitor);
    }
    this.#say(entries, isWhole);
  }

  #say(entries: VisitorNews[], isWhole: boolean): void {
    this.#seq = (this.#seq + 1) >>> 0;
    const process = this.#deps.processId;
    this.#deps.bus.announce(encodeVisitors({ process, seq: this.#seq, isWhole, entries }));
  }

  #hear(bytes: Bytes): void {
    const message = decodeVisitors(bytes);
    if (message === undefined) return;
    const id = toHex(message.process);
    const other = this.#others.get(id) ?? { seq: 0, heardMs: 0, connections: new Map<string, number>() };
    if (this.#others.size >= MAX_PROCESSES && !this.#others.has(id)) return;
    // Said twice, or overtaken by what is newer.
    if (message.seq <= other.seq) return;
    // After a gap it is not known who has left meanwhile.
    if (message.isWhole || message.seq !== other.seq + 1) this.#forget(other);
    other.seq = message.seq;
    other.heardMs = this.#deps.clock.now();
    this.#others.set(id, other);
    for (const entry of message.entries) this.#apply(other, entry);
  }

  #apply({ connections }: Other, entry: VisitorNews): void {
    const before = connections.get(entry.key) ?? 0;
    if (!this.#visitors.hear({ ...entry, connections: entry.connections - before })) return;
    if (entry.connections === 0) connections.delete(entry.key);
    else connections.set(entry.key, entry.connections);
  }

  #forget({ connections }: Other): void {
    for (const [key, count] of connections) {
      this.#visitors.hear({ key, connections: -count, creates: 0, opens: 0 });
    }
    connections.clear();
  }

  #forgetSilent(now: number): void {
    for (const [id, other] of this.#others) {
      if (now - other.heardMs < SILENT_MS) continue;
      this.#forget(other);
      this.#others.delete(id);
    }
  }
}
