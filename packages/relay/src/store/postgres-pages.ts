/** Published pages in the PostgreSQL of several processes, in the schema of the store. */
import type { Bytes } from '@archipel/protocol';
import {
  type NewPage,
  PAGE_ROW_BYTES,
  type PageState,
  type PageStore,
  PageStoreError,
  type PageTotals,
  type StoredPage,
} from './pages.ts';
import { Failures } from './postgres-errors.ts';
import { type PoolOptions, SessionPool } from './postgres-pool.ts';
import type { Statement } from './postgres-statements.ts';
import type { Ending } from './store.ts';

const STATES: readonly PageState[] = ['open', 'deleted', 'expired'];
const OPEN = 0;

const FIND: Statement = {
  name: 'find_page',
  text: 'select seq, time, expiry, state, hash from page where page_id = $1',
};
const READ: Statement = { name: 'read_page', text: `select body from page where page_id = $1 and state = ${OPEN}` };
const PUT: Statement = {
  name: 'put_page',
  text: `insert into page (seq, time, expiry, ended, state, page_id, hash, body) values ($2, $3, $4, $5, $6, $1, $7, $8)
    on conflict (page_id) do update set seq = excluded.seq, time = excluded.time, expiry = excluded.expiry,
      ended = excluded.ended, state = excluded.state, hash = excluded.hash, body = excluded.body
    where excluded.seq > page.seq returning seq`,
};
const END: Statement = {
  name: 'end_page',
  text: `update page set state = $2, ended = $3, body = '' where page_id = $1 and state = ${OPEN}`,
};
const DUE: Statement = {
  name: 'due_pages',
  text: `select page_id from page where state = ${OPEN} and expiry > 0 and expiry <= $1 order by expiry limit $2`,
};
const TOTALS: Statement = {
  name: 'page_totals',
  text: `select count(*), coalesce(sum(octet_length(body) + ${PAGE_ROW_BYTES}), 0)::bigint from page where state = ${OPEN}`,
};
const FORGET: Statement = { name: 'forget_pages', text: 'delete from page where state = $2 and ended < $1' };

/** The tables are made by `openPostgresStore`, which comes first. */
export function openPostgresPages(options: PoolOptions): PageStore {
  return new PostgresPageStore(options);
}

type PageRow = [seq: number, time: number, expiry: number, state: number, hash: Bytes];

class PostgresPageStore implements PageStore {
  readonly #pool: SessionPool;
  readonly #failures: Failures;

  constructor(options: PoolOptions) {
    this.#pool = new SessionPool(options);
    this.#failures = new Failures(options.clock, options.log);
  }

  async #run<T extends unknown[]>(statement: Statement, values: Parameters<SessionPool['run']>[1]): Promise<T[]> {
    try {
      return await this.#pool.run<T>(statement, values);
    } catch (error) {
      throw new PageStoreError(this.#failures.of(error), { cause: error });
    }
  }

  async find(pageId: Bytes): Promise<StoredPage | undefined> {
    const [row] = await this.#run<PageRow>(FIND, [pageId]);
    if (row === undefined) return undefined;
    const [seq, time, expiry, state, hash] = row;
    return { seq, time, expiry, state: STATES[state] as PageState, hash };
  }

  async read(pageId: Bytes): Promise<Bytes | undefined> {
    const [[body] = []] = await this.#run<[Bytes]>(READ, [pageId]);
    return body;
  }

  async put({ pageId, seq, time, expiry, hash, body }: NewPage): Promise<boolean> {
    const state = STATES.indexOf(body === undefined ? 'deleted' : 'open');
    const ended = body === undefined ? time : 0;
    const values = [pageId, seq, time, expiry, ended, state, hash, body ?? new Uint8Array(0)];
    return (await this.#run(PUT, values)).length === 1;
  }

  async end(pageId: Bytes, ending: Ending, nowSeconds: number): Promise<void> {
    await this.#run(END, [pageId, STATES.indexOf(ending), nowSeconds]);
  }

  async due(nowSeconds: number, limit: number): Promise<Bytes[]> {
    return (await this.#run<[Bytes]>(DUE, [nowSeconds, limit])).map(([pageId]) => pageId);
  }

  async totals(): Promise<PageTotals> {
    const [[pages, bytes] = [0, 0]] = await this.#run<[number, number]>(TOTALS, []);
    return { pages, bytes };
  }

  async forget(endedBefore: number): Promise<void> {
    await this.#run(FORGET, [endedBefore, STATES.indexOf('expired')]);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
