/**
 * What one process tells the others of its visitors: tag, flags, process, number of the message, and for each prefix its key, its
 * connections, and the documents created and opened since. Of fixed width: thousands of prefixes are written and read in a moment.
 */
import type { Bytes } from '@archipel/protocol';
import { ANNOUNCEMENTS } from '../bus/bus.ts';
import { PROCESS_ID_BYTES } from '../bus/bus-codec.ts';
import type { VisitorNews } from './visitors.ts';

export const KEY_BYTES = 8;
/** 16 KiB and a bit per message. */
export const MAX_ENTRIES = 1024;

const WHOLE = 1;
const PROCESS_AT = 2;
const SEQ_AT = PROCESS_AT + PROCESS_ID_BYTES;
const HEAD_BYTES = SEQ_AT + 4;
const ENTRY_BYTES = KEY_BYTES + 8;
const MAX_U16 = 0xffff;

export interface VisitorMessage {
  process: Bytes;
  /** Counts the messages of this process. */
  seq: number;
  /** What was said of connections before is void: they are told from the beginning. */
  isWhole: boolean;
  entries: VisitorNews[];
}

export function encodeVisitors({ process, seq, isWhole, entries }: VisitorMessage): Bytes {
  if (process.length !== PROCESS_ID_BYTES) throw new RangeError(`a process id has ${PROCESS_ID_BYTES} bytes`);
  const bytes = Buffer.alloc(HEAD_BYTES + entries.length * ENTRY_BYTES);
  bytes[0] = ANNOUNCEMENTS.visitors;
  bytes[1] = isWhole ? WHOLE : 0;
  bytes.set(process, PROCESS_AT);
  bytes.writeUInt32BE(seq, SEQ_AT);
  let at = HEAD_BYTES;
  for (const { key, connections, creates, opens } of entries) {
    bytes.write(key, at, KEY_BYTES, 'latin1');
    bytes.writeUInt32BE(connections, at + KEY_BYTES);
    bytes.writeUInt16BE(Math.min(creates, MAX_U16), at + KEY_BYTES + 4);
    bytes.writeUInt16BE(Math.min(opens, MAX_U16), at + KEY_BYTES + 6);
    at += ENTRY_BYTES;
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Undefined for what is no such message. */
export function decodeVisitors(message: Bytes): VisitorMessage | undefined {
  const bytes = Buffer.from(message.buffer as ArrayBuffer, message.byteOffset, message.length);
  const [tag, flags = 0] = bytes;
  const count = (bytes.length - HEAD_BYTES) / ENTRY_BYTES;
  if (tag !== ANNOUNCEMENTS.visitors || flags > WHOLE) return undefined;
  if (!Number.isInteger(count) || count < 0 || count > MAX_ENTRIES) return undefined;
  const entries: VisitorNews[] = [];
  for (let at = HEAD_BYTES; at < bytes.length; at += ENTRY_BYTES) {
    entries.push({
      key: bytes.toString('latin1', at, at + KEY_BYTES),
      connections: bytes.readUInt32BE(at + KEY_BYTES),
      creates: bytes.readUInt16BE(at + KEY_BYTES + 4),
      opens: bytes.readUInt16BE(at + KEY_BYTES + 6),
    });
  }
  return {
    process: message.subarray(PROCESS_AT, SEQ_AT),
    seq: bytes.readUInt32BE(SEQ_AT),
    isWhole: flags === WHOLE,
    entries,
  };
}
