/** Inboxes in the PostgreSQL of several processes, in the schema of the store. */
import { type Bytes, type InboxPage, type ItemState, MAX_PAGE_ITEMS, type PageItem, toHex } from '@archipel/protocol';
import {
  type Added,
  type InboxState,
  type InboxStore,
  InboxStoreError,
  type InboxTotals,
  type MovedInbox,
  type MovedItem,
  type NewInbox,
  type NewItem,
  ROW_BYTES,
  type StoredInbox,
  type StoredItem,
} from './inboxes.ts';
import { Failures } from './postgres-errors.ts';
import {
  ADD_ITEM,
  COUNT_INBOX,
  CREATE_INBOX,
  DROP_INBOX,
  DROP_ITEMS,
  DUE_INBOXES,
  END_INBOX,
  FIND_INBOX,
  FIND_ITEM,
  FORGET_INBOXES,
  IMPORT_INBOX,
  IMPORT_ITEM,
  INBOX_TOTALS,
  LAST_ITEM,
  LIST_INBOXES,
  LOCK_INBOX,
  PUT_INBOX_HEADER,
  READ_ITEMS,
  REMOVE_ITEM,
  SHARED_KEY,
} from './postgres-inbox-statements.ts';
import { type PoolOptions, SessionPool } from './postgres-pool.ts';
import type { Session } from './postgres-session.ts';
import type { Ending } from './store.ts';

const STATES: readonly InboxState[] = ['open', 'deleted', 'expired'];
const ITEM_STATES: readonly ItemState[] = ['here', 'deleted', 'withdrawn'];

/** The tables are made by `openPostgresStore`, which comes first. */
export function openPostgresInboxes(options: PoolOptions): InboxStore {
  return new PostgresInboxStore(options);
}

type InboxRow = [header: Bytes, expiry: number, state: number, last: number];
type ItemRow = [number: number, time: number, state: number, body: Bytes];
type PageRow = [number: number, change: number, time: number, state: number, hash: Bytes, body: Bytes];
type MovedRow = [
  inboxId: Bytes,
  header: Bytes,
  expiry: number,
  state: number,
  ended: number,
  last: number,
  change: number,
  bytes: number,
];
type CountRow = [last: number, change: number, bytes: number];

class PostgresInboxStore implements InboxStore {
  readonly #pool: SessionPool;
  readonly #failures: Failures;

  constructor(options: PoolOptions) {
    this.#pool = new SessionPool(options);
    this.#failures = new Failures(options.clock, options.log);
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new InboxStoreError(this.#failures.of(error), { cause: error });
    }
  }

  #changing<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#attempt(() => this.#pool.use((session) => session.transaction(() => work(session))));
  }

  find(inboxId: Bytes): Promise<StoredInbox | undefined> {
    return this.#attempt(async () => {
      const [row] = await this.#pool.run<InboxRow>(FIND_INBOX, [inboxId]);
      if (row === undefined) return undefined;
      const [header, expiry, state, last] = row;
      return { inboxId, header, expiry, state: STATES[state] as InboxState, last };
    });
  }

  create({ inboxId, header, expiry }: NewInbox): Promise<boolean> {
    const values = [inboxId, header, expiry, header.length + ROW_BYTES];
    return this.#attempt(async () => (await this.#pool.run(CREATE_INBOX, values)).length === 1);
  }

  putHeader(current: Bytes, { inboxId, header, expiry }: NewInbox): Promise<boolean> {
    const values = [inboxId, current, header, expiry];
    return this.#attempt(async () => (await this.#pool.run(PUT_INBOX_HEADER, values)).length === 1);
  }

  /** A transaction for each inbox: none waits for two of them. */
  async add(items: readonly NewItem[]): Promise<Added[]> {
    const groups = new Map<string, number[]>();
    items.forEach(({ inboxId }, at) => {
      const name = toHex(inboxId);
      groups.set(name, [...(groups.get(name) ?? []), at]);
    });
    const added: Added[] = [];
    const addGroup = async (places: readonly number[]): Promise<void> => {
      const group = places.map((at) => items[at] as NewItem);
      const results = await this.#changing((session) => addTo(session, group));
      places.forEach((at, index) => {
        added[at] = results[index] as Added;
      });
    };
    await Promise.all([...groups.values()].map(addGroup));
    return added;
  }

  findItem(inboxId: Bytes, hash: Bytes): Promise<StoredItem | undefined> {
    return this.#attempt(async () => {
      const [row] = await this.#pool.run<ItemRow>(FIND_ITEM, [inboxId, hash]);
      return row && { number: row[0], state: ITEM_STATES[row[2]] as ItemState, body: row[3] };
    });
  }

  /** The items first: a number that is given meanwhile is then only looked for again. */
  read(inboxId: Bytes, after: number, maxBytes: number): Promise<InboxPage | undefined> {
    return this.#attempt(async () => {
      const values = [inboxId, after, maxBytes, MAX_PAGE_ITEMS, ROW_BYTES];
      const [head] = await this.#pool.run<[last: number, change: number]>(LAST_ITEM, [inboxId]);
      if (head === undefined) return undefined;
      const rows = await this.#pool.run<PageRow>(READ_ITEMS, values);
      const items = rows.map(
        ([number, change, time, state, hash, bytes]): PageItem => ({
          number,
          change,
          time,
          state: ITEM_STATES[state] as ItemState,
          hash,
          bytes,
        }),
      );
      const [last, change] = head;
      const until = items.at(-1)?.change ?? after;
      return { last: Math.max(last, ...items.map(({ number }) => number)), more: until < change, items };
    });
  }

  remove(inboxId: Bytes, number: number, state: Exclude<ItemState, 'here'>): Promise<boolean> {
    return this.#changing(async (session) => {
      const [count] = await session.run<CountRow>(LOCK_INBOX, [inboxId]);
      if (count === undefined) return false;
      const [last, change, bytes] = count;
      const values = [inboxId, number, ITEM_STATES.indexOf(state), change + 1];
      const [removed] = await session.run<[size: number]>(REMOVE_ITEM, values);
      if (removed === undefined) return false;
      await session.run(COUNT_INBOX, [inboxId, last, change + 1, bytes - removed[0]]);
      return true;
    });
  }

  end(inboxId: Bytes, ending: Ending, nowSeconds: number): Promise<void> {
    return this.#attempt(async () => {
      await this.#pool.run(END_INBOX, [inboxId, STATES.indexOf(ending), nowSeconds]);
    });
  }

  due(nowSeconds: number, limit: number): Promise<Bytes[]> {
    return this.#attempt(async () => {
      const rows = await this.#pool.run<[Bytes]>(DUE_INBOXES, [nowSeconds, limit]);
      return rows.map(([inboxId]) => inboxId);
    });
  }

  totals(): Promise<InboxTotals> {
    return this.#attempt(async () => {
      const [[inboxes, bytes] = [0, 0]] = await this.#pool.run<[number, number]>(INBOX_TOTALS, []);
      return { inboxes, bytes };
    });
  }

  sharedKey(fresh: Bytes): Promise<Bytes> {
    return this.#attempt(async () => {
      const [[key = fresh] = []] = await this.#pool.run<[Bytes]>(SHARED_KEY, [fresh]);
      return key;
    });
  }

  forget(endedBefore: number): Promise<void> {
    return this.#attempt(async () => {
      await this.#pool.run(FORGET_INBOXES, [endedBefore, STATES.indexOf('expired')]);
    });
  }

  list(after: Bytes | undefined, limit: number): Promise<MovedInbox[]> {
    return this.#attempt(async () => {
      const rows = await this.#pool.run<MovedRow>(LIST_INBOXES, [after ?? new Uint8Array(0), limit]);
      return rows.map(([inboxId, header, expiry, state, ended, last, change, bytes]) => {
        return { inboxId, header, expiry, state: STATES[state] as InboxState, ended, last, change, bytes };
      });
    });
  }

  items(inboxId: Bytes, after: number, maxBytes: number): Promise<MovedItem[]> {
    return this.#attempt(async () => {
      const values = [inboxId, after, maxBytes, MAX_PAGE_ITEMS, ROW_BYTES];
      const rows = await this.#pool.run<PageRow>(READ_ITEMS, values);
      return rows.map(([number, change, time, state, hash, body]) => {
        return { number, change, time, state: ITEM_STATES[state] as ItemState, hash, body };
      });
    });
  }

  import(inbox: MovedInbox, items: readonly MovedItem[]): Promise<void> {
    const { inboxId, header, expiry, state, ended, last, change, bytes } = inbox;
    return this.#changing(async (session) => {
      const values = [inboxId, header, expiry, STATES.indexOf(state), ended, last, change, bytes];
      await session.run(IMPORT_INBOX, values);
      if (state !== 'open') await session.run(DROP_ITEMS, [inboxId]);
      for (const item of items) {
        const { number, time, hash, body } = item;
        const state = ITEM_STATES.indexOf(item.state);
        await session.run(IMPORT_ITEM, [inboxId, number, item.change, time, state, hash, body]);
      }
    });
  }

  erase(inboxId: Bytes): Promise<void> {
    return this.#changing(async (session) => {
      await session.run(DROP_INBOX, [inboxId]);
      await session.run(DROP_ITEMS, [inboxId]);
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** All of one inbox. */
async function addTo(session: Session, items: readonly NewItem[]): Promise<Added[]> {
  const { inboxId } = items[0] as NewItem;
  const [count] = await session.run<CountRow>(LOCK_INBOX, [inboxId]);
  if (count === undefined) return items.map(() => 'gone');
  let [last, change, bytes] = count;
  const added: Added[] = [];
  for (const { hash, body, time, maxItems, maxBytes } of items) {
    const [known] = await session.run<ItemRow>(FIND_ITEM, [inboxId, hash]);
    const size = body.length + ROW_BYTES;
    if (known !== undefined) added.push({ number: known[0], time: known[1] });
    else if (last >= maxItems || bytes + size > maxBytes) added.push('full');
    else {
      [last, change, bytes] = [last + 1, change + 1, bytes + size];
      await session.run(ADD_ITEM, [inboxId, last, change, time, hash, body]);
      added.push({ number: last, time });
    }
  }
  await session.run(COUNT_INBOX, [inboxId, last, change, bytes]);
  return added;
}
