/** Frames between two relays (§18). */
import type { Bytes } from './bytes.ts';
import type { Result } from './errors.ts';
import { decodeFrame, type Frame, frameWith } from './framing.ts';
import { byCode } from './message-codec.ts';
import type { PeerMessage } from './peer-messages.ts';
import { peerCodecs } from './peer-messages.ts';

const peerByCode = byCode(peerCodecs);

/** A frame of messages, in one buffer. */
export function encodePeerFrame(channel: number, messages: readonly PeerMessage[]): Bytes {
  return frameWith(peerCodecs, channel, messages);
}

/** What one relay sent to another: `bad_message` for whatever does not decode, is over a bound, or stands on a channel where it may not. */
export function decodePeerFrame(bytes: Bytes): Result<Frame<PeerMessage>> {
  return decodeFrame(bytes, peerByCode, Number.POSITIVE_INFINITY);
}
