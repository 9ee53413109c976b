/** Statements of inboxes in PostgreSQL. Whoever changes the items of an inbox locks its row first: what is asked after that is seen as it is. */
import type { Statement } from './postgres-statements.ts';

export const OPEN = 0;
export const HERE = 0;

export const FIND_INBOX: Statement = {
  name: 'find_inbox',
  text: 'select header, expiry, state, last from inbox where inbox_id = $1',
};
export const CREATE_INBOX: Statement = {
  name: 'create_inbox',
  text: `insert into inbox (expiry, ended, last, change, bytes, state, inbox_id, header)
    values ($3, 0, 0, 0, $4, ${OPEN}, $1, $2) on conflict (inbox_id) do nothing returning last`,
};
export const PUT_INBOX_HEADER: Statement = {
  name: 'put_inbox_header',
  text: `update inbox set header = $3, expiry = $4, bytes = bytes + octet_length($3::bytea) - octet_length(header)
    where inbox_id = $1 and header = $2 and state = ${OPEN} returning last`,
};
export const LOCK_INBOX: Statement = {
  name: 'lock_inbox',
  text: `select last, change, bytes from inbox where inbox_id = $1 and state = ${OPEN} for update`,
};
export const COUNT_INBOX: Statement = {
  name: 'count_inbox',
  text: 'update inbox set last = $2, change = $3, bytes = $4 where inbox_id = $1',
};
export const FIND_ITEM: Statement = {
  name: 'find_item',
  text: 'select number, time, state, body from inbox_item where inbox_id = $1 and hash = $2',
};
export const ADD_ITEM: Statement = {
  name: 'add_item',
  text: `insert into inbox_item (number, change, time, state, inbox_id, hash, body) values ($2, $3, $4, ${HERE}, $1, $5, $6)`,
};
/** One more row than a page holds tells whether there are more. */
export const READ_ITEMS: Statement = {
  name: 'read_items',
  text: `select number, change, time, state, hash, body from (
      select *, row_number() over (order by change) as place,
        sum(octet_length(body) + $5::bigint) over (order by change) as total
      from (select * from inbox_item where inbox_id = $1 and change > $2 order by change limit $4) ahead
    ) page
    where place = 1 or total <= $3 order by change`,
};
export const LAST_ITEM: Statement = {
  name: 'last_item',
  text: `select last, change from inbox where inbox_id = $1 and state = ${OPEN}`,
};
export const REMOVE_ITEM: Statement = {
  name: 'remove_item',
  text: `with old as (select body from inbox_item where inbox_id = $1 and number = $2 and state = ${HERE})
    update inbox_item set state = $3, change = $4, body = '' from old
    where inbox_id = $1 and number = $2 and state = ${HERE} returning octet_length(old.body)`,
};
export const END_INBOX: Statement = {
  name: 'end_inbox',
  text: `with ended as (
      update inbox set state = $2, ended = $3, header = '', bytes = 0 where inbox_id = $1 and state = ${OPEN} returning inbox_id
    )
    delete from inbox_item using ended where inbox_item.inbox_id = ended.inbox_id`,
};
export const DUE_INBOXES: Statement = {
  name: 'due_inboxes',
  text: `select inbox_id from inbox where state = ${OPEN} and expiry <= $1 order by expiry limit $2`,
};
export const INBOX_TOTALS: Statement = {
  name: 'inbox_totals',
  text: `select count(*), coalesce(sum(bytes), 0)::bigint from inbox where state = ${OPEN}`,
};
export const FORGET_INBOXES: Statement = {
  name: 'forget_inboxes',
  text: 'delete from inbox where state = $2 and ended < $1',
};
export const LIST_INBOXES: Statement = {
  name: 'list_inboxes',
  text: `select inbox_id, header, expiry, state, ended, last, change, bytes
    from inbox where inbox_id > $1 order by inbox_id limit $2`,
};
export const IMPORT_INBOX: Statement = {
  name: 'import_inbox',
  text: `insert into inbox (inbox_id, header, expiry, state, ended, last, change, bytes) values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (inbox_id) do update set header = excluded.header, expiry = excluded.expiry, state = excluded.state,
      ended = excluded.ended, last = excluded.last, change = excluded.change, bytes = excluded.bytes`,
};
export const IMPORT_ITEM: Statement = {
  name: 'import_item',
  text: `insert into inbox_item (inbox_id, number, change, time, state, hash, body) values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (inbox_id, number) do update set change = excluded.change, time = excluded.time, state = excluded.state,
      hash = excluded.hash, body = excluded.body`,
};
export const DROP_INBOX: Statement = { name: 'drop_inbox', text: 'delete from inbox where inbox_id = $1' };
export const DROP_ITEMS: Statement = { name: 'drop_items', text: 'delete from inbox_item where inbox_id = $1' };
/** What is there is written again, so that it is answered. */
export const SHARED_KEY: Statement = {
  name: 'shared_key',
  text: 'insert into shared_key values (1, $1) on conflict (id) do update set key = shared_key.key returning key',
};
