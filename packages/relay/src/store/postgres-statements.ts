/**
 * Every statement of the PostgreSQL store but those that make its tables. Each has a name, so that a connection parses and plans it
 * once. All that change anything touch one document and are their own transaction, over when they are answered: a process that stops
 * in the middle leaves no lock behind. Only a checkpoint needs two statements (LOCK_DOCUMENT says why).
 *
 * They are written for READ COMMITTED: a statement that waited for the row of a document looks at that row again, in its newest
 * version, but at all other rows as they were when it began. So what must not have changed meanwhile is asked of that row alone.
 */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** States of a document: its contents are there, or only a tombstone is. */
export const ALIVE = 0;
export const DELETED = 1;
export const EXPIRED = 2;
/** Of a document that moves here: for nobody to see. */
export const IMPORTING = 3;

/** As a position: all records, and all checkpoints too. */
export const EVERYTHING = Number.MAX_SAFE_INTEGER;
/** Records removed per transaction, so that nobody waits long for their locks. */
export const PURGE_BATCH = 500;

/**
 * One group of records. The counter's row is locked until the commit, so positions become visible in their order: whoever sees one
 * sees all before it. No row: the document has another version, or ended.
 */
export const APPEND: Statement = {
  name: 'append',
  text: `with counter as (
      update document set next_position = next_position + cardinality($3::uuid[])
      where doc_id = $1 and version = $2 and state = ${ALIVE}
      returning next_position - cardinality($3::uuid[]) as first
    ), written as (
      insert into record (doc_id, position, session, n, body)
      select $1, counter.first + entry.place - 1, entry.session, entry.n, entry.body
      from counter, unnest($3::uuid[], $4::bigint[], $5::bytea[]) with ordinality as entry (session, n, body, place)
    )
    select first from counter`,
};

/** The sum stops at `rows` records, so that a long history is not walked for each of its pages. */
function pageOf(after: string, bytes: string, rows: string): string {
  return `select position, seen, body from (
      select position, body, count(*) over () as seen, row_number() over (order by position) as place,
        sum(octet_length(body)) over (order by position) as total
      from (
        select position, body from record where doc_id = $1 and position > ${after} order by position limit ${rows} + 1
      ) ahead
    ) page
    where place <= ${rows} and (place = 1 or total <= ${bytes})`;
}

/** Rows of position, how many were looked at, and body. */
export const READ: Statement = {
  name: 'read',
  text: `${pageOf('$2', '$3', '$4')} order by position`,
};

/** Kinds of the rows of LOAD. */
export const DOCUMENT_ROW = 0;
export const CHECKPOINT_ROW = 1;
export const RECORD_ROW = 2;

/** One statement sees one state of the store: document, last checkpoint and first page belong together. */
export const LOAD: Statement = {
  name: 'load',
  text: `with last as (
      select seq, tail_from, history_bytes, body from checkpoint where doc_id = $1 order by seq desc limit 1
    )
    select ${DOCUMENT_ROW} as kind, version as a, state::bigint as b, 0::bigint as c, header as body
      from document where doc_id = $1
    union all
    select ${CHECKPOINT_ROW}, seq, tail_from, history_bytes, body from last
    union all
    select ${RECORD_ROW}, position, seen, 0, body
      from (${pageOf('coalesce((select tail_from from last), 1) - 1', '$2', '$3')}) records`,
};

export const HEADS: Statement = {
  name: 'heads',
  text: `select doc_id, case when state = ${ALIVE} then version end, next_position - 1
    from unnest($1::bytea[]) as asked (doc_id) join document using (doc_id)`,
};

export const LAST_CHECKPOINT: Statement = {
  name: 'last_checkpoint',
  text: 'select seq, tail_from, history_bytes, body from checkpoint where doc_id = $1 order by seq desc limit 1',
};

export const CREATE: Statement = {
  name: 'create',
  text: `insert into document (doc_id, header, expiry, state, version, next_position) values ($1, $2, $3, ${ALIVE}, 1, 1)
    on conflict (doc_id) do nothing returning version`,
};

export const PUT_HEADER: Statement = {
  name: 'put_header',
  text: `update document set header = $3, expiry = $4, version = version + 1
    where doc_id = $1 and header = $2 and state = ${ALIVE} returning version`,
};

/**
 * PUT_CHECKPOINT asks for records of retired sessions, and an append changes no version: so the lock comes first, in a statement of
 * its own, and the question is put to a state that has every record there will be before the checkpoint.
 */
export const LOCK_DOCUMENT: Statement = {
  name: 'lock_document',
  text: 'select version from document where doc_id = $1 for update',
};

export const PUT_CHECKPOINT: Statement = {
  name: 'put_checkpoint',
  text: `with made as (
      update document set version = version + 1
      where doc_id = $1 and version = $7 and state = ${ALIVE}
        and (select coalesce(max(seq), 0) from checkpoint where doc_id = $1) 
          between case when $10 then 0 else $2::bigint - 1 end and $2::bigint - 1
        and not exists (select from record where doc_id = $1 and position > $8 and session = any ($9::uuid[]))
      returning version
    ), stored as (
      insert into checkpoint (doc_id, seq, tail_from, history_bytes, body) select $1, $2, $3, $4, $5 from made
    ), older as (
      delete from checkpoint using made where doc_id = $1
        and seq < (select max(seq) from checkpoint where doc_id = $1)
    ), later as (
      insert into purge (doc_id, before_position, due) select $1, $3, $6 from made where $6::bigint > 0
      on conflict (doc_id, before_position) do update set due = least(purge.due, excluded.due)
    )
    select version from made`,
};

/** What lies before the tail it leaves to a purge that is due at once. */
export const ERASE_HISTORY: Statement = {
  name: 'erase_history',
  text: `with last as (
      select seq, tail_from from checkpoint where doc_id = $1 order by seq desc limit 1
    ), changed as (
      update document set version = version + 1 where doc_id = $1 and state = ${ALIVE} returning document.version
    ), removed as (
      delete from record using changed where doc_id = $1 and position = any ($2::bigint[])
    ), older as (
      delete from checkpoint using last, changed where checkpoint.doc_id = $1 and checkpoint.seq < last.seq
    ), later as (
      insert into purge (doc_id, before_position, due) select $1, tail_from, 0 from last, changed
      on conflict (doc_id, before_position) do update set due = 0
    )
    select version, (select tail_from from last) from changed`,
};

export const REMOVE_RECORDS: Statement = {
  name: 'remove_records',
  text: `with changed as (
      update document set version = version + 1 where doc_id = $1 and state = ${ALIVE} returning version
    ), removed as (
      delete from record using changed where doc_id = $1 and position = any ($2::bigint[])
    )
    select version from changed`,
};

/** The contents go by a purge of everything. `expiry` of a tombstone means: forget it then. */
function endOf(state: number, forgetAt: string, due: string, which: string): string {
  return `with ended as (
      update document set state = ${state}, header = null, expiry = ${forgetAt}, version = version + 1
      where doc_id = $1 and ${which} returning doc_id
    ), later as (
      insert into purge (doc_id, before_position, due) select doc_id, ${EVERYTHING}, ${due} from ended
      on conflict (doc_id, before_position) do update set due = excluded.due
    )
    select doc_id from ended`;
}

export const DELETE_DOCUMENT: Statement = {
  name: 'delete_document',
  text: endOf(DELETED, '0', '$2::bigint', `state <> ${DELETED}`),
};

/** Up to the expiry `$4`, or whatever its expiry when that is 0. */
export const EXPIRE_DOCUMENT: Statement = {
  name: 'expire_document',
  text: endOf(
    EXPIRED,
    '$3::bigint',
    '$2::bigint',
    `state = ${ALIVE} and ($4::bigint = 0 or (expiry > 0 and expiry <= $4))`,
  ),
};

/**
 * One batch of what a purge removes; how many records it were. Another process that is at the same document waits for this one and
 * then finds its own batch gone, which does not mean that nothing is left.
 */
export const PURGE_RECORDS: Statement = {
  name: 'purge_records',
  text: `with due as (
      select position from record where doc_id = $1 and position < $2 order by position limit ${PURGE_BATCH}
    ), gone as (
      delete from record where doc_id = $1 and position = any (array(select position from due))
      returning octet_length(body) as bytes
    ), covered as (
      update checkpoint set history_bytes = greatest(0, history_bytes - (select sum(bytes) from gone))
      where doc_id = $1 and $2 < ${EVERYTHING} and exists (select from gone)
    ), checkpoints as (
      delete from checkpoint where doc_id = $1 and $2 = ${EVERYTHING}
    )
    select count(*) from gone`,
};

/** Takes a purge from the list when nothing is left for it; whether something is. */
export const END_PURGE: Statement = {
  name: 'end_purge',
  text: `with ended as (
      delete from purge where doc_id = $1 and before_position <= $2
        and not exists (select from record where doc_id = $1 and position < $2)
    )
    select exists (select from record where doc_id = $1 and position < $2)`,
};

export const EXPIRED_DOCUMENTS: Statement = {
  name: 'expired_documents',
  text: `select doc_id from document where expiry > 0 and expiry <= $1 and state = ${ALIVE} limit $2`,
};

export const OLD_TOMBSTONES: Statement = {
  name: 'old_tombstones',
  text: `select doc_id from document where expiry > 0 and expiry <= $1 and state = ${EXPIRED}
    and not exists (select from purge where purge.doc_id = document.doc_id) limit $2`,
};

export const FORGET_TOMBSTONE: Statement = {
  name: 'forget_tombstone',
  text: `delete from document where doc_id = $1 and expiry > 0 and expiry <= $2 and state = ${EXPIRED}
    and not exists (select from purge where doc_id = $1) returning doc_id`,
};

export const DUE_PURGES: Statement = {
  name: 'due_purges',
  text: 'select doc_id, before_position from purge where due <= $1 order by due limit $2',
};

/** Of documents that are alive. */
export const DUE_HISTORY: Statement = {
  name: 'due_history',
  text: `select doc_id, before_position from purge where due > 0 and due <= $1 and before_position < ${EVERYTHING}
    order by due, doc_id, before_position limit $3 offset $2`,
};

export const DEFER_HISTORY: Statement = {
  name: 'defer_history',
  text: 'update purge set due = $3 where doc_id = $1 and before_position = $2 and due > 0',
};

/** Nobody else takes it up until `$4`, when the one who did so must have died. */
export const CLAIM_PURGE: Statement = {
  name: 'claim_purge',
  text: `update purge set due = $4 where doc_id = $1 and before_position = $2 and due <= $3 returning doc_id`,
};

export const PROVE_WRITABLE: Statement = {
  name: 'prove_writable',
  text: `insert into heartbeat (id, seconds) values (1, $1) on conflict (id) do update set seconds = excluded.seconds`,
};

/** Tables, their indexes and what is stored beside them; not the rest of the database. */
export const SIZE: Statement = {
  name: 'size',
  text: `select coalesce(sum(pg_total_relation_size(oid)), 0)::bigint from pg_class
    where relnamespace = to_regnamespace(quote_ident(current_schema())) and relkind = 'r'`,
};
