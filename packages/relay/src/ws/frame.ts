/**
 * Frames of the hot path (docs/protocol.md §9), built in one buffer together with their WebSocket header (RFC 6455 §5.2),
 * so that one buffer is written to every reader as it is. Everything else goes by `encodeFrame` of the protocol.
 */
import type { Bytes } from '@archipel/protocol';

/** A frame's bytes; `wire`: the same with the WebSocket header before them; `fragments`: that of a long frame, in pieces. */
export type RelayFrame = Uint8Array & { wire?: Uint8Array; fragments?: Fragment[] };
/** Keeps its frame in memory, so that whoever is sent the same one next finds it. */
type Fragment = Uint8Array & { frame?: RelayFrame };

export interface DocumentFrame {
  channel: number;
  records: readonly { body: Bytes; position: number }[];
  peers?: number | undefined;
  live: readonly { body: Bytes }[];
  caughtUp?: number | undefined;
}
export interface AckEntry {
  /** 1 this host's disk, 2 another's too. */
  level: 1 | 2;
  session: Bytes;
  have: number;
}

const ACK = 0x85;
const RECORDS = 0x86;
const CAUGHT_UP = 0x88;
const LIVE_DATA = 0x89;
const PEERS = 0x8a;
const SESSION_BYTES = 16;

/** Longer frames are sent as WebSocket fragments, so that a reader's progress shows and control frames pass between. */
export const FRAGMENT_BYTES = 64 * 1024;
const BINARY = 0x02;
const FIN = 0x80;

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

function writeVarint(bytes: Bytes, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest >= 0x80) {
    bytes[at++] = 0x80 | (rest % 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes[at++] = rest;
  return at;
}

function headerSize(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

function writeHeader(wire: Uint8Array, first: number, length: number): void {
  wire[0] = first;
  if (length < 126) {
    wire[1] = length;
    return;
  }
  const long = length >= 65_536;
  wire[1] = long ? 127 : 126;
  const view = new DataView(wire.buffer, wire.byteOffset);
  if (long) view.setBigUint64(2, BigInt(length));
  else view.setUint16(2, length);
}

/** An empty frame of this length, in a buffer that begins with its WebSocket header. */
function allocate(length: number): RelayFrame {
  if (length > FRAGMENT_BYTES) return Buffer.allocUnsafe(length);
  const header = headerSize(length);
  const wire = Buffer.allocUnsafe(header + length);
  writeHeader(wire, FIN | BINARY, length);
  const frame: RelayFrame = wire.subarray(header);
  frame.wire = wire;
  return frame;
}

function recordsBodySize(position: number, records: DocumentFrame['records']): number {
  let size = varintSize(position);
  for (const { body } of records) size += varintSize(body.length) + body.length;
  return size;
}

function messageSize(bodySize: number): number {
  return 1 + varintSize(bodySize) + bodySize;
}

function writeNumber(frame: Bytes, offset: number, type: number, value: number): number {
  frame[offset] = type;
  frame[offset + 1] = varintSize(value);
  return writeVarint(frame, offset + 2, value);
}

/** Records, peers, live messages, caught up: in this order, each only when there is one. */
export function documentFrame(parts: DocumentFrame): RelayFrame {
  const { channel, records, peers, live, caughtUp } = parts;
  const position = records.at(-1)?.position ?? 0;
  const bodySize = records.length > 0 ? recordsBodySize(position, records) : 0;
  let size = varintSize(channel);
  if (bodySize > 0) size += messageSize(bodySize);
  if (peers !== undefined) size += messageSize(varintSize(peers));
  for (const { body } of live) size += messageSize(body.length);
  if (caughtUp !== undefined) size += messageSize(varintSize(caughtUp));

  const frame = allocate(size);
  let at = writeVarint(frame, 0, channel);
  if (bodySize > 0) {
    frame[at] = RECORDS;
    at = writeVarint(frame, writeVarint(frame, at + 1, bodySize), position);
    for (const { body } of records) {
      at = writeVarint(frame, at, body.length);
      frame.set(body, at);
      at += body.length;
    }
  }
  if (peers !== undefined) at = writeNumber(frame, at, PEERS, peers);
  for (const { body } of live) {
    frame[at] = LIVE_DATA;
    at = writeVarint(frame, at + 1, body.length);
    frame.set(body, at);
    at += body.length;
  }
  if (caughtUp !== undefined) writeNumber(frame, at, CAUGHT_UP, caughtUp);
  return frame;
}

/** The acks of one writer, then the messages of `shared`, a frame of the same channel. */
export function ackFrame(channel: number, acks: readonly AckEntry[], shared?: RelayFrame): RelayFrame {
  const prefix = varintSize(channel);
  let size = shared?.length ?? prefix;
  for (const { have } of acks) size += messageSize(1 + SESSION_BYTES + varintSize(have));
  const frame = allocate(size);
  let at = writeVarint(frame, 0, channel);
  for (const { level, session, have } of acks) {
    frame[at] = ACK;
    frame[at + 1] = 1 + SESSION_BYTES + varintSize(have);
    frame[at + 2] = level;
    frame.set(session, at + 3);
    at = writeVarint(frame, at + 3 + SESSION_BYTES, have);
  }
  if (shared !== undefined) frame.set(shared.subarray(prefix), at);
  return frame;
}

/** The bytes to write to a socket for a frame of at most FRAGMENT_BYTES; kept with the frame. */
export function wireOf(frame: RelayFrame): Uint8Array {
  if (frame.wire === undefined) {
    const copy = allocate(frame.length);
    copy.set(frame);
    frame.wire = copy.wire as Uint8Array;
  }
  return frame.wire;
}

/** A longer frame as WebSocket fragments, between which a ping or a close may pass; kept with the frame, so that readers share them. */
export function fragmentsOf(frame: RelayFrame): Fragment[] {
  if (frame.fragments !== undefined) return frame.fragments;
  const fragments: Fragment[] = [];
  for (let at = 0; at < frame.length; at += FRAGMENT_BYTES) {
    const piece = frame.subarray(at, at + FRAGMENT_BYTES);
    const isLast = at + piece.length === frame.length;
    const header = headerSize(piece.length);
    const fragment: Fragment = Buffer.allocUnsafe(header + piece.length);
    fragment.frame = frame;
    writeHeader(fragment, (isLast ? FIN : 0) | (at === 0 ? BINARY : 0), piece.length);
    fragment.set(piece, header);
    fragments.push(fragment);
  }
  frame.fragments = fragments;
  return fragments;
}
