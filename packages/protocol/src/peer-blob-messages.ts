/** What relays say to each other of blobs (§18, §19): who has how much, downloads, and who counts them. The bytes go another way. */
import type { Bytes } from './bytes.ts';
import type { ErrorName } from './errors.ts';
import { errorCode } from './errors.ts';
import { BLOB_PASS_BYTES, BLOB_TICKET_BYTES, DOC_ID_BYTES, MAX_BLOB_HEADER_BYTES } from './limits.ts';
import type { CodecTable } from './message-codec.ts';
import { readError } from './relay-messages.ts';
import { MAX_VARINT_BYTES } from './varint.ts';

/** `offset`: bytes that are on the disk of whoever says it. `seq`: of its header. `until`: Unix seconds. */
export type PeerBlobMessage =
  | { type: 'blobOffer'; docId: Bytes; pass: Bytes; offset: number; header: Bytes }
  | { type: 'blobHas'; docId: Bytes; offset: number; seq: number }
  | { type: 'blobRefused'; docId: Bytes; error: ErrorName; retryAfterMs: number }
  | { type: 'blobTicket'; docId: Bytes; ticket: Bytes; until: number }
  | { type: 'blobTicketKept'; docId: Bytes; ticket: Bytes }
  | { type: 'blobTake'; docId: Bytes; ticket: Bytes }
  | { type: 'blobTaken'; docId: Bytes; ticket: Bytes; until: number; error?: ErrorName }
  | { type: 'blobCount'; docId: Bytes; taken: number }
  | { type: 'blobDone'; docId: Bytes };

const TICKET_BYTES = DOC_ID_BYTES + BLOB_TICKET_BYTES;

export const peerBlobCodecs: CodecTable<PeerBlobMessage> = {
  blobOffer: {
    code: 0x27,
    on: 'connection',
    maxBytes: DOC_ID_BYTES + BLOB_PASS_BYTES + MAX_VARINT_BYTES + MAX_BLOB_HEADER_BYTES,
    write(writer, { docId, pass, offset, header }) {
      writer.fixed(docId, DOC_ID_BYTES);
      writer.fixed(pass, BLOB_PASS_BYTES);
      writer.varint(offset);
      writer.raw(header);
    },
    read: (reader) => ({
      type: 'blobOffer',
      docId: reader.fixed(DOC_ID_BYTES),
      pass: reader.fixed(BLOB_PASS_BYTES),
      offset: reader.varint(),
      header: reader.rest(),
    }),
  },
  blobHas: {
    code: 0x28,
    on: 'connection',
    maxBytes: DOC_ID_BYTES + 2 * MAX_VARINT_BYTES,
    write(writer, { docId, offset, seq }) {
      writer.fixed(docId, DOC_ID_BYTES);
      writer.varint(offset);
      writer.varint(seq);
    },
    read: (reader) => ({
      type: 'blobHas',
      docId: reader.fixed(DOC_ID_BYTES),
      offset: reader.varint(),
      seq: reader.varint(),
    }),
  },
  blobRefused: {
    code: 0x29,
    on: 'connection',
    maxBytes: DOC_ID_BYTES + 2 * MAX_VARINT_BYTES,
    write(writer, { docId, error, retryAfterMs }) {
      writer.fixed(docId, DOC_ID_BYTES);
      writer.varint(errorCode(error));
      writer.varint(retryAfterMs);
    },
    read: (reader) => ({
      type: 'blobRefused',
      docId: reader.fixed(DOC_ID_BYTES),
      error: readError(reader),
      retryAfterMs: reader.varint(),
    }),
  },
  blobTicket: {
    code: 0x2a,
    on: 'connection',
    maxBytes: TICKET_BYTES + MAX_VARINT_BYTES,
    write(writer, { docId, ticket, until }) {
      writer.fixed(docId, DOC_ID_BYTES);
      writer.fixed(ticket, BLOB_TICKET_BYTES);
      writer.varint(until);
    },
    read: (reader) => ({
      type: 'blobTicket',
      docId: reader.fixed(DOC_ID_BYTES),
      ticket: reader.fixed(BLOB_TICKET_BYTES),
      until: reader.varint(),
    }),
  },
  blobTicketKept: {
    code: 0x2b,
    on: 'connection',
    maxBytes: TICKET_BYTES,
    write(writer, { docId, ticket }) {
      writer.fixed(docId, DOC_ID_BYTES);
      writer.fixed(ticket, BLOB_TICKET_BYTES);
    },
    read: (reader) => ({
      type: 'blobTicketKept',
      docId: reader.fixed(DOC_ID_BYTES),
      ticket: reader.fixed(BLOB_TICKET_BYTES),
    }),
  },
  blobTake: {
    code: 0x2c,
    on: 'connection',
    maxBytes: TICKET_BYTES,
    write(writer, { docId, ticket }) {
      writer.fixed(docId, DOC_ID_BYTES);
      writer.fixed(ticket, BLOB_TICKET_BYTES);
    },
    read: (reader) => ({
      type: 'blobTake',
      docId: reader.fixed(DOC_ID_BYTES),
      ticket: reader.fixed(BLOB_TICKET_BYTES),
    }),
  },
  blobTaken: {
    code: 0x2d,
    on: 'connection',
    maxBytes: TICKET_BYTES + 2 * MAX_VARINT_BYTES,
    write(writer, { docId, ticket, until, error }) {
      if ((error === undefined) !== until > 0) throw new RangeError('either a time or an error');
      writer.fixed(docId, DOC_ID_BYTES);
      writer.fixed(ticket, BLOB_TICKET_BYTES);
      writer.varint(until);
      if (error !== undefined) writer.varint(errorCode(error));
    },
    read(reader) {
      const docId = reader.fixed(DOC_ID_BYTES);
      const ticket = reader.fixed(BLOB_TICKET_BYTES);
      const until = reader.varint();
      const refusal = until === 0 ? { error: readError(reader) } : {};
      return { type: 'blobTaken', docId, ticket, until, ...refusal };
    },
  },
  blobCount: {
    code: 0x2e,
    on: 'connection',
    maxBytes: DOC_ID_BYTES + MAX_VARINT_BYTES,
    write(writer, { docId, taken }) {
      writer.fixed(docId, DOC_ID_BYTES);
      writer.varint(taken);
    },
    read: (reader) => ({ type: 'blobCount', docId: reader.fixed(DOC_ID_BYTES), taken: reader.varint() }),
  },
  blobDone: {
    code: 0x2f,
    on: 'connection',
    maxBytes: DOC_ID_BYTES,
    write: (writer, { docId }) => writer.fixed(docId, DOC_ID_BYTES),
    read: (reader) => ({ type: 'blobDone', docId: reader.fixed(DOC_ID_BYTES) }),
  },
};
