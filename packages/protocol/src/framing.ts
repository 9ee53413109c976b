/** How frames are put together and taken apart (§9), whatever their messages are. One buffer of exactly the right size, written once. */
import type { Bytes } from './bytes.ts';
import type { Result } from './errors.ts';
import { fail, ok } from './errors.ts';
import { MAX_FRAME_BYTES } from './limits.ts';
import type { Codec, CodecTable } from './message-codec.ts';
import { Reader } from './reader.ts';
import { assertVarint, varintSize, writeVarint } from './varint.ts';
import { Writer } from './writer.ts';

export interface Frame<M> {
  channel: number;
  messages: M[];
}

/** Size in bytes of a message's body. Throws when it is over the bound: the sender's bug. */
function bodySize<M extends { type: string }>(codec: Codec<M>, message: M): number {
  const counter = new Writer();
  codec.write(counter, message);
  if (counter.offset > codec.maxBytes) throw new RangeError(`${message.type}: body of ${counter.offset} bytes`);
  return counter.offset;
}

/** One message's bytes: type, length, body; to be joined by `frameOf`. */
export function encodeWith<M extends { type: string }>(codecs: CodecTable<M>, message: M): Bytes {
  const codec = codecs[message.type as M['type']] as unknown as Codec<M>;
  const size = bodySize(codec, message);
  const bytes = new Uint8Array(1 + varintSize(size) + size);
  bytes[0] = codec.code;
  codec.write(new Writer(bytes, writeVarint(bytes, 1, size)), message);
  return bytes;
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
export function frameWith<M extends { type: string }>(
  codecs: CodecTable<M>,
  channel: number,
  messages: readonly M[],
): Bytes {
  const [message] = messages;
  if (message === undefined || messages.length > 1)
    return frameOf(
      channel,
      messages.map((each) => encodeWith(codecs, each)),
    );
  assertVarint(channel);
  const codec = codecs[message.type as M['type']] as unknown as Codec<M>;
  const size = bodySize(codec, message);
  const frame = new Uint8Array(varintSize(channel) + 1 + varintSize(size) + size);
  const writer = new Writer(frame);
  writer.varint(channel);
  writer.u8(codec.code);
  writer.varint(size);
  codec.write(writer, message);
  return frame;
}

/** `bad_message` for whatever is not made so. */
export function decodeFrame<M>(
  bytes: Bytes,
  table: readonly (Codec<M> | undefined)[],
  maxMessages: number,
): Result<Frame<M>> {
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
