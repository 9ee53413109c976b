/** A document and its keys, as a relay's test needs them: everything is really signed, nothing is really sealed. */
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import type { Bytes, CheckpointFields, Dep, FrontierEntry, Role, UnsignedHeader } from '@archipel/protocol';
import {
  checkpointHash,
  checkpointSigningInput,
  concat,
  docIdOf,
  encodeUnsignedCheckpoint,
  encodeUnsignedHeader,
  encodeUnsignedLive,
  encodeUnsignedOrder,
  encodeUnsignedRecord,
  headerHash,
  headerSigningInput,
  isRemarkSession,
  liveSigningInput,
  NO_PREVIOUS,
  orderSigningInput,
  proofInput,
  REMARK_SESSION_END,
  recordHash,
  recordSigningInput,
} from '@archipel/protocol';

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX_BYTES = 12;

interface Key {
  private: KeyObject;
  public: Bytes;
}

/** `seed`: 32 bytes; by chance when left out. */
export function makeKey(seed: Uint8Array = randomBytes(32)): Key {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return { private: key, public: new Uint8Array(spki.subarray(SPKI_PREFIX_BYTES)) };
}

export function bytes(length: number): Bytes {
  return new Uint8Array(randomBytes(length));
}

function signed(key: Key, unsigned: Bytes, input: Bytes): Bytes {
  return concat(unsigned, new Uint8Array(sign(null, input, key.private)));
}

/** One session of an author: knows its next n and the hash of its last record. */
export class TestSession {
  readonly author: Author;
  readonly id: Bytes;
  n = 0;
  hash: Bytes = NO_PREVIOUS;
  count = 0;

  /** `isOfRemarks`: it writes remarks (§23). */
  constructor(author: Author, isOfRemarks = false) {
    this.author = author;
    this.id = isOfRemarks ? concat(bytes(8), REMARK_SESSION_END) : bytes(16);
  }

  /** The next record. */
  record(options: { size?: number; deps?: Dep[]; key?: Key; gen?: number } = {}): Bytes {
    const record = this.recordAt(this.n, this.hash, options);
    this.hash = recordHash(this.author.docId, this.hash, record);
    this.n += 1;
    return record;
  }

  /** Any record of this session, as one would write it who does not keep to the order. */
  recordAt(n: number, previous: Bytes, options: { size?: number; deps?: Dep[]; key?: Key; gen?: number } = {}): Bytes {
    const { author } = this;
    const gen = options.gen ?? author.header.gen;
    const isRemark = isRemarkSession(this.id);
    const type = isRemark ? (6 as const) : (1 as const);
    const fields = { type, flags: 0, gen, session: this.id, n, deps: options.deps ?? [] };
    const unsigned = encodeUnsignedRecord({ ...fields, ciphertext: bytes(options.size ?? 40) });
    const key = options.key ?? (isRemark ? author.comment : author.edit);
    return signed(key, unsigned, recordSigningInput(author.docId, previous, unsigned));
  }

  live(type: 3 | 4, size = 40): Bytes {
    const { author } = this;
    this.count += 1;
    const fields = { type, gen: author.header.gen, session: this.id, count: this.count };
    const unsigned = encodeUnsignedLive({ ...fields, ciphertext: bytes(size) });
    return type === 3 ? unsigned : signed(author.edit, unsigned, liveSigningInput(author.docId, unsigned));
  }

  entry(): FrontierEntry {
    return { session: this.id, have: this.n, hash: this.hash };
  }
}

export class Author {
  readonly owner = makeKey();
  edit = makeKey();
  read = makeKey();
  comment = makeKey();
  readonly docId: Bytes;
  header: UnsignedHeader;
  headerBytes: Bytes;
  checkpointSeq = 0;
  checkpointHash: Bytes | undefined;
  checkpointBytes: Bytes = bytes(0);

  /** `hasComments`: its header names the comment key. */
  constructor({ hasComments, ...fields }: Partial<UnsignedHeader> & { hasComments?: true } = {}) {
    this.docId = docIdOf(1, this.owner.public);
    this.header = {
      kind: 1,
      editorsMayMove: false,
      seq: 1,
      gen: 0,
      owner: this.owner.public,
      edit: this.edit.public,
      read: this.read.public,
      expiry: 0,
      maxBytes: 0,
      retention: 0,
      relays: [],
      ...(hasComments && { comment: this.comment.public }),
      ...fields,
    };
    this.headerBytes = this.signHeader(this.header);
  }

  signHeader(header: UnsignedHeader, key: Key = this.owner): Bytes {
    const unsigned = encodeUnsignedHeader(header);
    return signed(key, unsigned, headerSigningInput(unsigned));
  }

  /** The next header; it becomes the current one. */
  nextHeader(fields: Partial<UnsignedHeader> = {}): Bytes {
    const { seq } = this.header;
    this.header = { ...this.header, seq: seq + 1, previous: headerHash(this.headerBytes), ...fields };
    this.headerBytes = this.signHeader(this.header);
    return this.headerBytes;
  }

  session(): TestSession {
    return new TestSession(this);
  }

  remarks(): TestSession {
    return new TestSession(this, true);
  }

  keyOf(role: Role): Key {
    const { owner: own, edit, comment, read: view } = this;
    return { own, edit, comment, view }[role];
  }

  prove(nonce: Bytes, role: Role, audience: string): Bytes {
    return new Uint8Array(sign(null, proofInput(nonce, role, this.docId, audience), this.keyOf(role).private));
  }

  /** The next checkpoint; it becomes the last one when `keep`. */
  checkpoint(frontier: FrontierEntry[], fields: Partial<CheckpointFields> & { size?: number } = {}): Bytes {
    const { size = 60, ...rest } = fields;
    const sorted = [...frontier].sort((a, b) => Buffer.compare(a.session, b.session));
    const previous = this.checkpointHash === undefined ? {} : { previous: this.checkpointHash };
    const base = { flags: 0, gen: this.header.gen, seq: this.checkpointSeq + 1, salt: bytes(16), retired: 0 };
    const unsigned = encodeUnsignedCheckpoint({
      ...base,
      ...previous,
      frontier: sorted,
      ...rest,
      ciphertext: bytes(size),
    });
    return signed(this.edit, unsigned, checkpointSigningInput(this.docId, unsigned));
  }

  /** The relay took it. */
  keepCheckpoint(checkpoint: Bytes): void {
    this.checkpointSeq += 1;
    this.checkpointHash = checkpointHash(this.docId, checkpoint);
    this.checkpointBytes = checkpoint;
  }

  order(action: 1 | 2, time = Math.floor(Date.now() / 1000), key: Key = this.owner): Bytes {
    const unsigned = encodeUnsignedOrder({ action, time });
    return signed(key, unsigned, orderSigningInput(this.docId, unsigned));
  }
}
