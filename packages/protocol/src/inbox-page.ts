/** Items of an inbox as a relay gives them to its owner (§20), in the order of their last changes. */
import type { Bytes } from './bytes.ts';
import { fail, type Result } from './errors.ts';
import { HASH_BYTES, MAX_ITEM_BYTES, MAX_PAGE_BYTES, MAX_PAGE_ITEMS } from './limits.ts';
import { Reader } from './reader.ts';
import { encode } from './writer.ts';

export type ItemState = 'here' | 'deleted' | 'withdrawn';
const STATES: readonly ItemState[] = ['here', 'deleted', 'withdrawn'];

export interface PageItem {
  /** 1 for the first item that ever came, then one more for each. */
  number: number;
  /** Grows with every change of any item of the inbox. */
  change: number;
  /** Unix seconds: when it came, by the relay's clock. */
  time: number;
  state: ItemState;
  hash: Bytes;
  /** Empty when it is gone. */
  bytes: Bytes;
}

export interface InboxPage {
  /** Number of the item that came last, 0 when none ever did. */
  last: number;
  /** Whether there are more changes than those here. */
  more: boolean;
  items: PageItem[];
}

export function encodeInboxPage({ last, more, items }: InboxPage): Bytes {
  return encode((writer) => {
    writer.varint(last);
    writer.u8(more ? 1 : 0);
    writer.varint(items.length);
    for (const { number, change, time, state, hash, bytes } of items) {
      writer.varint(number);
      writer.varint(change);
      writer.varint(time);
      writer.u8(STATES.indexOf(state) + 1);
      writer.fixed(hash, HASH_BYTES);
      writer.bytes(bytes);
    }
  });
}

function readItem(reader: Reader): PageItem {
  const [number, change, time] = [reader.varint(), reader.varint(), reader.varint()];
  const state = STATES[reader.u8() - 1];
  reader.check(state !== undefined && number > 0);
  const hash = reader.fixed(HASH_BYTES);
  const bytes = reader.bytes(MAX_ITEM_BYTES);
  reader.check((state === 'here') === bytes.length > 0);
  return { number, change, time, state: state ?? 'deleted', hash, bytes };
}

/** Errors: `too_large`, `bad_message` (INBOX-8: changes ascend, numbers are at most `last`). */
export function decodeInboxPage(bytes: Bytes): Result<InboxPage> {
  if (bytes.length > MAX_PAGE_BYTES + MAX_ITEM_BYTES) return fail('too_large');
  const reader = new Reader(bytes);
  const last = reader.varint();
  const more = reader.u8();
  reader.check(more <= 1);
  const items = reader.list(reader.varint(MAX_PAGE_ITEMS), () => readItem(reader));
  reader.check(items.every(({ number }) => number <= last));
  reader.check(items.every(({ change }, at) => at === 0 || change > (items[at - 1] as PageItem).change));
  return reader.end({ last, more: more === 1, items });
}
