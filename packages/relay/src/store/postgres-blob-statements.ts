/** Statements of blobs in PostgreSQL. Numbers of states are places in STATES (postgres-blobs.ts). */
import type { Statement } from './postgres-statements.ts';

export const UPLOADING = 0;
export const COMPLETE = 1;
const DELETED = 2;
const EXPIRED = 3;
const SPENT = 4;
const IS_ALIVE = `state in (${UPLOADING}, ${COMPLETE})`;

const COLUMNS = 'blob_id, header, length, expiry, downloads, taken, state, seq, counts, inbox_id, sender';

export const FIND_BLOB: Statement = { name: 'find_blob', text: `select ${COLUMNS} from blob where blob_id = $1` };

/** Whoever looks for room waits for whoever did before: the number stands for the schema's name. */
export const LOCK_ROOM: Statement = {
  name: 'lock_blob_room',
  text: "select pg_advisory_xact_lock(hashtextextended('archipel blobs ' || current_schema(), 0))",
};
export const CREATE_BLOB: Statement = {
  name: 'create_blob',
  text: `insert into blob (${COLUMNS}, touched, reached)
    values ($1, $2, $3, $4, $5, 0, ${UPLOADING}, $6, $7, $8, $9, $10, 0) on conflict (blob_id) do nothing returning seq`,
};
/** After LOCK_ROOM: nobody adds one meanwhile. */
export const COUNT_DROPS: Statement = {
  name: 'count_drops',
  text: `select count(*), count(*) filter (where state = ${UPLOADING}), coalesce(sum(length), 0)::bigint
    from blob where inbox_id = $1 and inbox_id <> '' and ${IS_ALIVE}`,
};
export const LIST_DROPS: Statement = {
  name: 'list_drops',
  text: `select ${COLUMNS} from blob where inbox_id = $1 and inbox_id <> '' and ${IS_ALIVE} order by blob_id`,
};
export const HAS_DROP: Statement = {
  name: 'has_drop',
  text: `select seq from blob where inbox_id = $1 and inbox_id <> '' and sender = $2 and state = ${COMPLETE}`,
};
export const TOUCH_BLOB: Statement = {
  name: 'touch_blob',
  text: `update blob set touched = greatest(touched, $2), reached = greatest(reached, $3)
    where blob_id = $1 and state = ${UPLOADING}`,
};
export const COMPLETE_BLOB: Statement = {
  name: 'complete_blob',
  text: `update blob set state = ${COMPLETE}, reached = length where blob_id = $1 and state = ${UPLOADING} returning seq`,
};
export const PUT_BLOB_HEADER: Statement = {
  name: 'put_blob_header',
  text: `update blob set header = $3, expiry = $4, downloads = $5, seq = $6
    where blob_id = $1 and header = $2 and ${IS_ALIVE} returning seq`,
};
/** Whoever takes a blob, or ends it, has its row first. */
export const LOCK_BLOB: Statement = {
  name: 'lock_blob',
  text: `select state, downloads, taken, counts from blob where blob_id = $1 for update`,
};
export const KNOWS_TICKET: Statement = {
  name: 'knows_blob_ticket',
  text: 'select until from blob_ticket where blob_id = $1 and ticket = $2',
};
export const TAKE_BLOB: Statement = { name: 'take_blob', text: 'update blob set taken = taken + 1 where blob_id = $1' };
export const ADD_TICKET: Statement = {
  name: 'add_blob_ticket',
  text: 'insert into blob_ticket (blob_id, ticket, until) values ($1, $2, $3) on conflict do nothing',
};
export const HOLDS_TICKET: Statement = {
  name: 'holds_blob_ticket',
  text: 'select until from blob_ticket where blob_id = $1 and ticket = $2 and until > $3',
};
export const END_BLOB: Statement = {
  name: 'end_blob',
  text: `update blob set state = $2, touched = $3, header = '', inbox_id = '', sender = '' where blob_id = $1 and ${IS_ALIVE} returning seq`,
};
export const DROP_TICKETS: Statement = {
  name: 'drop_blob_tickets',
  text: 'delete from blob_ticket where blob_id = $1',
};
export const DUE_BLOBS: Statement = {
  name: 'due_blobs',
  text: `select blob_id, ${EXPIRED} from blob where ${IS_ALIVE} and expiry <= $1
    union select blob_id, ${EXPIRED} from blob where state = ${UPLOADING} and touched < $2
    union select blob_id, ${SPENT} from blob b
      where state = ${COMPLETE} and downloads > 0 and taken >= downloads and expiry > $1 and counts
      and not exists (select from blob_ticket t where t.blob_id = b.blob_id and t.until > $1)
    limit $3`,
};
export const UPLOADING_BLOBS: Statement = {
  name: 'uploading_blobs',
  text: `select ${COLUMNS} from blob where state = ${UPLOADING}`,
};
export const BLOB_TOTALS: Statement = {
  name: 'blob_totals',
  text: `select count(*), coalesce(sum(length), 0)::bigint,
      coalesce(sum(greatest(0, length - reached)) filter (where state = ${UPLOADING}), 0)::bigint
    from blob where ${IS_ALIVE}`,
};
export const FORGET_BLOBS: Statement = {
  name: 'forget_blobs',
  text: `delete from blob where not (${IS_ALIVE}) and state <> ${DELETED} and touched < $1`,
};
export const LIST_BLOBS: Statement = {
  name: 'list_blobs',
  text: `select ${COLUMNS}, touched, reached from blob where blob_id > $1 order by blob_id limit $2`,
};
/** Of the blobs from one id to another. */
export const LIST_TICKETS: Statement = {
  name: 'list_blob_tickets',
  text: `select blob_id, ticket, until from blob_ticket where blob_id >= $1 and blob_id <= $2 order by blob_id, ticket`,
};
export const IMPORT_BLOB: Statement = {
  name: 'import_blob',
  text: `insert into blob (${COLUMNS}, touched, reached) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
};
export const ERASE_BLOB: Statement = { name: 'erase_blob', text: 'delete from blob where blob_id = $1' };

/** For as long as the connection lasts. */
export const TRY_SWEEP: Statement = {
  name: 'try_blob_sweep',
  text: "select pg_try_advisory_lock(hashtextextended('archipel blob sweep ' || current_schema(), 0))",
};
export const LEAVE_SWEEP: Statement = {
  name: 'leave_blob_sweep',
  text: "select pg_advisory_unlock(hashtextextended('archipel blob sweep ' || current_schema(), 0))",
};
export const FIND_MARK: Statement = { name: 'find_blob_mark', text: 'select mark from blob_mark' };
export const PUT_MARK: Statement = {
  name: 'put_blob_mark',
  text: 'insert into blob_mark values (1, $1) on conflict (id) do update set mark = excluded.mark',
};
/** What is there is written again, so that it is answered. */
export const SET_MARK: Statement = {
  name: 'set_blob_mark',
  text: 'insert into blob_mark values (1, $1) on conflict (id) do update set mark = blob_mark.mark returning mark',
};
