/** What relays say to each other (§18). */
import type { Bytes } from './bytes.ts';
import type { ErrorName } from './errors.ts';
import { errorCode } from './errors.ts';
import {
  DOC_ID_BYTES,
  HELLO_NONCE_BYTES,
  MAX_CHECKPOINT_BYTES,
  MAX_HEADER_BYTES,
  MAX_LIVE_BYTES,
  MAX_ORDER_BYTES,
  MAX_RECORD_BYTES,
  PUBLIC_KEY_BYTES,
  SESSION_BYTES,
  SIGNATURE_BYTES,
  VERSION,
} from './limits.ts';
import type { CodecTable } from './message-codec.ts';
import type { PeerBlobMessage } from './peer-blob-messages.ts';
import { peerBlobCodecs } from './peer-blob-messages.ts';
import { readError } from './relay-messages.ts';
import type { Vector } from './vector.ts';
import { readVector, writeVector } from './vector.ts';

const MAX_OPEN_BYTES = 256 * 1024;
/** Of the two answers to a peerOpen: which channel of the other they are about. */
const MAX_CHANNEL_BYTES = 8;

export type PeerMessage =
  | { type: 'greeting'; version: 1; nonce: Bytes }
  | { type: 'hostProof'; key: Bytes; signature: Bytes }
  | { type: 'peerOpen'; channel: number; docId: Bytes; checkpointSeq: number; vector: Vector; header: Bytes }
  | { type: 'peerOpened'; channel: number; of: number; checkpointSeq: number; vector: Vector; header: Bytes }
  | { type: 'peerRefused'; of: number; error: ErrorName; retryAfterMs: number }
  | { type: 'peerOrder'; docId: Bytes; order: Bytes }
  | { type: 'peerOrdered'; docId: Bytes }
  | { type: 'peerRecords'; records: Bytes[] }
  | { type: 'peerCheckpoint'; checkpoint: Bytes }
  | { type: 'peerBase'; checkpoint: Bytes }
  | { type: 'askBase' }
  | { type: 'peerAck'; session: Bytes; have: number }
  | { type: 'peerLive'; live: Bytes }
  | { type: 'peerHeader'; header: Bytes }
  | { type: 'peerClose'; error: ErrorName; retryAfterMs: number }
  | PeerBlobMessage;
export type PeerMessageType = PeerMessage['type'];

export const peerCodecs: CodecTable<PeerMessage> = {
  ...peerBlobCodecs,
  greeting: {
    code: 0x20,
    on: 'connection',
    maxBytes: 1 + HELLO_NONCE_BYTES,
    write(writer, { version, nonce }) {
      writer.u8(version);
      writer.fixed(nonce, HELLO_NONCE_BYTES);
    },
    read(reader) {
      reader.check(reader.u8() === VERSION, 'unsupported_version');
      return { type: 'greeting', version: VERSION, nonce: reader.fixed(HELLO_NONCE_BYTES) };
    },
  },
  hostProof: {
    code: 0x21,
    on: 'connection',
    maxBytes: PUBLIC_KEY_BYTES + SIGNATURE_BYTES,
    write(writer, { key, signature }) {
      writer.fixed(key, PUBLIC_KEY_BYTES);
      writer.fixed(signature, SIGNATURE_BYTES);
    },
    read: (reader) => ({
      type: 'hostProof',
      key: reader.fixed(PUBLIC_KEY_BYTES),
      signature: reader.fixed(SIGNATURE_BYTES),
    }),
  },
  peerOpen: {
    code: 0x22,
    on: 'connection',
    maxBytes: MAX_OPEN_BYTES,
    write(writer, { channel, docId, checkpointSeq, vector, header }) {
      writer.varint(channel);
      writer.fixed(docId, DOC_ID_BYTES);
      writer.varint(checkpointSeq);
      writeVector(writer, vector);
      writer.raw(header);
    },
    read: (reader) => ({
      type: 'peerOpen',
      channel: reader.varint(),
      docId: reader.fixed(DOC_ID_BYTES),
      checkpointSeq: reader.varint(),
      vector: readVector(reader),
      header: reader.rest(),
    }),
  },
  peerOpened: {
    code: 0x23,
    on: 'connection',
    maxBytes: MAX_OPEN_BYTES,
    write(writer, { channel, of, checkpointSeq, vector, header }) {
      writer.varint(channel);
      writer.varint(of);
      writer.varint(checkpointSeq);
      writeVector(writer, vector);
      writer.raw(header);
    },
    read: (reader) => ({
      type: 'peerOpened',
      channel: reader.varint(),
      of: reader.varint(),
      checkpointSeq: reader.varint(),
      vector: readVector(reader),
      header: reader.rest(),
    }),
  },
  peerRefused: {
    code: 0x24,
    on: 'connection',
    maxBytes: 3 * MAX_CHANNEL_BYTES,
    write(writer, { of, error, retryAfterMs }) {
      writer.varint(of);
      writer.varint(errorCode(error));
      writer.varint(retryAfterMs);
    },
    read: (reader) => ({
      type: 'peerRefused',
      of: reader.varint(),
      error: readError(reader),
      retryAfterMs: reader.varint(),
    }),
  },
  peerOrder: {
    code: 0x25,
    on: 'connection',
    maxBytes: DOC_ID_BYTES + MAX_ORDER_BYTES,
    write(writer, { docId, order }) {
      writer.fixed(docId, DOC_ID_BYTES);
      writer.raw(order);
    },
    read: (reader) => ({ type: 'peerOrder', docId: reader.fixed(DOC_ID_BYTES), order: reader.rest() }),
  },
  peerOrdered: {
    code: 0x26,
    on: 'connection',
    maxBytes: DOC_ID_BYTES,
    write: (writer, { docId }) => writer.fixed(docId, DOC_ID_BYTES),
    read: (reader) => ({ type: 'peerOrdered', docId: reader.fixed(DOC_ID_BYTES) }),
  },
  peerRecords: {
    code: 0x30,
    on: 'document',
    maxBytes: MAX_CHECKPOINT_BYTES,
    write(writer, { records }) {
      for (const record of records) writer.bytes(record);
    },
    read(reader) {
      const records = [];
      while (!reader.failed && !reader.atEnd) records.push(reader.bytes(MAX_RECORD_BYTES));
      return { type: 'peerRecords', records };
    },
  },
  peerCheckpoint: {
    code: 0x31,
    on: 'document',
    maxBytes: MAX_CHECKPOINT_BYTES,
    write: (writer, { checkpoint }) => writer.raw(checkpoint),
    read: (reader) => ({ type: 'peerCheckpoint', checkpoint: reader.rest() }),
  },
  peerBase: {
    code: 0x32,
    on: 'document',
    maxBytes: MAX_CHECKPOINT_BYTES,
    write: (writer, { checkpoint }) => writer.raw(checkpoint),
    read: (reader) => ({ type: 'peerBase', checkpoint: reader.rest() }),
  },
  askBase: { code: 0x33, on: 'document', maxBytes: 0, write: () => undefined, read: () => ({ type: 'askBase' }) },
  peerAck: {
    code: 0x34,
    on: 'document',
    maxBytes: SESSION_BYTES + 8,
    write(writer, { session, have }) {
      writer.fixed(session, SESSION_BYTES);
      writer.varint(have);
    },
    read: (reader) => ({ type: 'peerAck', session: reader.fixed(SESSION_BYTES), have: reader.varint() }),
  },
  peerLive: {
    code: 0x35,
    on: 'document',
    maxBytes: MAX_LIVE_BYTES,
    write: (writer, { live }) => writer.raw(live),
    read: (reader) => ({ type: 'peerLive', live: reader.rest() }),
  },
  peerHeader: {
    code: 0x36,
    on: 'document',
    maxBytes: MAX_HEADER_BYTES,
    write: (writer, { header }) => writer.raw(header),
    read: (reader) => ({ type: 'peerHeader', header: reader.rest() }),
  },
  peerClose: {
    code: 0x37,
    on: 'document',
    maxBytes: 2 * MAX_CHANNEL_BYTES,
    write(writer, { error, retryAfterMs }) {
      writer.varint(errorCode(error));
      writer.varint(retryAfterMs);
    },
    read: (reader) => ({ type: 'peerClose', error: readError(reader), retryAfterMs: reader.varint() }),
  },
};
