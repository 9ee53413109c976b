/** Valid values of every format, for property tests. */
import fc from 'fast-check';
import {
  type Bytes,
  type Checkpoint,
  type ClientMessage,
  compare,
  concat,
  ERRORS,
  type Header,
  type LiveMessage,
  type Order,
  type PeerMessage,
  REMARK_SESSION_END,
  type RelayMessage,
  ROLES,
  type SealedRecord,
  type Vector,
} from '../src/index.ts';

export const varint = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.maxSafeNat(),
  fc.integer({ min: 0, max: 52 }).map((bit) => 2 ** bit),
  fc.constant(Number.MAX_SAFE_INTEGER),
);
const positive = varint.map((value) => Math.max(1, value));

export function bytes(length: number): fc.Arbitrary<Bytes> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}
export function bytesUpTo(most: number): fc.Arbitrary<Bytes> {
  return fc.uint8Array({ maxLength: most });
}

function ascending<T extends { session: Bytes }>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  const options = { maxLength: 5, selector: ({ session }: T) => session.join() };
  return fc.uniqueArray(item, options).map((items) => items.sort((a, b) => compare(a.session, b.session)));
}

export const vector: fc.Arbitrary<Vector> = ascending(fc.record({ session: bytes(16), have: positive }));

/** Adds `previous` exactly when seq > 1. */
function chained<T extends { seq: number }>(value: fc.Arbitrary<T>): fc.Arbitrary<T & { previous?: Bytes }> {
  return fc.tuple(value, bytes(32)).map(([item, previous]) => (item.seq > 1 ? { ...item, previous } : item));
}

export const header: fc.Arbitrary<Header> = chained(
  fc.record(
    {
      kind: fc.constant(1 as const),
      editorsMayMove: fc.boolean(),
      pastOpen: fc.constant(true),
      seq: positive,
      gen: varint,
      owner: bytes(32),
      edit: bytes(32),
      read: bytes(32),
      inbox: bytes(32),
      post: bytes(32),
      comment: bytes(32),
      expiry: varint,
      maxBytes: varint,
      retention: varint,
      relays: fc.array(
        fc.record({
          hostId: bytes(20),
          url: fc.string({ unit: 'grapheme', maxLength: 12 }),
          role: fc.integer({ min: 0, max: 255 }),
        }),
        { maxLength: 3 },
      ),
      former: fc.array(fc.record({ edit: bytes(32), comment: bytes(32) }, { requiredKeys: ['edit'] }), {
        minLength: 1,
        maxLength: 16,
      }),
      signature: bytes(64),
    },
    {
      requiredKeys: [
        'kind',
        'editorsMayMove',
        'seq',
        'gen',
        'owner',
        'edit',
        'read',
        'expiry',
        'maxBytes',
        'retention',
        'relays',
        'signature',
      ],
    },
  ),
).map(({ former, ...rest }) =>
  former === undefined ? rest : { ...rest, former, gen: Math.max(rest.gen, former.length) },
) as fc.Arbitrary<Header>;

const flags = fc.constantFrom(0, 1);

const sealed = { flags, gen: varint, n: varint, ciphertext: bytesUpTo(300), signature: bytes(64) };
export const record: fc.Arbitrary<SealedRecord> = fc.oneof(
  fc.record({
    type: fc.constant(1 as const),
    ...sealed,
    session: bytes(16),
    deps: ascending(fc.record({ session: bytes(8), n: varint })),
  }),
  fc.record({
    type: fc.constant(6 as const),
    ...sealed,
    session: bytes(8).map((start) => concat(start, REMARK_SESSION_END)),
    deps: fc.constant<SealedRecord['deps']>([]),
  }),
);

export const checkpoint: fc.Arbitrary<Checkpoint> = chained(
  fc.record({
    flags: fc.constantFrom(0, 1, 2, 3),
    gen: varint,
    seq: positive,
    salt: bytes(16),
    retired: varint,
    frontier: ascending(fc.record({ session: bytes(16), have: positive, hash: bytes(32) })),
    ciphertext: bytesUpTo(300),
    signature: bytes(64),
  }),
);

const liveFields = { gen: varint, session: bytes(16), count: varint, ciphertext: bytesUpTo(200) };
export const live: fc.Arbitrary<LiveMessage> = fc.oneof(
  fc.record({ type: fc.constant(3 as const), ...liveFields }),
  fc.record({ type: fc.constant(4 as const), ...liveFields, signature: bytes(64) }),
);

export const order: fc.Arbitrary<Order> = fc.record({
  action: fc.constantFrom(1 as const, 2 as const),
  time: varint,
  signature: bytes(64),
});

const role = fc.constantFrom(...ROLES);
const error = fc.constantFrom(...ERRORS.map(({ name }) => name));
function type<T extends string>(name: T): { type: fc.Arbitrary<T> } {
  return { type: fc.constant(name) };
}

export const connectionClientMessage: fc.Arbitrary<ClientMessage> = fc.oneof(
  fc.record({
    ...type('open'),
    request: varint,
    docId: bytes(20),
    role,
    proof: bytes(64),
    checkpointSeq: varint,
    vector,
  }),
  fc.record({ ...type('create'), request: varint, header: bytesUpTo(300) }),
  fc.record({ ...type('createWith'), request: varint, voucher: bytesUpTo(256), header: bytesUpTo(300) }),
  fc.record({ ...type('ping'), payload: bytes(8) }),
);

export const documentClientMessage: fc.Arbitrary<ClientMessage> = fc.oneof(
  fc.record(type('close')),
  fc.record({ ...type('append'), record: bytesUpTo(300) }),
  fc.record({ ...type('checkpoint'), checkpoint: bytesUpTo(300) }),
  fc.record({ ...type('live'), live: bytesUpTo(300) }),
  fc.record({ ...type('history'), request: varint, from: varint, limit: fc.integer({ min: 0, max: 1000 }) }),
  fc.record({ ...type('header'), header: bytesUpTo(300) }),
  fc.record({ ...type('order'), order: bytesUpTo(128) }),
  fc.record(type('askStatement')),
);

const refusedFields = { ...type('refused'), error, retryAfterMs: varint };
export const refused: fc.Arbitrary<RelayMessage> = fc.oneof(
  fc.record({ ...refusedFields, refused: fc.constant('append' as const), session: bytes(16), n: varint }),
  fc.record({ ...refusedFields, refused: fc.constantFrom('open', 'create', 'createWith', 'history'), request: varint }),
  fc.record({
    ...refusedFields,
    refused: fc.constantFrom('close', 'checkpoint', 'live', 'header', 'order', 'ping', 'askStatement'),
  }),
);

export const connectionRelayMessage: fc.Arbitrary<RelayMessage> = fc.oneof(
  fc.record({
    ...type('welcome'),
    version: fc.constant(1 as const),
    nonce: bytes(32),
    time: varint,
    software: fc.string({ unit: 'grapheme', maxLength: 20 }),
    maxRecordBytes: varint,
    maxCheckpointBytes: varint,
    maxDocumentBytes: varint,
    maxExpirySeconds: varint,
    defaultExpirySeconds: varint,
  }),
  fc.record({
    ...type('opened'),
    request: varint,
    channel: varint,
    role,
    checkpointSeq: varint,
    position: varint,
    connections: varint,
    vector,
    header: bytesUpTo(300),
  }),
  fc.record({ ...type('created'), request: varint }),
  refused,
  fc.record({ ...type('pong'), payload: bytes(8) }),
  fc.record({ ...type('goodbye'), error, retryAfterMs: varint }),
);

export const documentRelayMessage: fc.Arbitrary<RelayMessage> = fc.oneof(
  refused,
  fc.record({ ...type('ack'), level: fc.constantFrom(1 as const, 2 as const), session: bytes(16), have: varint }),
  fc.record({ ...type('records'), position: varint, records: fc.array(bytesUpTo(100), { maxLength: 4 }) }),
  fc.record({ ...type('checkpointData'), checkpoint: bytesUpTo(300) }),
  fc.record({ ...type('caughtUp'), position: varint }),
  fc.record({ ...type('liveData'), live: bytesUpTo(300) }),
  fc.record({ ...type('peers'), connections: varint }),
  fc.record({
    ...type('historyPage'),
    request: varint,
    next: varint,
    records: fc.array(fc.record({ position: varint, record: bytesUpTo(100) }), { maxLength: 4 }),
  }),
  fc.record({ ...type('checkpointMade'), seq: varint, hash: bytes(32) }),
  fc.record({ ...type('headerData'), header: bytesUpTo(300) }),
  fc.record({ ...type('ended'), reason: fc.constantFrom('expired' as const, 'deleted' as const) }),
  fc.record(type('erased')),
  fc.record({ ...type('statement'), fact: bytesUpTo(300) }),
  fc.record({
    ...type('replicas'),
    replicas: fc.array(
      fc.record({ hostId: bytes(20), url: fc.string({ unit: 'grapheme', maxLength: 12 }), isReached: fc.boolean() }),
      { maxLength: 8 },
    ),
  }),
);

const documentState = { docId: bytes(20), checkpointSeq: varint, vector, header: bytesUpTo(300) };

export const connectionPeerMessage: fc.Arbitrary<PeerMessage> = fc.oneof(
  fc.record({ ...type('greeting'), version: fc.constant(1 as const), nonce: bytes(32) }),
  fc.record({ ...type('hostProof'), key: bytes(32), signature: bytes(64) }),
  fc.record({ ...type('peerOpen'), channel: varint, ...documentState }),
  fc.record({
    ...type('peerOpened'),
    channel: varint,
    of: varint,
    checkpointSeq: varint,
    vector,
    header: bytesUpTo(300),
  }),
  fc.record({ ...type('peerRefused'), of: varint, error, retryAfterMs: varint }),
  fc.record({ ...type('peerOrder'), docId: bytes(20), order: bytesUpTo(128) }),
  fc.record({ ...type('peerOrdered'), docId: bytes(20) }),
  fc.record({ ...type('blobOffer'), docId: bytes(20), pass: bytes(16), offset: varint, header: bytesUpTo(300) }),
  fc.record({ ...type('blobHas'), docId: bytes(20), offset: varint, seq: varint }),
  fc.record({ ...type('blobRefused'), docId: bytes(20), error, retryAfterMs: varint }),
  fc.record({ ...type('blobTicket'), docId: bytes(20), ticket: bytes(16), until: varint }),
  fc.record({ ...type('blobTicketKept'), docId: bytes(20), ticket: bytes(16) }),
  fc.record({ ...type('blobTake'), docId: bytes(20), ticket: bytes(16) }),
  fc.record({ ...type('blobTaken'), docId: bytes(20), ticket: bytes(16), until: varint.filter((n) => n > 0) }),
  fc.record({ ...type('blobTaken'), docId: bytes(20), ticket: bytes(16), until: fc.constant(0), error }),
  fc.record({ ...type('blobCount'), docId: bytes(20), taken: varint }),
  fc.record({ ...type('blobDone'), docId: bytes(20) }),
);

export const documentPeerMessage: fc.Arbitrary<PeerMessage> = fc.oneof(
  fc.record({ ...type('peerRecords'), records: fc.array(bytesUpTo(100), { maxLength: 4 }) }),
  fc.record({ ...type('peerCheckpoint'), checkpoint: bytesUpTo(300) }),
  fc.record({ ...type('peerBase'), checkpoint: bytesUpTo(300) }),
  fc.record(type('askBase')),
  fc.record({ ...type('peerAck'), session: bytes(16), have: varint }),
  fc.record({ ...type('peerLive'), live: bytesUpTo(300) }),
  fc.record({ ...type('peerHeader'), header: bytesUpTo(300) }),
  fc.record({ ...type('peerClose'), error, retryAfterMs: varint }),
);

/** Channel 0 with messages of the connection, or another with messages of a document. */
export function frame<M>(connection: fc.Arbitrary<M>, document: fc.Arbitrary<M>) {
  const list = (message: fc.Arbitrary<M>) => fc.array(message, { minLength: 1, maxLength: 4 });
  return fc.oneof(
    fc.record({ channel: fc.constant(0), messages: list(connection) }),
    fc.record({ channel: positive, messages: list(document) }),
  );
}
