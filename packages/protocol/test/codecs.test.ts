import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bytes,
  concat,
  decodeBase64url,
  decodeCheckpoint,
  decodeClientFrame,
  decodeHeader,
  decodeLive,
  decodeOrder,
  decodePeerFrame,
  decodeRecord,
  decodeRelayFrame,
  decodeVarint,
  decodeVector,
  encodeBase64url,
  encodeCheckpoint,
  encodeFrame,
  encodeHeader,
  encodeLive,
  encodeOrder,
  encodePeerFrame,
  encodeRecord,
  encodeVarint,
  encodeVector,
  peekLive,
  peekRecord,
  type Result,
} from '../src/index.ts';
import {
  bytesUpTo,
  checkpoint,
  connectionClientMessage,
  connectionPeerMessage,
  connectionRelayMessage,
  documentClientMessage,
  documentPeerMessage,
  documentRelayMessage,
  frame,
  header,
  live,
  order,
  record,
  varint,
  vector,
} from './arbitraries.ts';

interface Format<T> {
  name: string;
  values: fc.Arbitrary<T>;
  encode(value: T): Bytes;
  decode(bytes: Bytes): Result<T>;
  /** Every proper prefix is refused; not so for formats whose last field is the rest of the bytes. */
  whole: boolean;
}

function format<T>(name: string, values: fc.Arbitrary<T>, codec: Omit<Format<T>, 'name' | 'values'>): Format<unknown> {
  return { name, values, ...codec } as Format<unknown>;
}

const formats = [
  format('varint', varint, { encode: encodeVarint, decode: decodeVarint, whole: true }),
  format('vector', vector, { encode: encodeVector, decode: decodeVector, whole: true }),
  format('header', header, { encode: encodeHeader, decode: decodeHeader, whole: true }),
  format('record', record, { encode: encodeRecord, decode: decodeRecord, whole: true }),
  format('checkpoint', checkpoint, { encode: encodeCheckpoint, decode: decodeCheckpoint, whole: true }),
  format('live message', live, { encode: encodeLive, decode: decodeLive, whole: true }),
  format('order', order, { encode: encodeOrder, decode: decodeOrder, whole: true }),
  format('client frame of one message', frame(connectionClientMessage, documentClientMessage).map(firstOnly), {
    encode: ({ channel, messages }) => encodeFrame(channel, messages),
    decode: decodeClientFrame,
    whole: true,
  }),
  format('relay frame of one message', frame(connectionRelayMessage, documentRelayMessage).map(firstOnly), {
    encode: ({ channel, messages }) => encodeFrame(channel, messages),
    decode: decodeRelayFrame,
    whole: true,
  }),
  format('peer frame of one message', frame(connectionPeerMessage, documentPeerMessage).map(firstOnly), {
    encode: ({ channel, messages }) => encodePeerFrame(channel, messages),
    decode: decodePeerFrame,
    whole: true,
  }),
  format('client frame', frame(connectionClientMessage, documentClientMessage), {
    encode: ({ channel, messages }) => encodeFrame(channel, messages),
    decode: decodeClientFrame,
    whole: false,
  }),
  format('relay frame', frame(connectionRelayMessage, documentRelayMessage), {
    encode: ({ channel, messages }) => encodeFrame(channel, messages),
    decode: decodeRelayFrame,
    whole: false,
  }),
  format('peer frame', frame(connectionPeerMessage, documentPeerMessage), {
    encode: ({ channel, messages }) => encodePeerFrame(channel, messages),
    decode: decodePeerFrame,
    whole: false,
  }),
];

function firstOnly<M>({ channel, messages }: { channel: number; messages: M[] }) {
  return { channel, messages: messages.slice(0, 1) };
}

function accepted(format: Format<unknown>, bytes: Bytes): boolean {
  const decoded = format.decode(bytes);
  if (decoded.ok) expect(format.encode(decoded.value)).toEqual(bytes);
  return decoded.ok;
}

describe.each(formats)('$name', (format) => {
  it('[ENC-2] decodes to what was encoded, consuming all of it', () => {
    fc.assert(
      fc.property(format.values, (value) => {
        expect(format.decode(format.encode(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it('[ENC-2] refuses every truncation, or reads it as what it then spells', () => {
    fc.assert(
      fc.property(format.values, fc.nat(), (value, cut) => {
        const bytes = format.encode(value);
        const kept = accepted(format, bytes.subarray(0, cut % bytes.length));
        if (format.whole) expect(kept).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('[ENC-1, ENC-4] one meaning, one spelling: a changed byte is refused or spells something else', () => {
    fc.assert(
      fc.property(format.values, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, place, change) => {
        const bytes = format.encode(value).slice();
        const at = place % bytes.length;
        bytes[at] = (bytes[at] as number) ^ change;
        accepted(format, bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('[ENC-2] never throws on bytes of chance', () => {
    fc.assert(
      fc.property(bytesUpTo(200), (bytes) => {
        accepted(format, bytes);
      }),
      { numRuns: 300 },
    );
  });
});

describe.each(formats.filter(({ whole }) => whole))('$name', (format) => {
  it('[ENC-2] refuses a byte left over', () => {
    fc.assert(
      fc.property(format.values, bytesUpTo(3), (value, more) => {
        const bytes = concat(format.encode(value), Uint8Array.of(0), more);
        if (!format.name.includes('frame')) expect(format.decode(bytes).ok).toBe(false);
        else accepted(format, bytes);
      }),
    );
  });
});

describe('peeks', () => {
  const mutated = <T>(values: fc.Arbitrary<T>, encode: (value: T) => Bytes) =>
    fc.tuple(values, fc.nat(), fc.nat(255), fc.nat()).map(([value, place, change, cut]) => {
      const bytes = encode(value).slice();
      bytes[place % bytes.length] = change;
      return cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes;
    });

  it('[ENC-2] peekRecord says of any bytes what decodeRecord says', () => {
    fc.assert(
      fc.property(mutated(record, encodeRecord), (bytes) => {
        const decoded = decodeRecord(bytes);
        const peeked = peekRecord(bytes);
        if (decoded.ok) {
          const { gen, session, n } = decoded.value;
          expect(peeked).toEqual({ ok: true, value: { gen, session, n } });
        } else {
          expect(peeked).toEqual(decoded);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('[ENC-2] peekLive says of any bytes what decodeLive says', () => {
    fc.assert(
      fc.property(mutated(live, encodeLive), (bytes) => {
        const decoded = decodeLive(bytes);
        const peeked = peekLive(bytes);
        if (decoded.ok) {
          const { type, gen, session, count } = decoded.value;
          expect(peeked).toEqual({ ok: true, value: { type, gen, session, count } });
        } else {
          expect(peeked).toEqual(decoded);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('base64url', () => {
  it('[ENC-3] is what the platform writes, and inverts', () => {
    fc.assert(
      fc.property(bytesUpTo(50), (bytes) => {
        const text = encodeBase64url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64url'));
        expect(decodeBase64url(text)).toEqual({ ok: true, value: bytes });
      }),
    );
  });

  it('[ENC-3] has one spelling: any text is refused or printed the same', () => {
    const character = fc.constantFrom(...'ABCxyz019-_+/= é\n');
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 12 }), (text) => {
        const decoded = decodeBase64url(text);
        if (decoded.ok) expect(encodeBase64url(decoded.value)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['A', 'AB', 'AAB', 'AA==', 'A+AA', 'A/AA', 'AAA=', 'AAAé'])('[ENC-3] refuses %s', (text) => {
    expect(decodeBase64url(text)).toEqual({ ok: false, error: 'bad_message' });
  });
});

describe('varint', () => {
  it.each([
    ['cut', [0x80]],
    ['longer than needed', [0x81, 0x00]],
    ['zero spelt long', [0x80, 0x80, 0x00]],
    ['2^53', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]],
    ['eight bytes full', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['nine bytes', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
  ])('[ENC-1] refuses one that is %s', (_, bytes) => {
    expect(decodeVarint(Uint8Array.from(bytes))).toEqual({ ok: false, error: 'bad_message' });
  });

  it('[ENC-1] takes 2^53-1 in eight bytes', () => {
    const bytes = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f);
    expect(decodeVarint(bytes)).toEqual({ ok: true, value: Number.MAX_SAFE_INTEGER });
  });

  it('[ENC-1] is never encoded from what is no such integer', () => {
    for (const value of [-1, 1.5, Number.NaN, 2 ** 53]) expect(() => encodeVarint(value)).toThrow(RangeError);
  });
});
