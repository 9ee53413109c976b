/** The document as it is here, kept on this machine: opens offline, and resumes where it was. */

import type { Bytes } from '@archipel/protocol';
import * as Y from 'yjs';
import type { DocumentStore } from './document-store.ts';
import { DurableSet } from './durable-set.ts';
import type { Log } from './log.ts';
import type { LogState, Part } from './log-types.ts';
import type { Clock, Timer } from './ports.ts';
import type { Timing } from './timing.ts';
import type { Value } from './values.ts';
import { decodeValue, encodeValue, isRecord } from './values.ts';

const KEY = 'state';
const SECOND_MS = 1000;

/** One part of a document as it was here, and what of it is durable. */
export interface CachedPart {
  update: Bytes;
  durable: DurableSet;
}

export interface Cached {
  text: CachedPart;
  /** Undefined: there were none. */
  remarks: CachedPart | undefined;
  log: LogState;
}

export async function readCache(store: DocumentStore): Promise<Cached | undefined> {
  const value = decodeValue(await store.get(KEY));
  if (!isRecord(value)) return undefined;
  const text = readPart(value);
  return text && { text, remarks: readPart(value.remarks), log: logState(value.log) };
}

function readPart(value: Value | undefined): CachedPart | undefined {
  if (!isRecord(value) || !(value.update instanceof Uint8Array)) return undefined;
  return { update: value.update, durable: DurableSet.fromValue(value.durable) };
}

function logState(value: Value): LogState {
  const state: LogState = { heads: [], checkpoint: undefined, tail: { records: 0, bytes: 0 } };
  if (!isRecord(value)) return state;
  for (const head of Array.isArray(value.heads) ? value.heads : []) {
    if (!isRecord(head) || !(head.session instanceof Uint8Array) || !(head.hash instanceof Uint8Array)) continue;
    state.heads.push({ session: head.session, have: Number(head.have), hash: head.hash });
  }
  const { checkpoint, tail } = value;
  if (isRecord(checkpoint) && checkpoint.hash instanceof Uint8Array) {
    const { seq, hash, retired, gen } = checkpoint;
    state.checkpoint = { seq: Number(seq), hash, retired: Number(retired), gen: Number(gen) || 0 };
  }
  if (isRecord(tail)) state.tail = { records: Number(tail.records) || 0, bytes: Number(tail.bytes) || 0 };
  return state;
}

export interface CachePorts {
  clock: Clock;
  timing: Timing;
  log: Log;
  /** As it is now. */
  part(part: Part): { doc: Y.Doc; durable: DurableSet };
}

export class Cache {
  readonly #ports: CachePorts;
  #timer: Timer | undefined;
  #lastBytes = 0;
  #saving: Promise<void> = Promise.resolve();

  constructor(ports: CachePorts) {
    this.#ports = ports;
  }

  /** A larger document is written less often. */
  saveSoon(): void {
    const { clock, timing } = this.#ports;
    const extraMs = (this.#lastBytes / timing.cacheBytesPerSecond) * SECOND_MS;
    const delayMs = Math.min(timing.cacheAfterMs + extraMs, timing.cacheMaxDelayMs);
    this.#timer ??= clock.setTimeout(() => void this.save(), delayMs);
  }

  save(): Promise<void> {
    this.cancel();
    this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }

  cancel(): void {
    this.#ports.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #save(): Promise<void> {
    const { log } = this.#ports;
    // Contents and heads of one moment: a head without its contents would never be asked for again.
    const state = log.state;
    const value = encodeValue({
      ...this.#value('text'),
      remarks: this.#value('remarks'),
      log: {
        heads: state.heads.map(({ session, have, hash }) => ({ session, have, hash })),
        checkpoint: state.checkpoint === undefined ? null : { ...state.checkpoint },
        tail: { ...state.tail },
      },
    });
    this.#lastBytes = value.length;
    await log.store.put(KEY, value);
    await log.saved(state);
  }

  #value(part: Part): { update: Bytes; durable: Value } {
    const { doc, durable } = this.#ports.part(part);
    return { update: Y.encodeStateAsUpdate(doc), durable: durable.toValue() };
  }
}
