import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VisitorMessage } from '../src/ws/visitors-codec.ts';
import { decodeVisitors, encodeVisitors, KEY_BYTES } from '../src/ws/visitors-codec.ts';
import { idOf } from './support/visitors.ts';

describe('what is said of visitors', () => {
  const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
  const u16 = fc.integer({ min: 0, max: 0xffff });
  const key = fc
    .uint8Array({ minLength: KEY_BYTES, maxLength: KEY_BYTES })
    .map((bytes) => Buffer.from(bytes).toString('latin1'));
  const anyMessage: fc.Arbitrary<VisitorMessage> = fc.record({
    process: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    seq: u32,
    isWhole: fc.boolean(),
    entries: fc.array(fc.record({ key, connections: u32, creates: u16, opens: u16 }), { maxLength: 20 }),
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decodeVisitors(encodeVisitors(message))).toEqual(message);
      }),
    );
  });

  it('anything else is nothing', () => {
    fc.assert(
      fc.property(anyMessage, fc.integer({ min: 1, max: 15 }), (message, cut) => {
        const whole = encodeVisitors(message);
        expect(decodeVisitors(whole.subarray(0, whole.length - cut))).toBeUndefined();
      }),
    );
    const whole = encodeVisitors({ process: idOf(1), seq: 1, isWhole: true, entries: [] });
    expect(decodeVisitors(new Uint8Array(0))).toBeUndefined();
    expect(decodeVisitors(whole.map((byte, at) => (at === 0 ? 9 : byte)))).toBeUndefined();
    expect(decodeVisitors(whole.map((byte, at) => (at === 1 ? 2 : byte)))).toBeUndefined();
    expect(decodeVisitors(new Uint8Array(2_000_014).map((_, at) => (at === 0 ? 1 : 0)))).toBeUndefined();
    expect(() => encodeVisitors({ process: new Uint8Array(7), seq: 1, isWhole: true, entries: [] })).toThrow(
      RangeError,
    );
  });
});
