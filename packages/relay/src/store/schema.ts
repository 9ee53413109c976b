/** Tables of the embedded store, as steps that only go forward. docs/adr/0001-store-layout.md says why they look like this. */
import type { Database } from 'better-sqlite3';

const STEPS = [
  `create table document (
     num integer primary key, doc_id blob not null, header blob, expiry integer not null, state integer not null
   );
   create index document_id on document (substr(doc_id, 1, 8));
   create index document_expiry on document (expiry) where expiry > 0;
   create table record (seq integer primary key, doc integer not null, body blob not null);
   create index record_doc on record (doc);
   create table checkpoint (
     doc integer not null, seq integer not null, tail_from integer not null, history_bytes integer not null,
     body blob not null, primary key (doc, seq)
   );
   create table purge (
     doc integer not null, before_seq integer not null, due integer not null, primary key (doc, before_seq)
   ) without rowid;
   create index purge_due on purge (due);
   create table meta (name text primary key, value integer not null) without rowid;
   insert into meta values ('written', 0), ('next_seq', 1);`,
  // JSON in a row that is there, because a table of its own would cost a page.
  `insert into meta values ('standing', json_object(
     'store', lower(hex(randomblob(8))), 'kind', 'serving', 'move', '', 'place', '', 'at', 0, 'changes', 0
   ));`,
];

export const DATABASE_FILE = 'archipel.sqlite';

/** States of a document: its contents are there, or only a tombstone is. */
export const ALIVE = 0;
export const DELETED = 1;
export const EXPIRED = 2;
/** Of a document that moves here: for nobody to see. */
export const IMPORTING = 3;

export class NewerSchemaError extends Error {}

/** Brings the tables up to date, one transaction per step. */
export function migrate(db: Database): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > STEPS.length) throw new NewerSchemaError(`schema ${version} is newer than ${STEPS.length}`);
  for (let step = version; step < STEPS.length; step++) {
    db.transaction(() => {
      db.exec(STEPS[step] as string);
      db.pragma(`user_version = ${step + 1}`);
    }).immediate();
  }
}
