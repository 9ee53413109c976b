/** Frames (§9): a channel and one or more messages, between a client and a relay. */
import type { Bytes } from './bytes.ts';
import { clientCodecs } from './client-messages.ts';
import type { Result } from './errors.ts';
import { decodeFrame, encodeWith, type Frame, frameWith } from './framing.ts';
import { MAX_FRAME_MESSAGES } from './limits.ts';
import type { CodecTable } from './message-codec.ts';
import { byCode } from './message-codec.ts';
import type { ClientMessage, RelayMessage } from './messages.ts';
import { relayCodecs } from './relay-messages.ts';

type Message = ClientMessage | RelayMessage;

const codecs = { ...clientCodecs, ...relayCodecs } as CodecTable<Message>;
const clientByCode = byCode(clientCodecs);
const relayByCode = byCode(relayCodecs);

/** One message's bytes: type, length, body; to be joined by `frameOf`. */
export function encodeClientMessage(message: ClientMessage): Bytes {
  return encodeWith(codecs, message);
}

export function encodeRelayMessage(message: RelayMessage): Bytes {
  return encodeWith(codecs, message);
}

/** A frame of messages, in one buffer. */
export function encodeFrame(channel: number, messages: readonly Message[]): Bytes {
  return frameWith(codecs, channel, messages);
}

/** CON-6: `bad_message` for whatever does not decode, is over a bound, or stands on a channel where it may not. */
export function decodeClientFrame(bytes: Bytes): Result<Frame<ClientMessage>> {
  return decodeFrame(bytes, clientByCode, MAX_FRAME_MESSAGES);
}

/** As `decodeClientFrame`; `unsupported_version` for the Welcome of a newer relay (CON-1). */
export function decodeRelayFrame(bytes: Bytes): Result<Frame<RelayMessage>> {
  return decodeFrame(bytes, relayByCode, Number.POSITIVE_INFINITY);
}
