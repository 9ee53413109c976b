/** What a client sends (§9, first table). */
import {
  DOC_ID_BYTES,
  MAX_CHECKPOINT_BYTES,
  MAX_HEADER_BYTES,
  MAX_HISTORY_RECORDS,
  MAX_LIVE_BYTES,
  MAX_ORDER_BYTES,
  MAX_RECORD_BYTES,
  MAX_VOUCHER_BYTES,
  PING_BYTES,
  SIGNATURE_BYTES,
} from './limits.ts';
import type { CodecTable } from './message-codec.ts';
import type { ClientMessage } from './messages.ts';
import type { Role } from './proof.ts';
import { roleCode, roleOf } from './proof.ts';
import type { Reader } from './reader.ts';
import { readVector, writeVector } from './vector.ts';

export function readRole(reader: Reader): Role {
  const role = roleOf(reader.u8());
  if (role === undefined) reader.fail();
  return role ?? 'view';
}

export const clientCodecs: CodecTable<ClientMessage> = {
  open: {
    code: 0x01,
    on: 'connection',
    maxBytes: 256 * 1024,
    write(writer, message) {
      writer.varint(message.request);
      writer.fixed(message.docId, DOC_ID_BYTES);
      writer.u8(roleCode(message.role));
      writer.fixed(message.proof, SIGNATURE_BYTES);
      writer.varint(message.checkpointSeq);
      writeVector(writer, message.vector);
    },
    read: (reader) => ({
      type: 'open',
      request: reader.varint(),
      docId: reader.fixed(DOC_ID_BYTES),
      role: readRole(reader),
      proof: reader.fixed(SIGNATURE_BYTES),
      checkpointSeq: reader.varint(),
      vector: readVector(reader),
    }),
  },
  create: {
    code: 0x02,
    on: 'connection',
    maxBytes: MAX_HEADER_BYTES + 8,
    write(writer, { request, header }) {
      writer.varint(request);
      writer.raw(header);
    },
    read: (reader) => ({ type: 'create', request: reader.varint(), header: reader.rest() }),
  },
  createWith: {
    code: 0x0b,
    on: 'connection',
    maxBytes: MAX_HEADER_BYTES + MAX_VOUCHER_BYTES + 16,
    write(writer, { request, voucher, header }) {
      writer.varint(request);
      writer.bytes(voucher);
      writer.raw(header);
    },
    read: (reader) => ({
      type: 'createWith',
      request: reader.varint(),
      voucher: reader.bytes(MAX_VOUCHER_BYTES),
      header: reader.rest(),
    }),
  },
  close: {
    code: 0x03,
    on: 'document',
    maxBytes: 0,
    write: () => undefined,
    read: () => ({ type: 'close' }),
  },
  append: {
    code: 0x04,
    on: 'document',
    maxBytes: MAX_RECORD_BYTES,
    write: (writer, { record }) => writer.raw(record),
    read: (reader) => ({ type: 'append', record: reader.rest() }),
  },
  checkpoint: {
    code: 0x05,
    on: 'document',
    maxBytes: MAX_CHECKPOINT_BYTES,
    write: (writer, { checkpoint }) => writer.raw(checkpoint),
    read: (reader) => ({ type: 'checkpoint', checkpoint: reader.rest() }),
  },
  live: {
    code: 0x06,
    on: 'document',
    maxBytes: MAX_LIVE_BYTES,
    write: (writer, { live }) => writer.raw(live),
    read: (reader) => ({ type: 'live', live: reader.rest() }),
  },
  history: {
    code: 0x07,
    on: 'document',
    maxBytes: 32,
    write(writer, { request, from, limit }) {
      if (limit > MAX_HISTORY_RECORDS) throw new RangeError('too many records asked for');
      writer.varint(request);
      writer.varint(from);
      writer.varint(limit);
    },
    read: (reader) => ({
      type: 'history',
      request: reader.varint(),
      from: reader.varint(),
      limit: reader.varint(MAX_HISTORY_RECORDS),
    }),
  },
  header: {
    code: 0x08,
    on: 'document',
    maxBytes: MAX_HEADER_BYTES,
    write: (writer, { header }) => writer.raw(header),
    read: (reader) => ({ type: 'header', header: reader.rest() }),
  },
  order: {
    code: 0x09,
    on: 'document',
    maxBytes: MAX_ORDER_BYTES,
    write: (writer, { order }) => writer.raw(order),
    read: (reader) => ({ type: 'order', order: reader.rest() }),
  },
  ping: {
    code: 0x0a,
    on: 'connection',
    maxBytes: PING_BYTES,
    write: (writer, { payload }) => writer.fixed(payload, PING_BYTES),
    read: (reader) => ({ type: 'ping', payload: reader.fixed(PING_BYTES) }),
  },
  askStatement: {
    code: 0x0c,
    on: 'document',
    maxBytes: 0,
    write: () => undefined,
    read: () => ({ type: 'askStatement' }),
  },
};
