/** Every statement of the embedded store, prepared once. */
import type { Database } from 'better-sqlite3';
import { ALIVE, EXPIRED } from './schema.ts';

export type Statements = ReturnType<typeof prepare>;

export function prepare(db: Database) {
  return {
    begin: db.prepare('begin immediate'),
    commit: db.prepare('commit'),
    rollback: db.prepare('rollback'),

    findDocument: db.prepare(
      'select num, header, state from document where substr(doc_id, 1, 8) = substr(?, 1, 8) and doc_id = ?',
    ),
    insertDocument: db.prepare('insert into document (doc_id, header, expiry, state) values (?, ?, ?, ?)'),
    updateHeader: db.prepare(
      `update document set header = ?, expiry = ? where num = ? and header = ? and state = ${ALIVE}`,
    ),
    endDocument: db.prepare('update document set header = null, state = ?, expiry = ? where num = ?'),
    expiredDocuments: db.prepare(
      `select num from document where expiry > 0 and expiry <= ? and state = ${ALIVE} limit ?`,
    ),
    forgetTombstones: db.prepare(
      `delete from document where num in (
         select num from document where expiry > 0 and expiry <= ? and state = ${EXPIRED}
         and not exists (select 1 from purge where doc = num) limit ?
       )`,
    ),

    highestSeq: db.prepare('select max(seq) from record'),
    insertRecord: db.prepare('insert into record (seq, doc, body) values (?, ?, ?)'),
    readRecords: db.prepare('select seq, body from record where doc = ? and seq > ? order by seq'),
    lastRecord: db.prepare('select max(seq) from record where doc = ?'),
    deleteRecord: db.prepare('delete from record where seq = ? and doc = ?'),

    lastCheckpoint: db.prepare(
      `select seq, body, tail_from as tailFrom, history_bytes as historyBytes
       from checkpoint where doc = ? order by seq desc limit 1`,
    ),
    insertCheckpoint: db.prepare(
      'insert into checkpoint (doc, seq, tail_from, history_bytes, body) values (?, ?, ?, ?, ?)',
    ),
    deleteCheckpoints: db.prepare('delete from checkpoint where doc = ? and seq < ?'),
    lessHistory: db.prepare('update checkpoint set history_bytes = max(0, history_bytes - ?) where doc = ?'),

    insertPurge: db.prepare(
      `insert into purge (doc, before_seq, due) values (?, ?, ?)
       on conflict (doc, before_seq) do update set due = min(due, excluded.due)`,
    ),
    dueHistory: db.prepare(
      'select d.doc_id as docId, p.before_seq as before from purge p join document d on d.num = p.doc where p.due > 0 and p.due <= ? order by p.due, p.doc, p.before_seq limit ? offset ?',
    ),
    deferPurge: db.prepare(
      'update purge set due = ? where doc = (select num from document where doc_id = ?) and before_seq = ? and due > 0',
    ),
    nextPurge: db.prepare('select doc, before_seq as beforeSeq from purge where due <= ? order by due limit 1'),
    purgeRecords: db.prepare(
      'select seq, length(body) as bytes from record where doc = ? and seq < ? order by seq limit ?',
    ),
    deletePurge: db.prepare('delete from purge where doc = ? and before_seq = ?'),
    deletePurges: db.prepare('delete from purge where doc = ?'),

    getMeta: db.prepare('select value from meta where name = ?'),
    setMeta: db.prepare('update meta set value = ? where name = ?'),
  };
}
