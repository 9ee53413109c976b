/** Each kind of fact inverts, and has one spelling. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bytes,
  concat,
  DIRECTORY,
  decodeFact,
  encodeFact,
  type FactKind,
  LOAD,
  MANIFEST,
  type Signed,
  STATEMENT,
  VOUCHER,
} from '../../src/index.ts';
import { bytesUpTo } from '../arbitraries.ts';
import { directory, load, manifest, signed, statement, voucher } from './arbitraries.ts';

interface Kind {
  name: string;
  kind: FactKind<unknown>;
  values: fc.Arbitrary<Signed<unknown>>;
}

function of<T>(name: string, kind: FactKind<T>, facts: fc.Arbitrary<T>): Kind {
  return { name, kind: kind as FactKind<unknown>, values: signed(facts) };
}

const kinds = [
  of('manifest', MANIFEST, manifest),
  of('load', LOAD, load),
  of('voucher', VOUCHER, voucher),
  of('statement', STATEMENT, statement),
  of('directory', DIRECTORY, directory),
];

function accepted(kind: FactKind<unknown>, bytes: Bytes): boolean {
  const decoded = decodeFact(kind, bytes);
  if (decoded.ok) expect(encodeFact(kind, decoded.value)).toEqual(bytes);
  return decoded.ok;
}

describe.each(kinds)('$name', ({ kind, values }) => {
  it('[FACT-1, ENC-2] decodes to what was encoded, consuming all of it', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(decodeFact(kind, encodeFact(kind, value))).toEqual({ ok: true, value });
      }),
    );
  });

  it('[FACT-1, ENC-2] refuses every truncation and every byte left over', () => {
    fc.assert(
      fc.property(values, fc.nat(), bytesUpTo(3), (value, cut, more) => {
        const bytes = encodeFact(kind, value);
        expect(decodeFact(kind, bytes.subarray(0, cut % bytes.length)).ok).toBe(false);
        expect(decodeFact(kind, concat(bytes, Uint8Array.of(0), more)).ok).toBe(false);
      }),
    );
  });

  it('[FACT-1, ENC-1, ENC-4] one meaning, one spelling: a changed byte is refused or spells something else', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, place, change) => {
        const bytes = encodeFact(kind, value).slice();
        const at = place % bytes.length;
        bytes[at] = (bytes[at] as number) ^ change;
        accepted(kind, bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it('[FACT-1] never throws on bytes of chance, with or without an envelope around them', () => {
    fc.assert(
      fc.property(bytesUpTo(100), (bytes) => {
        accepted(kind, bytes);
        const head = concat(Uint8Array.of(1, kind.type), new Uint8Array(32), Uint8Array.of(bytes.length));
        accepted(kind, concat(head, bytes, new Uint8Array(64)));
      }),
      { numRuns: 500 },
    );
  });

  it('[FACT-1] is refused as too large before anything is read', () => {
    const bytes = new Uint8Array(kind.maxBytes + 1);
    expect(decodeFact(kind, bytes)).toEqual({ ok: false, error: 'too_large' });
    expect(decodeFact(kind, bytes.subarray(1))).toEqual({ ok: false, error: 'unsupported_version' });
  });
});
