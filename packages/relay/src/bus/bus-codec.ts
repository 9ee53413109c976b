/**
 * What travels on a bus of bytes: version, process that sent it, kind, contents. Numbers are varints (ENC-1), bytes that something
 * follows carry their length. Only processes of one host read it, so it is no part of the protocol and may change with its version.
 */
import type { Bytes } from '@archipel/protocol';
import { concat, decodeVarint, encodeVarint } from '@archipel/protocol';
import type { StoredRecord } from '../store/store.ts';
import type { BusEvent } from './bus.ts';

export const PROCESS_ID_BYTES = 8;

const VERSION = 1;
const MAX_VARINT_BYTES = 8;
const KIND_AT = 1 + PROCESS_ID_BYTES;
const HEAD_BYTES = KIND_AT + 1;
const KINDS = { live: 1, records: 2, changed: 3, peers: 4, announcement: 5, missed: 6 } as const;
const NOTHING: Bytes = new Uint8Array(0);

export type BusMessage =
  | { type: 'event'; event: BusEvent }
  | { type: 'announcement'; body: Bytes }
  /** The sender dropped news of more documents than it can name. */
  | { type: 'missed' };

export const CHANGED: BusMessage = { type: 'event', event: { type: 'changed' } };

export interface Heard {
  process: Bytes;
  message: BusMessage;
}

function message(process: Bytes, kind: number, contents: Bytes): Bytes {
  if (process.length !== PROCESS_ID_BYTES) throw new RangeError(`a process id has ${PROCESS_ID_BYTES} bytes`);
  const bytes = new Uint8Array(HEAD_BYTES + contents.length);
  bytes[0] = VERSION;
  bytes.set(process, 1);
  bytes[KIND_AT] = kind;
  bytes.set(contents, HEAD_BYTES);
  return bytes;
}

export function encodeEvent(process: Bytes, event: BusEvent): Bytes {
  return message(process, KINDS[event.type], contentsOf(event));
}

export function encodeAnnouncement(process: Bytes, body: Bytes): Bytes {
  return message(process, KINDS.announcement, body);
}

export function encodeMissed(process: Bytes): Bytes {
  return message(process, KINDS.missed, NOTHING);
}

function contentsOf(event: BusEvent): Bytes {
  switch (event.type) {
    case 'live':
      return event.body;
    case 'records': {
      const parts = [encodeVarint(event.version), encodeVarint(event.after)];
      for (const { position, body } of event.records) {
        parts.push(encodeVarint(position), encodeVarint(body.length), body);
      }
      return concat(...parts);
    }
    case 'changed':
      return NOTHING;
    case 'peers': {
      const flag = Uint8Array.of(event.asks ? 1 : 0);
      return concat(flag, encodeVarint(event.connections), event.process);
    }
  }
}

/**
 * Undefined for what is no such message. Byte fields are views of the input. While a host exchanges its processes one by one, what
 * another version says is heard as `changed`: the store tells the rest.
 */
export function decodeBusMessage(bytes: Bytes): Heard | undefined {
  if (bytes.length < HEAD_BYTES) return undefined;
  if (bytes[0] !== VERSION) return { process: NOTHING, message: CHANGED };
  const body = bytes.subarray(HEAD_BYTES);
  const decoded = decodeContents(bytes[KIND_AT] as number, body);
  return decoded && { process: bytes.subarray(1, KIND_AT), message: decoded };
}

function decodeContents(kind: number, body: Bytes): BusMessage | undefined {
  switch (kind) {
    case KINDS.live:
      return { type: 'event', event: { type: 'live', body } };
    case KINDS.records:
      return eventOf(decodeRecords(body));
    case KINDS.changed:
      return body.length === 0 ? CHANGED : undefined;
    case KINDS.peers:
      return eventOf(decodePeers(body));
    case KINDS.announcement:
      return { type: 'announcement', body };
    case KINDS.missed:
      return body.length === 0 ? { type: 'missed' } : undefined;
    default:
      return undefined;
  }
}

function eventOf(event: BusEvent | undefined): BusMessage | undefined {
  return event && { type: 'event', event };
}

function decodeRecords(body: Bytes): BusEvent | undefined {
  const numbers = new Numbers(body);
  const version = numbers.next();
  const after = numbers.next();
  const records: StoredRecord[] = [];
  while (numbers.at < body.length) {
    const position = numbers.next();
    const end = numbers.next() + numbers.at;
    if (numbers.failed || end > body.length) return undefined;
    records.push({ position, body: body.subarray(numbers.at, end) });
    numbers.at = end;
  }
  return numbers.failed ? undefined : { type: 'records', version, after, records };
}

function decodePeers(body: Bytes): BusEvent | undefined {
  const numbers = new Numbers(body, 1);
  const connections = numbers.next();
  const [asks = 2] = body;
  if (numbers.failed || asks > 1) return undefined;
  return { type: 'peers', asks: asks === 1, connections, process: body.subarray(numbers.at) };
}

/** Reads varints one after the other; after a failure only zeros. */
class Numbers {
  readonly #bytes: Bytes;
  at: number;
  failed = false;

  constructor(bytes: Bytes, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  next(): number {
    const most = Math.min(this.#bytes.length, this.at + MAX_VARINT_BYTES);
    let end = this.at;
    while (end < most && (this.#bytes[end] as number) >= 0x80) end++;
    const decoded = decodeVarint(this.#bytes.subarray(this.at, end + 1));
    if (!decoded.ok || this.failed) {
      this.failed = true;
      return 0;
    }
    this.at = end + 1;
    return decoded.value;
  }
}
