/**
 * Tables of the PostgreSQL store, as steps that only go forward.
 *
 * All that belongs to a document carries its id, each unique key begins with it, and nothing refers from one table to another: a
 * distributed PostgreSQL may lay the documents out over machines. For Citus the tables of step 1 are made by hand, without the
 * `partition by`, then `select create_distributed_table('document', 'doc_id')` and so on for record, checkpoint and purge, and
 * `insert into schema values (1)`.
 */

import type { Session } from './postgres-session.ts';
import type { Statement } from './postgres-statements.ts';
import { StoreOpenError } from './store-error.ts';

/** Smaller indexes and shorter vacuums; more of them make each plan dearer. */
const PARTITIONS = 8;
/** Room on each page for the next version of a document's row, so that its counter moves without touching an index. */
const DOCUMENT_FILL_PERCENT = 90;

function partitioned(table: string, columns: string, key: string, settings = ''): string[] {
  const parts = Array.from(
    { length: PARTITIONS },
    (_, part) =>
      `create table ${table}_${part} partition of ${table}
       for values with (modulus ${PARTITIONS}, remainder ${part}) ${settings}`,
  );
  // Sealed bytes do not get smaller: nothing tries to compress them.
  const storage = table === 'purge' ? [] : [`alter table ${table} alter ${bytesOf(table)} set storage external`];
  return [`create table ${table} (${columns}, primary key (${key})) partition by hash (doc_id)`, ...storage, ...parts];
}

function bytesOf(table: string): string {
  return table === 'document' ? 'header' : 'body';
}

/** Columns of eight bytes come first, so that none is padded. */
const TABLES = [
  ...partitioned(
    'document',
    `next_position bigint not null, expiry bigint not null, version bigint not null, state smallint not null,
     doc_id bytea not null, header bytea`,
    'doc_id',
    `with (fillfactor = ${DOCUMENT_FILL_PERCENT})`,
  ),
  'create index document_expiry on document (expiry) where expiry > 0',
  ...partitioned(
    'record',
    'position bigint not null, n bigint not null, session uuid not null, doc_id bytea not null, body bytea not null',
    'doc_id, position',
  ),
  // No record is stored twice, whichever process it comes by.
  'create unique index record_place on record (doc_id, session, n)',
  ...partitioned(
    'checkpoint',
    'seq bigint not null, tail_from bigint not null, history_bytes bigint not null, doc_id bytea not null, body bytea not null',
    'doc_id, seq',
  ),
  ...partitioned(
    'purge',
    'before_position bigint not null, due bigint not null, doc_id bytea not null',
    'doc_id, before_position',
  ),
  'create index purge_due on purge (due)',
  'create table heartbeat (id integer primary key, seconds bigint not null)',
];

/** Whether the documents are here or moved elsewhere: one row. */
const STANDING = `create table standing (
    id integer primary key check (id = 1), store text not null, kind text not null, move text not null, place text not null,
    at bigint not null, changes bigint not null
  );
  insert into standing values (1, replace(gen_random_uuid()::text, '-', ''), 'serving', '', '', 0, 0)`;

/** Small rows that are written seldom, so in one table each. */
const INBOXES = `create table inbox (
    expiry bigint not null, ended bigint not null, last bigint not null, change bigint not null, bytes bigint not null,
    state smallint not null, inbox_id bytea primary key, header bytea not null
  );
  create index inbox_expiry on inbox (expiry) where state = 0;
  create table inbox_item (
    number bigint not null, change bigint not null, time bigint not null, state smallint not null, inbox_id bytea not null,
    hash bytea not null, body bytea not null, primary key (inbox_id, number)
  );
  alter table inbox_item alter body set storage external;
  create unique index inbox_item_hash on inbox_item (inbox_id, hash);
  create unique index inbox_item_change on inbox_item (inbox_id, change);
  create table shared_key (id integer primary key check (id = 1), key bytea not null)`;

/** Public, and as a whole. */
const PAGES = `create table page (
    seq bigint not null, time bigint not null, expiry bigint not null, ended bigint not null, state smallint not null,
    page_id bytea primary key, hash bytea not null, body bytea not null
  );
  alter table page alter body set storage external;
  create index page_expiry on page (expiry) where state = 0 and expiry > 0`;

/** What is known of files; `mark` is also in the folder that has their bytes, so that no process takes another folder for it. */
const BLOBS = `create table blob (
    length bigint not null, expiry bigint not null, downloads bigint not null, taken bigint not null, seq bigint not null,
    touched bigint not null, reached bigint not null, state smallint not null, counts boolean not null,
    blob_id bytea primary key, header bytea not null
  );
  create index blob_expiry on blob (expiry) where state in (0, 1);
  create index blob_uploading on blob (touched) where state = 0;
  create index blob_limited on blob (blob_id) where state = 1 and downloads > 0;
  create table blob_ticket (
    until bigint not null, blob_id bytea not null, ticket bytea not null, primary key (blob_id, ticket)
  );
  create table blob_mark (id integer primary key check (id = 1), mark bytea not null)`;

/** For which inbox a file is sent, and which item announces it; empty for others. */
const DROPS_OF_INBOXES = `alter table blob add column inbox_id bytea not null default '';
  alter table blob add column sender bytea not null default '';
  create index blob_inbox on blob (inbox_id) where inbox_id <> ''`;

const STEPS: readonly string[] = [TABLES.join(';'), STANDING, INBOXES, PAGES, BLOBS, DROPS_OF_INBOXES];

/** Processes that start together take turns: the number stands for the schema's name. */
const LOCK: Statement = {
  name: 'lock_schema',
  text: "select pg_advisory_xact_lock(hashtextextended('archipel ' || $1, 0))",
};
const LAST_STEP: Statement = { name: 'last_step', text: 'select coalesce(max(step), 0) from schema' };
const ADD_STEP: Statement = { name: 'add_step', text: 'insert into schema (step) values ($1)' };
const FIND_SCHEMA: Statement = {
  name: 'find_schema',
  text: 'select exists (select from pg_namespace where nspname = $1)',
};

export async function hasSchema(session: Session, schema: string): Promise<boolean> {
  const [[exists] = []] = await session.run<[boolean]>(FIND_SCHEMA, [schema]);
  return exists === true;
}

/** Brings the tables up to date, one transaction per step. Rejects with StoreOpenError when they are of a newer program. */
export async function migrate(session: Session, schema: string): Promise<void> {
  await locked(session, schema, () => makeSchema(session, schema));
  for (;;) {
    const done = await locked(session, schema, () => takeStep(session));
    if (done) return;
  }
}

function locked<T>(session: Session, schema: string, work: () => Promise<T>): Promise<T> {
  return session.transaction(async () => {
    await session.run(LOCK, [schema]);
    return work();
  });
}

/** Asking for a schema that is there already would need the right to make one. */
async function makeSchema(session: Session, schema: string): Promise<void> {
  if (!(await hasSchema(session, schema))) await session.execute(`create schema "${schema}"`);
  await session.execute('create table if not exists schema (step integer primary key)');
}

/** True when there is nothing left to do. */
async function takeStep(session: Session): Promise<boolean> {
  const [[last = 0] = []] = await session.run<[number]>(LAST_STEP, []);
  if (last > STEPS.length) {
    throw new StoreOpenError(
      'NewerSchema',
      `The database ${session.address.database} was written by a newer Archipel (schema ${last} is newer than ${STEPS.length}).`,
    );
  }
  const step = STEPS[last];
  if (step === undefined) return true;
  await session.execute(step);
  await session.run(ADD_STEP, [last + 1]);
  return false;
}
