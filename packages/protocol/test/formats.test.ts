/** Refusals of the codecs that the properties do not name one by one. */
import { describe, expect, it } from 'vitest';
import {
  CLIENT_ERRORS,
  checkHeader,
  decodeClientFrame,
  decodeRecord,
  decodeRelayFrame,
  ERRORS,
  encodeCheckpoint,
  encodeFrame,
  encodeHeader,
  encodeLive,
  encodeOrder,
  encodeRecord,
  encodeRelayMessage,
  encodeVector,
  errorCode,
  errorName,
  frameOf,
  fromHex,
  MAX_FRAME_BYTES,
  MAX_RECORD_BYTES,
  mayRetry,
  type SealedRecord,
} from '../src/index.ts';

const session = new Uint8Array(16).fill(7);
const record: SealedRecord = {
  type: 1,
  flags: 0,
  gen: 0,
  session,
  n: 0,
  deps: [],
  ciphertext: new Uint8Array(20),
  signature: new Uint8Array(64),
};

describe('errors', () => {
  it('have the codes of the table, and a name for each', () => {
    for (const { code, name } of ERRORS) {
      expect(errorCode(name)).toBe(code);
      expect(errorName(code)).toBe(name);
    }
    expect(errorName(0)).toBeUndefined();
    expect(errorName(ERRORS.length + 1)).toBeUndefined();
  });

  it('of a client alone have no code', () => {
    for (const name of CLIENT_ERRORS) expect(() => errorCode(name)).toThrow(RangeError);
  });

  it('tell which may be tried again', () => {
    expect(mayRetry('rate_limited')).toBe(true);
    expect(mayRetry('too_large')).toBe(false);
    expect(mayRetry('link_broken')).toBe(false);
  });
});

describe('records', () => {
  it('[REC-4] over 1 MiB are too large, at 1 MiB they are not', () => {
    const overhead = encodeRecord({ ...record, ciphertext: new Uint8Array(2 ** 20 - 200) }).length - (2 ** 20 - 200);
    const most = encodeRecord({ ...record, ciphertext: new Uint8Array(MAX_RECORD_BYTES - overhead) });
    expect(most.length).toBe(MAX_RECORD_BYTES);
    expect(decodeRecord(most).ok).toBe(true);
    const over = encodeRecord({ ...record, ciphertext: new Uint8Array(MAX_RECORD_BYTES - overhead + 1) });
    expect(decodeRecord(over)).toEqual({ ok: false, error: 'too_large' });
  });

  it('[ENC-4] of a newer version are unsupported, of an unknown type or flag bad', () => {
    const changed = (at: number, value: number) => {
      const bytes = encodeRecord(record);
      bytes[at] = value;
      return decodeRecord(bytes);
    };
    expect(changed(0, 2)).toEqual({ ok: false, error: 'unsupported_version' });
    expect(changed(1, 2)).toEqual({ ok: false, error: 'bad_message' });
    expect(changed(2, 2)).toEqual({ ok: false, error: 'bad_message' });
  });

  it('have bytes that are views of the input', () => {
    const bytes = encodeRecord(record);
    const decoded = decodeRecord(bytes);
    expect(decoded.ok && decoded.value.ciphertext.buffer).toBe(bytes.buffer);
  });
});

describe('frames', () => {
  const ping = encodeFrame(0, [{ type: 'ping', payload: new Uint8Array(8) }]);
  const bad = { ok: false, error: 'bad_message' };

  it('[CON-6] without a message, with an unknown one, or cut are bad', () => {
    expect(decodeClientFrame(new Uint8Array(0))).toEqual(bad);
    expect(decodeClientFrame(Uint8Array.of(0))).toEqual(bad);
    expect(decodeClientFrame(Uint8Array.of(0, 0x20, 0))).toEqual(bad);
    expect(decodeClientFrame(ping.subarray(0, -1))).toEqual(bad);
  });

  it('[CON-6] with a message of the other side are bad', () => {
    expect(decodeRelayFrame(ping)).toEqual(bad);
    expect(decodeClientFrame(encodeFrame(1, [{ type: 'erased' }]))).toEqual(bad);
  });

  it('[CON-6] with a message on a channel where it may not stand are bad', () => {
    expect(decodeClientFrame(Uint8Array.of(1, ...ping.subarray(1)))).toEqual(bad);
    expect(decodeClientFrame(Uint8Array.of(0, 0x03, 0))).toEqual(bad);
    expect(decodeRelayFrame(Uint8Array.of(0, 0x91, 0))).toEqual(bad);
  });

  it('[CON-6] over their size, or with a message over its bound, are bad', () => {
    expect(decodeClientFrame(new Uint8Array(MAX_FRAME_BYTES + 1))).toEqual(bad);
    const body = new Uint8Array(129);
    expect(decodeClientFrame(frameOf(1, [Uint8Array.of(0x09, 0x81, 0x01), body]))).toEqual(bad);
    expect(decodeClientFrame(frameOf(1, [Uint8Array.of(0x09, 0x80, 0x01), body.subarray(1)])).ok).toBe(true);
  });

  it('[CON-6] with an error code that nobody knows are bad', () => {
    expect(decodeRelayFrame(Uint8Array.of(0, 0x90, 2, ERRORS.length + 1, 0))).toEqual(bad);
    expect(decodeRelayFrame(Uint8Array.of(0, 0x90, 2, ERRORS.length, 0)).ok).toBe(true);
  });

  it('[CON-1] of a newer relay are told apart by their Welcome', () => {
    expect(decodeRelayFrame(Uint8Array.of(0, 0x81, 1, 2))).toEqual({ ok: false, error: 'unsupported_version' });
  });

  it('are the same whether built from messages or from encoded messages', () => {
    const messages = [
      { type: 'caughtUp', position: 300 },
      { type: 'peers', connections: 2 },
    ] as const;
    expect(frameOf(9, messages.map(encodeRelayMessage))).toEqual(encodeFrame(9, messages));
  });
});

describe('headers', () => {
  it('[HDR-1] that do not decode are refused before any signature is looked at', async () => {
    const verify = () => {
      throw new Error('asked');
    };
    const docId = new Uint8Array(20);
    expect(await checkHeader(docId, Uint8Array.of(2), verify)).toEqual({ ok: false, error: 'unsupported_version' });
    expect(await checkHeader(docId, new Uint8Array(2049), verify)).toEqual({ ok: false, error: 'too_large' });
  });
});

describe('encoders throw on what no decoder takes', () => {
  const hash = new Uint8Array(32);
  const signature = new Uint8Array(64);
  const unsorted = [
    { session, have: 1 },
    { session: new Uint8Array(16), have: 1 },
  ];
  const header = {
    kind: 1,
    editorsMayMove: false,
    seq: 1,
    gen: 0,
    owner: hash,
    edit: hash,
    read: hash,
    expiry: 0,
    maxBytes: 0,
    retention: 0,
    relays: [],
    signature,
  } as const;
  const checkpoint = {
    flags: 0,
    gen: 0,
    seq: 1,
    salt: session,
    retired: 0,
    frontier: [],
    ciphertext: new Uint8Array(16),
    signature,
  };

  it.each([
    ['a vector that does not ascend', () => encodeVector(unsorted)],
    ['a vector entry without records', () => encodeVector([{ session, have: 0 }])],
    ['a session of 15 bytes', () => encodeVector([{ session: session.subarray(1), have: 1 }])],
    ['a record with a flag of later', () => encodeRecord({ ...record, flags: 2 })],
    ['a record with 33 deps', () => encodeRecord({ ...record, deps: Array(33).fill({ session, n: 0 }) })],
    ['a header without the hash before', () => encodeHeader({ ...header, seq: 2, relays: [] })],
    ['a first header with a hash before', () => encodeHeader({ ...header, previous: hash, relays: [] })],
    [
      'a header with a long address',
      () => encodeHeader({ ...header, relays: [{ hostId: new Uint8Array(20), url: 'x'.repeat(201), role: 0 }] }),
    ],
    ['a checkpoint with seq 0', () => encodeCheckpoint({ ...checkpoint, seq: 0 })],
    [
      'a frontier entry without records',
      () => encodeCheckpoint({ ...checkpoint, frontier: [{ session, have: 0, hash }] }),
    ],
    [
      'presence with a signature',
      () => encodeLive({ type: 3, gen: 0, session, count: 0, ciphertext: session, signature }),
    ],
    ['an order with a short signature', () => encodeOrder({ action: 1, time: 0, signature: hash })],
    ['a body over its bound', () => encodeFrame(1, [{ type: 'order', order: new Uint8Array(129) }])],
    ['a text without UTF-8', () => encodeFrame(0, [{ ...welcome, software: '\ud800' }])],
    [
      'half a refusal',
      () => encodeFrame(1, [{ type: 'refused', refused: 'append', error: 'expired', retryAfterMs: 0 }]),
    ],
  ])('%s', (_, encode) => {
    expect(encode).toThrow(RangeError);
  });

  const welcome = {
    type: 'welcome',
    version: 1,
    nonce: hash,
    time: 0,
    software: '',
    maxRecordBytes: 0,
    maxCheckpointBytes: 0,
    maxDocumentBytes: 0,
    maxExpirySeconds: 0,
    defaultExpirySeconds: 0,
  } as const;

  it('hexadecimal of an odd length or another letter is none', () => {
    expect([fromHex('0'), fromHex('0G'), fromHex('0A')]).toEqual([undefined, undefined, undefined]);
    expect(fromHex('0a')).toEqual(Uint8Array.of(10));
  });
});
