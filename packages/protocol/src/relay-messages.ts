/** What a relay sends (§9, second table). */
import { clientCodecs, readRole } from './client-messages.ts';
import type { ErrorName } from './errors.ts';
import { errorCode, errorName } from './errors.ts';
import {
  HASH_BYTES,
  HELLO_NONCE_BYTES,
  HOST_ID_BYTES,
  MAX_CHECKPOINT_BYTES,
  MAX_HEADER_BYTES,
  MAX_LIVE_BYTES,
  MAX_RECORD_BYTES,
  MAX_RELAY_URL_BYTES,
  MAX_REPLICAS,
  MAX_STATEMENT_BYTES,
  PING_BYTES,
  SESSION_BYTES,
  VERSION,
} from './limits.ts';
import type { CodecTable } from './message-codec.ts';
import type { ClientMessageType, HistoryRecord, Refused, RelayMessage } from './messages.ts';
import { roleCode } from './proof.ts';
import type { Reader } from './reader.ts';
import { readVector, writeVector } from './vector.ts';
import type { Writer } from './writer.ts';

const MAX_PAGE_BYTES = MAX_CHECKPOINT_BYTES;
const MAX_SOFTWARE_BYTES = 400;
const ENDINGS = ['expired', 'deleted', 'removed'] as const;
const REFUSABLE: readonly ClientMessageType[] = Object.keys(clientCodecs) as ClientMessageType[];
const WITH_REQUEST: ReadonlySet<ClientMessageType> = new Set(['open', 'create', 'createWith', 'history']);

/** A code that no error has is refused. */
export function readError(reader: Reader): ErrorName {
  const name = errorName(reader.varint());
  if (name === undefined) reader.fail();
  return name ?? 'bad_message';
}

function writeRefused(writer: Writer, message: Refused): void {
  writer.u8(clientCodecs[message.refused].code);
  writer.varint(errorCode(message.error));
  writer.varint(message.retryAfterMs);
  if (message.refused === 'append') {
    writer.fixed(message.session ?? new Uint8Array(0), SESSION_BYTES);
    writer.varint(message.n ?? -1);
  } else if (WITH_REQUEST.has(message.refused)) {
    writer.varint(message.request ?? -1);
  }
}

function readRefused(reader: Reader): Refused {
  const code = reader.u8();
  const refused = REFUSABLE.find((type) => clientCodecs[type].code === code);
  if (refused === undefined) reader.fail();
  const answer = {
    type: 'refused',
    refused: refused ?? 'close',
    error: readError(reader),
    retryAfterMs: reader.varint(),
  } as const;
  if (refused === 'append') return { ...answer, session: reader.fixed(SESSION_BYTES), n: reader.varint() };
  return refused !== undefined && WITH_REQUEST.has(refused) ? { ...answer, request: reader.varint() } : answer;
}

function readHistoryRecords(reader: Reader): HistoryRecord[] {
  const records: HistoryRecord[] = [];
  while (!reader.failed && !reader.atEnd) {
    records.push({ position: reader.varint(), record: reader.bytes(MAX_RECORD_BYTES) });
  }
  return records;
}

function writeReplicas(writer: Writer, { replicas }: Extract<RelayMessage, { type: 'replicas' }>): void {
  if (replicas.length > MAX_REPLICAS) throw new RangeError('too many replicas');
  writer.varint(replicas.length);
  for (const { hostId, url, isReached } of replicas) {
    writer.fixed(hostId, HOST_ID_BYTES);
    writer.utf8(url);
    writer.u8(isReached ? 1 : 0);
  }
}

function readReplicas(reader: Reader): Extract<RelayMessage, { type: 'replicas' }> {
  const replicas = reader.list(reader.varint(MAX_REPLICAS), () => {
    const hostId = reader.fixed(HOST_ID_BYTES);
    const url = reader.utf8(MAX_RELAY_URL_BYTES);
    const reached = reader.u8();
    reader.check(reached <= 1);
    return { hostId, url, isReached: reached === 1 };
  });
  return { type: 'replicas', replicas };
}

/** Welcome is the only message with a version: a newer one is told apart before its body is looked at (CON-1). */
function readWelcome(reader: Reader): Extract<RelayMessage, { type: 'welcome' }> {
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  return {
    type: 'welcome',
    version: VERSION,
    nonce: reader.fixed(HELLO_NONCE_BYTES),
    time: reader.varint(),
    software: reader.utf8(MAX_SOFTWARE_BYTES),
    maxRecordBytes: reader.varint(),
    maxCheckpointBytes: reader.varint(),
    maxDocumentBytes: reader.varint(),
    maxExpirySeconds: reader.varint(),
    defaultExpirySeconds: reader.varint(),
  };
}

export const relayCodecs: CodecTable<RelayMessage> = {
  welcome: {
    code: 0x81,
    on: 'connection',
    maxBytes: 512,
    write(writer, message) {
      writer.u8(message.version);
      writer.fixed(message.nonce, HELLO_NONCE_BYTES);
      writer.varint(message.time);
      writer.utf8(message.software);
      writer.varint(message.maxRecordBytes);
      writer.varint(message.maxCheckpointBytes);
      writer.varint(message.maxDocumentBytes);
      writer.varint(message.maxExpirySeconds);
      writer.varint(message.defaultExpirySeconds);
    },
    read: readWelcome,
  },
  opened: {
    code: 0x82,
    on: 'connection',
    maxBytes: 512 * 1024,
    write(writer, message) {
      writer.varint(message.request);
      writer.varint(message.channel);
      writer.u8(roleCode(message.role));
      writer.varint(message.checkpointSeq);
      writer.varint(message.position);
      writer.varint(message.connections);
      writeVector(writer, message.vector);
      writer.raw(message.header);
    },
    read: (reader) => ({
      type: 'opened',
      request: reader.varint(),
      channel: reader.varint(),
      role: readRole(reader),
      checkpointSeq: reader.varint(),
      position: reader.varint(),
      connections: reader.varint(),
      vector: readVector(reader),
      header: reader.rest(),
    }),
  },
  created: {
    code: 0x83,
    on: 'connection',
    maxBytes: 8,
    write: (writer, { request }) => writer.varint(request),
    read: (reader) => ({ type: 'created', request: reader.varint() }),
  },
  refused: { code: 0x84, on: 'any', maxBytes: 64, write: writeRefused, read: readRefused },
  ack: {
    code: 0x85,
    on: 'document',
    maxBytes: 32,
    write(writer, { level, session, have }) {
      writer.u8(level);
      writer.fixed(session, SESSION_BYTES);
      writer.varint(have);
    },
    read(reader) {
      const level = reader.u8();
      reader.check(level === 1 || level === 2);
      return { type: 'ack', level: level as 1 | 2, session: reader.fixed(SESSION_BYTES), have: reader.varint() };
    },
  },
  records: {
    code: 0x86,
    on: 'document',
    maxBytes: MAX_PAGE_BYTES,
    write(writer, { position, records }) {
      writer.varint(position);
      for (const record of records) writer.bytes(record);
    },
    read(reader) {
      const position = reader.varint();
      const records = [];
      while (!reader.failed && !reader.atEnd) records.push(reader.bytes(MAX_RECORD_BYTES));
      return { type: 'records', position, records };
    },
  },
  checkpointData: {
    code: 0x87,
    on: 'document',
    maxBytes: MAX_CHECKPOINT_BYTES,
    write: (writer, { checkpoint }) => writer.raw(checkpoint),
    read: (reader) => ({ type: 'checkpointData', checkpoint: reader.rest() }),
  },
  caughtUp: {
    code: 0x88,
    on: 'document',
    maxBytes: 8,
    write: (writer, { position }) => writer.varint(position),
    read: (reader) => ({ type: 'caughtUp', position: reader.varint() }),
  },
  liveData: {
    code: 0x89,
    on: 'document',
    maxBytes: MAX_LIVE_BYTES,
    write: (writer, { live }) => writer.raw(live),
    read: (reader) => ({ type: 'liveData', live: reader.rest() }),
  },
  peers: {
    code: 0x8a,
    on: 'document',
    maxBytes: 8,
    write: (writer, { connections }) => writer.varint(connections),
    read: (reader) => ({ type: 'peers', connections: reader.varint() }),
  },
  historyPage: {
    code: 0x8b,
    on: 'document',
    maxBytes: MAX_PAGE_BYTES,
    write(writer, { request, next, records }) {
      writer.varint(request);
      writer.varint(next);
      for (const { position, record } of records) {
        writer.varint(position);
        writer.bytes(record);
      }
    },
    read: (reader) => ({
      type: 'historyPage',
      request: reader.varint(),
      next: reader.varint(),
      records: readHistoryRecords(reader),
    }),
  },
  checkpointMade: {
    code: 0x8c,
    on: 'document',
    maxBytes: 48,
    write(writer, { seq, hash }) {
      writer.varint(seq);
      writer.fixed(hash, HASH_BYTES);
    },
    read: (reader) => ({ type: 'checkpointMade', seq: reader.varint(), hash: reader.fixed(HASH_BYTES) }),
  },
  headerData: {
    code: 0x8d,
    on: 'document',
    maxBytes: MAX_HEADER_BYTES,
    write: (writer, { header }) => writer.raw(header),
    read: (reader) => ({ type: 'headerData', header: reader.rest() }),
  },
  ended: {
    code: 0x8e,
    on: 'document',
    maxBytes: 1,
    write: (writer, { reason }) => writer.u8(ENDINGS.indexOf(reason) + 1),
    read(reader) {
      const reason = ENDINGS[reader.u8() - 1];
      if (reason === undefined) reader.fail();
      return { type: 'ended', reason: reason ?? 'expired' };
    },
  },
  pong: {
    code: 0x8f,
    on: 'connection',
    maxBytes: PING_BYTES,
    write: (writer, { payload }) => writer.fixed(payload, PING_BYTES),
    read: (reader) => ({ type: 'pong', payload: reader.fixed(PING_BYTES) }),
  },
  goodbye: {
    code: 0x90,
    on: 'connection',
    maxBytes: 16,
    write(writer, { error, retryAfterMs }) {
      writer.varint(errorCode(error));
      writer.varint(retryAfterMs);
    },
    read: (reader) => ({ type: 'goodbye', error: readError(reader), retryAfterMs: reader.varint() }),
  },
  erased: { code: 0x91, on: 'document', maxBytes: 0, write: () => undefined, read: () => ({ type: 'erased' }) },
  statement: {
    code: 0x92,
    on: 'document',
    maxBytes: MAX_STATEMENT_BYTES,
    write: (writer, { fact }) => writer.raw(fact),
    read: (reader) => ({ type: 'statement', fact: reader.rest() }),
  },
  replicas: {
    code: 0x93,
    on: 'document',
    maxBytes: MAX_REPLICAS * (HOST_ID_BYTES + MAX_RELAY_URL_BYTES + 3) + 1,
    write: writeReplicas,
    read: readReplicas,
  },
};
