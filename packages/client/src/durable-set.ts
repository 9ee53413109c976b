/**
 * Which parts of a Yjs document are durable: brought by the checkpoint, by records, or by sealed records of our own. What
 * a live message brought is not, until a record brings it too (LIVE-4).
 */

import type { Bytes } from '@archipel/protocol';
import { concat } from '@archipel/protocol';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { Value } from './values.ts';
import { isRecord } from './values.ts';

/** Clocks from `start` up to, not including, `end`. */
export interface Range {
  start: number;
  end: number;
}
export type Ranges = Map<number, Range[]>;

/** Sorted, without overlap or touch. */
function insert(ranges: Range[], added: Range): Range[] {
  const last = ranges.at(-1);
  if (last === undefined || last.end < added.start) {
    ranges.push({ ...added });
    return ranges;
  }
  if (last.start <= added.start) {
    last.end = Math.max(last.end, added.end);
    return ranges;
  }
  let { start, end } = added;
  const kept: Range[] = [];
  for (const range of ranges) {
    if (range.end < start || range.start > end) kept.push(range);
    else {
      start = Math.min(start, range.start);
      end = Math.max(end, range.end);
    }
  }
  kept.push({ start, end });
  return kept.sort((a, b) => a.start - b.start);
}

/** What of `ranges` is not in `without`; both sorted. */
function subtract(ranges: Range[], without: Range[]): Range[] {
  const rest: Range[] = [];
  let index = 0;
  for (const range of ranges) {
    let { start } = range;
    while (index < without.length && (without[index]?.end ?? 0) <= start) index++;
    for (let at = index; start < range.end; at++) {
      const hole = without[at];
      if (hole === undefined || hole.start >= range.end) {
        rest.push({ start, end: range.end });
        break;
      }
      if (hole.start > start) rest.push({ start, end: hole.start });
      start = Math.max(start, hole.end);
    }
  }
  return rest;
}

export function subtractRanges(ranges: Ranges, without: Ranges): Ranges {
  const rest: Ranges = new Map();
  for (const [client, list] of ranges) {
    const left = subtract(list, without.get(client) ?? []);
    if (left.length > 0) rest.set(client, left);
  }
  return rest;
}

type DeleteSet = ReturnType<typeof Y.createDeleteSet>;

function rangesOf(deletes: DeleteSet): Ranges {
  const ranges: Ranges = new Map();
  for (const [client, items] of deletes.clients) {
    let list: Range[] = [];
    for (const { clock, len } of items) list = insert(list, { start: clock, end: clock + len });
    if (list.length > 0) ranges.set(client, list);
  }
  return ranges;
}

/** A delete set as the first version of Yjs' update format writes it at the end of an update. */
function encodeDeletes(clients: [number, Range[]][]): Bytes {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, clients.length);
  for (const [client, ranges] of clients.sort((a, b) => b[0] - a[0])) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, ranges.length);
    for (const { start, end } of ranges) {
      encoding.writeVarUint(encoder, start);
      encoding.writeVarUint(encoder, end - start);
    }
  }
  return encoding.toUint8Array(encoder);
}

/** What a document held at a moment. */
export interface Mark {
  clocks: Map<number, number>;
  deletes: Ranges;
}

export function markOf(doc: Y.Doc): Mark {
  return {
    clocks: Y.decodeStateVector(Y.encodeStateVector(doc)),
    deletes: rangesOf(Y.createDeleteSetFromStructStore(doc.store)),
  };
}

export class DurableSet {
  #structs: Ranges = new Map();
  #deletes: Ranges = new Map();

  /** Throws on bytes that are no update. */
  add(update: Bytes): void {
    const { structs, ds } = Y.decodeUpdate(update);
    for (const struct of structs) {
      if (struct instanceof Y.Skip) continue;
      const { client, clock } = struct.id;
      const range = { start: clock, end: clock + struct.length };
      this.#structs.set(client, insert(this.#structs.get(client) ?? [], range));
    }
    for (const [client, ranges] of rangesOf(ds)) {
      let list = this.#deletes.get(client) ?? [];
      for (const range of ranges) list = insert(list, range);
      this.#deletes.set(client, list);
    }
  }

  /** No record holds this update any more. What another one brought too is sealed twice, which does no harm. */
  remove(update: Bytes): void {
    const removed = new DurableSet();
    removed.add(update);
    this.#structs = subtractRanges(this.#structs, removed.#structs);
    this.#deletes = subtractRanges(this.#deletes, removed.#deletes);
  }

  /** Durable without a gap below this clock. */
  clock(client: number): number {
    const first = this.#structs.get(client)?.[0];
    return first?.start === 0 ? first.end : 0;
  }

  /** Whether the mark has something that is not durable. */
  lacks(mark: Mark): boolean {
    for (const [client, clock] of mark.clocks) if (clock > this.clock(client)) return true;
    return subtractRanges(mark.deletes, this.#deletes).size > 0;
  }

  /**
   * LIVE-4: whether something in this update of ours is built on what is not durable yet: on others' live text, or on text
   * of ours that no record has brought.
   */
  needsMore(update: Bytes): boolean {
    const { structs } = Y.decodeUpdate(update);
    const { from, to } = Y.parseUpdateMeta(update);
    for (const [client, start] of from) if (start > this.clock(client)) return true;
    const isMissing = (id: unknown): boolean => {
      if (!(id instanceof Y.ID) || id.clock < this.clock(id.client)) return false;
      return !((from.get(id.client) ?? Infinity) <= id.clock && id.clock < (to.get(id.client) ?? 0));
    };
    return structs.some(
      (struct) =>
        struct instanceof Y.Item &&
        (isMissing(struct.origin) || isMissing(struct.rightOrigin) || isMissing(struct.parent)),
    );
  }

  /** Everything of the document that is not durable, as one update; undefined when there is nothing. */
  difference(doc: Y.Doc): Bytes | undefined {
    const clocks = new Map([...this.#structs.keys()].map((client) => [client, this.clock(client)]));
    const whole = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(clocks));
    const { structs, ds } = Y.decodeUpdate(whole);
    const every = rangesOf(ds);
    const missing = subtractRanges(every, this.#deletes);
    if (structs.length === 0 && missing.size === 0) return undefined;
    // Yjs writes all deletions of the document; those that are durable already need not be said again.
    const written = encodeDeletes([...every]);
    const cut = whole.length - written.length;
    const isTail = written.every((byte, index) => byte === whole[cut + index]);
    if (!isTail) return whole;
    return concat(whole.subarray(0, cut), encodeDeletes([...missing]));
  }

  toValue(): Value {
    const plain = (ranges: Ranges): Value =>
      Object.fromEntries([...ranges].map(([client, list]) => [client, list.flatMap(({ start, end }) => [start, end])]));
    return { structs: plain(this.#structs), deletes: plain(this.#deletes) };
  }

  static fromValue(value: Value): DurableSet {
    const set = new DurableSet();
    if (!isRecord(value)) return set;
    const read = (plain: Value): Ranges => {
      const ranges: Ranges = new Map();
      for (const [client, list] of Object.entries(isRecord(plain) ? plain : {})) {
        const numbers = Array.isArray(list) ? list.map(Number) : [];
        const pairs: Range[] = [];
        for (let i = 0; i + 1 < numbers.length; i += 2)
          pairs.push({ start: numbers[i] ?? 0, end: numbers[i + 1] ?? 0 });
        ranges.set(Number(client), pairs);
      }
      return ranges;
    };
    set.#structs = read(value.structs);
    set.#deletes = read(value.deletes);
    return set;
  }
}
