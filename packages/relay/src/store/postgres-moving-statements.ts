/** Statements by which documents move out of PostgreSQL and into it. What moves in is seen by nobody else, so it needs no care for others. */
import type { Statement } from './postgres-statements.ts';
import { ALIVE, EVERYTHING, IMPORTING } from './postgres-statements.ts';

export const LIST: Statement = {
  name: 'list',
  text: `select doc_id from document where doc_id > $1 and state <> ${IMPORTING} order by doc_id limit $2`,
};

/** Documents counted in one statement, so that none takes long. */
export const COUNT_STEP = 100_000;
/** The id that ends the next so many. */
export const COUNT_ON: Statement = {
  name: 'count_on',
  text: `select doc_id from document where doc_id > $1 order by doc_id offset ${COUNT_STEP - 1} limit 1`,
};
export const COUNT_REST: Statement = { name: 'count_rest', text: 'select count(*) from document where doc_id > $1' };

/** Kinds of the rows of DESCRIBE. */
export const STATE_ROW = 0;
export const CHECKPOINT_STATE_ROW = 1;
export const PURGE_ROW = 2;
export const SKIPPED_ROW = 3;

function recordsBefore(position: string): string {
  return `(select count(*) from record where doc_id = $1 and record.position < ${position})`;
}

/** One statement sees one state of the store. */
export const DESCRIBE: Statement = {
  name: 'describe',
  text: `select ${STATE_ROW} as kind, state::bigint as a, expiry as b,
        (select count(*) from record where doc_id = $1) as c, header as body
      from document where doc_id = $1 and state <> ${IMPORTING}
    union all
    select ${CHECKPOINT_STATE_ROW}, seq, ${recordsBefore('tail_from')}, history_bytes, body
      from checkpoint where doc_id = $1
    union all
    select ${PURGE_ROW}, ${recordsBefore('before_position')}, due, 0, null
      from purge where doc_id = $1 and before_position < ${EVERYTHING}
    union all
    select ${SKIPPED_ROW}, position, 0, 0, null from (
      select position from record where doc_id = $1 and $2::bigint > 0
      order by position limit 1 offset greatest($2::bigint - 1, 0)
    ) skipped`,
};

export const DROP_DOCUMENT: Statement = {
  name: 'drop_document',
  text: `with records as (delete from record where doc_id = $1),
      checkpoints as (delete from checkpoint where doc_id = $1),
      purges as (delete from purge where doc_id = $1)
    delete from document where doc_id = $1`,
};

export const IMPORT_DOCUMENT: Statement = {
  name: 'import_document',
  text: `insert into document (doc_id, header, expiry, state, version, next_position)
    values ($1, null, 0, ${IMPORTING}, 1, 1) on conflict (doc_id) do nothing returning doc_id`,
};

export const HIDE_DOCUMENT: Statement = {
  name: 'hide_document',
  text: `with checkpoints as (delete from checkpoint where doc_id = $1), purges as (delete from purge where doc_id = $1)
    update document set state = ${IMPORTING} where doc_id = $1 and state = ${ALIVE} returning doc_id`,
};

/**
 * Positions go on from the last one, so the record that has so many before it has the position after that. The first record of a
 * session that was retired may have come a second time where nothing refused it (CKP-6): it keeps its session, and gets a place below
 * all others.
 */
export const IMPORT_RECORDS: Statement = {
  name: 'import_records',
  text: `with counter as (
      update document set next_position = next_position + cardinality($2::uuid[])
      where doc_id = $1 and state = ${IMPORTING}
      returning next_position - cardinality($2::uuid[]) as first
    ), piece as (
      select counter.first + entry.place - 1 as position, entry.session, entry.n, entry.body
      from counter, unnest($2::uuid[], $3::bigint[], $4::bytea[]) with ordinality as entry (session, n, body, place)
    ), written as (
      insert into record (doc_id, position, session, n, body) select $1, position, session, n, body from piece
      on conflict (doc_id, session, n) do nothing returning position
    ), repeated as (
      insert into record (doc_id, position, session, n, body)
      select $1, position, session, -position, body from piece where position not in (select position from written)
    )
    select first from counter`,
};

export const IMPORT_STATE: Statement = {
  name: 'import_state',
  text: `update document set header = $2, expiry = $3, state = $4 where doc_id = $1 and state = ${IMPORTING} returning doc_id`,
};

export const IMPORT_CHECKPOINT: Statement = {
  name: 'import_checkpoint',
  text: `insert into checkpoint (doc_id, seq, tail_from, history_bytes, body) values ($1, $2, $3::bigint + 1, $4, $5)`,
};

export const IMPORT_PURGE: Statement = {
  name: 'import_purge',
  text: `insert into purge (doc_id, before_position, due) values ($1, $2::bigint + 1, $3)`,
};

export const STANDING: Statement = {
  name: 'standing',
  text: 'select store, kind, move, place, at, changes from standing',
};

export const SET_STANDING: Statement = {
  name: 'set_standing',
  text: `update standing set kind = $1, move = $2, place = $3, at = $4, changes = changes + 1
    where changes = $5 returning changes`,
};

/** No row of a document can be written any more, by whichever process: neither a new one nor a change. */
export const CLOSE_TO_WRITES = 'alter table document add constraint moved check (false) not valid';
export const OPEN_TO_WRITES = 'alter table document drop constraint moved';
export const CLEAR = 'truncate document, record, checkpoint, purge';
