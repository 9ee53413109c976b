/** Frames (§9): a channel and one or more messages. One buffer of exactly the right size, written once. */
import type { Bytes } from './bytes.ts';
import { clientCodecs } from './client-messages.ts';
import type { Result } from './errors.ts';
import { fail, ok } from './errors.ts';
import { MAX_FRAME_BYTES, MAX_FRAME_MESSAGES } from './limits.ts';
import type { Codec, CodecTable } from './message-codec.ts';
import { byCode } from './message-codec.ts';
import type { ClientMessage, RelayMessage } from './messages.ts';
import type { PeerMessage } from './peer-messages.ts';
import { peerCodecs } from './peer-messages.ts';
import { Reader } from './reader.ts';
import { relayCodecs } from './relay-messages.ts';
import { assertVarint, varintSize, writeVarint } from './varint.ts';
import { Writer } from './writer.ts';

export interface Frame<M> {
  channel: number;
  messages: M[];
}

type Message = ClientMessage | RelayMessage | PeerMessage;

const codecs = { ...clientCodecs, ...relayCodecs, ...peerCodecs } as CodecTable<Message>;
const clientByCode = byCode(clientCodecs);
const relayByCode = byCode(relayCodecs);
const peerByCode = byCode(peerCodecs);

function codecOf(message: Message): Codec<Message> {
  return codecs[message.type] as Codec<Message>;
}

/** Size in bytes of a message's body. Throws when it is over the bound: the sender's bug. */
function bodySize(codec: Codec<Message>, message: Message): number {
  const counter = new Writer();
  codec.write(counter, message);
  if (counter.offset > codec.maxBytes) throw new RangeError(`${message.type}: body of ${counter.offset} bytes`);
  return counter.offset;
}

function encodeMessage(message: Message): Bytes {
  const codec = codecOf(message);
  const size = bodySize(codec, message);
  const bytes = new Uint8Array(1 + varintSize(size) + size);
  bytes[0] = codec.code;
  codec.write(new Writer(bytes, writeVarint(bytes, 1, size)), message);
  return bytes;
}

/** One message's bytes: type, length, body; to be joined by `frameOf`. */
export function encodeClientMessage(message: ClientMessage): Bytes {
  return encodeMessage(message);
}

export function encodeRelayMessage(message: RelayMessage): Bytes {
  return encodeMessage(message);
}

/** A frame of messages that are encoded already. */
export function frameOf(channel: number, encoded: readonly Bytes[]): Bytes {
  assertVarint(channel);
  let size = varintSize(channel);
  for (const message of encoded) size += message.length;
  const frame = new Uint8Array(size);
  let offset = writeVarint(frame, 0, channel);
  for (const message of encoded) {
    frame.set(message, offset);
    offset += message.length;
  }
  return frame;
}

/** A frame of messages, in one buffer. */
export function encodeFrame(channel: number, messages: readonly Message[]): Bytes {
  if (messages.length === 1) return encodeSingle(channel, messages[0] as Message);
  return frameOf(channel, messages.map(encodeMessage));
}

function encodeSingle(channel: number, message: Message): Bytes {
  assertVarint(channel);
  const codec = codecOf(message);
  const size = bodySize(codec, message);
  const frame = new Uint8Array(varintSize(channel) + 1 + varintSize(size) + size);
  const writer = new Writer(frame);
  writer.varint(channel);
  writer.u8(codec.code);
  writer.varint(size);
  codec.write(writer, message);
  return frame;
}

function decodeFrame<M>(bytes: Bytes, table: readonly (Codec<M> | undefined)[], maxMessages: number): Result<Frame<M>> {
  if (bytes.length > MAX_FRAME_BYTES) return fail('bad_message');
  const reader = new Reader(bytes);
  const channel = reader.varint();
  const messages: M[] = [];
  do {
    const codec = table[reader.u8()];
    const size = reader.varint();
    if (reader.failed || codec === undefined || size > codec.maxBytes) return fail('bad_message');
    if (codec.on !== 'any' && (codec.on === 'connection') !== (channel === 0)) return fail('bad_message');
    const limit = reader.offset + size;
    if (limit > bytes.length) return fail('bad_message');
    const body = new Reader(bytes, reader.offset, limit);
    const message = body.end(codec.read(body));
    if (!message.ok) return message;
    if (messages.length === maxMessages) return fail('bad_message');
    messages.push(message.value);
    reader.offset = limit;
  } while (!reader.atEnd);
  return ok({ channel, messages });
}

/** CON-6: `bad_message` for whatever does not decode, is over a bound, or stands on a channel where it may not. */
export function decodeClientFrame(bytes: Bytes): Result<Frame<ClientMessage>> {
  return decodeFrame(bytes, clientByCode, MAX_FRAME_MESSAGES);
}

/** As `decodeClientFrame`; `unsupported_version` for the Welcome of a newer relay (CON-1). */
export function decodeRelayFrame(bytes: Bytes): Result<Frame<RelayMessage>> {
  return decodeFrame(bytes, relayByCode, Number.POSITIVE_INFINITY);
}

/** What one relay sent to another (§18): as `decodeRelayFrame`. */
export function decodePeerFrame(bytes: Bytes): Result<Frame<PeerMessage>> {
  return decodeFrame(bytes, peerByCode, Number.POSITIVE_INFINITY);
}
