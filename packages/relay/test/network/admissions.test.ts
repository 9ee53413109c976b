import { describe, expect, it, onTestFinished } from 'vitest';
import { type Admissions, MemoryAdmissions } from '../../src/store/admissions.ts';
import { openAdmissions } from '../../src/store/admissions-sqlite.ts';
import { makeFolder } from '../support/relay.ts';

const DAY = 20_000;
const NOW = 1_800_000_000;
const bytes = (fill: number, length: number) => new Uint8Array(length).fill(fill);
const ISSUER = bytes(1, 20);
const NONCE = bytes(2, 16);

const opened = (admissions: Admissions): Admissions => {
  onTestFinished(() => admissions.close());
  return admissions;
};

describe.each([
  ['in memory', () => opened(new MemoryAdmissions())],
  ['in a file', () => opened(openAdmissions(makeFolder()))],
])('admissions %s', (_where, open) => {
  it('count by day and kind, never under 0', () => {
    const admissions = open();
    expect(admissions.count(DAY, 'a')).toBe(0);
    admissions.add(DAY, 'a', 1);
    admissions.add(DAY, 'a', 2);
    admissions.add(DAY, 'b', 5);
    admissions.add(DAY + 1, 'a', 7);
    expect([admissions.count(DAY, 'a'), admissions.count(DAY, 'b'), admissions.count(DAY + 1, 'a')]).toEqual([3, 5, 7]);
    admissions.add(DAY, 'a', -9);
    admissions.add(DAY, 'new', -1);
    expect([admissions.count(DAY, 'a'), admissions.count(DAY, 'new')]).toEqual([0, 0]);
  });

  it('take each nonce of an issuer once, until it is given back or forgotten', () => {
    const admissions = open();
    expect(admissions.useNonce(ISSUER, NONCE, NOW + 10)).toBe(true);
    expect(admissions.useNonce(ISSUER, NONCE, NOW + 10)).toBe(false);
    expect(admissions.useNonce(bytes(9, 20), NONCE, NOW + 10)).toBe(true);
    admissions.giveBackNonce(ISSUER, NONCE);
    expect(admissions.useNonce(ISSUER, NONCE, NOW + 10)).toBe(true);
    admissions.forget(DAY, NOW + 9);
    expect(admissions.useNonce(ISSUER, NONCE, NOW + 10)).toBe(false);
    admissions.forget(DAY, NOW + 10);
    expect(admissions.useNonce(ISSUER, NONCE, NOW + 20)).toBe(true);
  });

  it('hold promised room until it is used or over, and use it once', () => {
    const admissions = open();
    expect(admissions.promised(NOW)).toEqual({ documents: 0, units: 0 });
    admissions.promise({ nonce: NONCE, units: 4, until: NOW + 300 });
    admissions.promise({ nonce: bytes(3, 16), units: 6, until: NOW + 10 });
    expect(admissions.promised(NOW)).toEqual({ documents: 2, units: 10 });
    expect(admissions.promised(NOW + 10)).toEqual({ documents: 1, units: 4 });
    expect(admissions.takePromise(bytes(3, 16), NOW + 10)).toBeUndefined();
    expect(admissions.takePromise(NONCE, NOW + 10)).toEqual({ nonce: NONCE, units: 4, until: NOW + 300 });
    expect(admissions.takePromise(NONCE, NOW + 10)).toBeUndefined();
    expect(admissions.promised(NOW + 10)).toEqual({ documents: 0, units: 0 });
  });

  it('forget the days before', () => {
    const admissions = open();
    admissions.add(DAY, 'a', 1);
    admissions.add(DAY + 1, 'a', 1);
    admissions.forget(DAY + 1, NOW);
    expect([admissions.count(DAY, 'a'), admissions.count(DAY + 1, 'a')]).toEqual([0, 1]);
  });
});

describe('admissions in a file', () => {
  it('are there after the next start, also when nobody closed it', () => {
    const folder = makeFolder();
    const before = opened(openAdmissions(folder));
    before.add(DAY, 'a', 3);
    before.useNonce(ISSUER, NONCE, NOW + 10);
    before.promise({ nonce: NONCE, units: 4, until: NOW + 300 });
    const after = opened(openAdmissions(folder));
    expect(after.count(DAY, 'a')).toBe(3);
    expect(after.useNonce(ISSUER, NONCE, NOW + 10)).toBe(false);
    expect(after.promised(NOW)).toEqual({ documents: 1, units: 4 });
  });

  it('that cannot be opened say which file', () => {
    expect(() => openAdmissions('/proc/nowhere')).toThrow(/network\.db cannot be used \(ENOENT\)/);
  });
});
