import type { RelayMessage } from '@archipel/protocol';
import { decodeRelayFrame, encodeFrame } from '@archipel/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ackFrame, documentFrame, fragmentsOf, wireOf } from '../src/ws/frame.ts';
import { bytes } from './support/author.ts';

const body = fc.uint8Array({ minLength: 1, maxLength: 400 });
const number = fc.integer({ min: 1, max: 2 ** 40 });

function messagesOf(frame: Uint8Array): { channel: number; messages: RelayMessage[] } {
  const decoded = decodeRelayFrame(new Uint8Array(frame));
  if (!decoded.ok) throw new Error(decoded.error);
  return decoded.value;
}

/** The payload of WebSocket frames laid end to end (RFC 6455 §5.2, server to client: unmasked). */
function unwrap(wire: Uint8Array): { payload: Buffer; opcodes: number[] } {
  const parts: Uint8Array[] = [];
  const opcodes: number[] = [];
  const view = Buffer.from(wire.buffer, wire.byteOffset, wire.length);
  for (let at = 0; at < view.length; ) {
    opcodes.push(view.readUInt8(at));
    const short = view.readUInt8(at + 1);
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    const length =
      short < 126 ? short : short === 126 ? view.readUInt16BE(at + 2) : Number(view.readBigUInt64BE(at + 2));
    parts.push(view.subarray(at + header, at + header + length));
    at += header + length;
  }
  return { payload: Buffer.concat(parts), opcodes };
}

describe('frames of the hot path', () => {
  it('are the same bytes as the protocol makes', () => {
    fc.assert(
      fc.property(
        number,
        fc.array(fc.record({ body, position: number }), { maxLength: 4 }),
        fc.option(number, { nil: undefined }),
        fc.array(fc.record({ body }), { maxLength: 4 }),
        fc.option(number, { nil: undefined }),
        (channel, records, peers, live, caughtUp) => {
          const messages: RelayMessage[] = [];
          if (records.length > 0) {
            const position = records.at(-1)?.position ?? 0;
            messages.push({ type: 'records', position, records: records.map((record) => record.body) });
          }
          if (peers !== undefined) messages.push({ type: 'peers', connections: peers });
          for (const item of live) messages.push({ type: 'liveData', live: item.body });
          if (caughtUp !== undefined) messages.push({ type: 'caughtUp', position: caughtUp });
          fc.pre(messages.length > 0);
          const frame = documentFrame({ channel, records, peers, live, caughtUp });
          expect(Buffer.compare(frame, encodeFrame(channel, messages))).toBe(0);
          expect(Buffer.compare(unwrap(wireOf(frame)).payload, frame)).toBe(0);
        },
      ),
    );
  });

  it('acks come before what they are joined with', () => {
    const shared = documentFrame({ channel: 300, records: [], live: [{ body: bytes(20) }] });
    const acks = [
      { level: 1, session: bytes(16), have: 5 },
      { level: 2, session: bytes(16), have: 1000 },
    ] as const;
    const { channel, messages } = messagesOf(ackFrame(300, acks, shared));
    expect(channel).toBe(300);
    expect(messages).toEqual([
      { type: 'ack', level: 1, session: acks[0]?.session, have: 5 },
      { type: 'ack', level: 2, session: acks[1]?.session, have: 1000 },
      ...messagesOf(shared).messages,
    ]);
    expect(messagesOf(ackFrame(300, acks)).messages).toHaveLength(2);
  });

  it.each([1, 125, 126, 65_535, 65_536])('a WebSocket header fits a frame of %i bytes', (length) => {
    const frame = bytes(length);
    const { payload, opcodes } = unwrap(wireOf(frame));
    expect(Buffer.compare(payload, frame)).toBe(0);
    expect(opcodes).toEqual([0x82]);
  });

  it('long frames go in fragments that other frames may pass between', () => {
    const frame = bytes(3 * 64 * 1024 + 5);
    const fragments = fragmentsOf(frame);
    const { payload, opcodes } = unwrap(Buffer.concat(fragments));
    expect(Buffer.compare(payload, frame)).toBe(0);
    expect(opcodes).toEqual([0x02, 0x00, 0x00, 0x80]);
    expect(fragmentsOf(frame)).toBe(fragments);
  });
});
