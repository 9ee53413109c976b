/** What hosts sign, where the vectors do not say it: signing, bounds, and what an encoder must not make. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkFact,
  checkManifest,
  decodeFact,
  encodeFact,
  type FactKind,
  fingerprintOf,
  foreignIdOf,
  hostIdOf,
  LOAD,
  type Load,
  MANIFEST,
  MAX_UNITS,
  type Manifest,
  type ServiceLoad,
  STATEMENT,
  type Statement,
  shortHostId,
  signFact,
  toHex,
  VOUCHER,
  type Voucher,
} from '../../src/index.ts';
import { nobleSuite } from '../../src/secret/index.ts';
import { bytes } from '../arbitraries.ts';
import { SUITES } from '../suites.ts';
import { directory, load, manifest, statement, voucher } from './arbitraries.ts';

const NOW = 1_800_000_000;
const key = new Uint8Array(32).fill(1);
const signature = new Uint8Array(64).fill(2);

const aManifest: Manifest = {
  seq: 1,
  issued: NOW,
  expires: NOW + 60,
  name: 'Hôte',
  organisation: '',
  contact: '',
  country: 'FR',
  url: 'https://example.org',
  languages: [],
  welcome: [],
  services: [],
  limits: [],
  retentionDays: 0,
  legalUrl: '',
  software: 'archipel',
  softwareVersion: '0.1.0',
  peers: [],
};
const aVoucher: Voucher = {
  audience: new Uint8Array(20),
  service: 'docs',
  units: 4,
  maxBytes: 0,
  ttlSeconds: 0,
  nonce: new Uint8Array(16),
  issued: NOW,
  expires: NOW + 300,
};
const aStatement: Statement = {
  docId: new Uint8Array(20),
  time: NOW,
  headerSeq: 1,
  expiry: 0,
  checkpointSeq: 0,
  frontier: [],
};
const docs: ServiceLoad = { service: 'docs', capacity: 9, present: 1, committed: 2, accepting: true, draining: false };

function make<T>(kind: FactKind<T>, fact: T): () => unknown {
  return () => encodeFact(kind, { key, fact, signature });
}

describe.each(SUITES)('facts signed by $name', ({ suite }) => {
  it('[FACT-2] are taken as they were signed, and with no byte changed', async () => {
    const signer = await suite.signer(new Uint8Array(32).fill(7));
    const bytes = await signFact(MANIFEST, aManifest, signer);
    const checked = await checkManifest(bytes, { nowSeconds: NOW, host: hostIdOf(signer.publicKey) }, suite.verify);
    expect(checked).toEqual({
      ok: true,
      value: { key: signer.publicKey, fact: aManifest, signature: bytes.slice(-64) },
    });
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = bytes.with(at, (bytes[at] as number) ^ 1);
      expect((await checkManifest(changed, { nowSeconds: NOW }, suite.verify)).ok).toBe(false);
    }
  });
});

describe('facts', () => {
  it('[FACT-2] of one kind are never taken for another, though the bytes be turned', async () => {
    const signer = await nobleSuite.signer(new Uint8Array(32).fill(7));
    const kinds = [MANIFEST, LOAD, VOUCHER, STATEMENT] as FactKind<unknown>[];
    const facts = [aManifest, { timeMs: 1, services: [] }, aVoucher, aStatement];
    for (const [i, kind] of kinds.entries()) {
      const bytes = await signFact(kind, facts[i], signer);
      for (const other of kinds.filter((one) => one !== kind)) {
        expect(decodeFact(other, bytes)).toEqual({ ok: false, error: 'bad_message' });
        const turned = bytes.with(1, other.type);
        expect((await checkFact(other, turned, {}, nobleSuite.verify)).ok).toBe(false);
      }
      // The label alone tells them apart where a payload fits two kinds.
      const relabelled: FactKind<unknown> = { ...kind, label: 'arc1 other' };
      expect(await checkFact(relabelled, bytes, {}, nobleSuite.verify)).toEqual({ ok: false, error: 'bad_signature' });
    }
  });

  it('[FACT-1, LOAD-3] a load with all the services there may be fits its 512 bytes', () => {
    const services = Array.from({ length: 12 }, (_, i) => ({
      service: `a-service-in-${String(i).padStart(3, '0')}`,
      capacity: MAX_UNITS,
      present: MAX_UNITS,
      committed: MAX_UNITS,
      accepting: false,
      draining: true,
    }));
    const fact = { timeMs: Number.MAX_SAFE_INTEGER, services };
    expect(encodeFact(LOAD, { key, fact, signature }).length).toBeLessThanOrEqual(512);
  });

  it('[FACT-1, STM-1] a statement with all the sessions there may be fits its 256 KiB', () => {
    const frontier = Array.from({ length: 4096 }, (_, i) => {
      const session = new Uint8Array(16);
      new DataView(session.buffer).setUint32(0, i);
      return { session, have: Number.MAX_SAFE_INTEGER, hash: new Uint8Array(32) };
    });
    const encoded = encodeFact(STATEMENT, { key, fact: { ...aStatement, frontier }, signature });
    expect(encoded.length).toBeLessThanOrEqual(256 * 1024);
    expect(decodeFact(STATEMENT, encoded).ok).toBe(true);
  });

  it('[FACT-1, FACT-6] are not made from what nobody would take', () => {
    const wrong: Partial<Manifest>[] = [
      { seq: 0 },
      { expires: NOW },
      { expires: NOW + 7 * 86_400 + 1 },
      { name: '' },
      { name: ' spaced' },
      { name: 'spaced ' },
      { name: 'two\nlines' },
      { name: 'turned \u202e round' },
      { name: 'é'.repeat(41) },
      { country: 'fr' },
      { url: 'http://example.org' },
      { legalUrl: 'https://example.org' },
      { languages: ['fr', 'en'] },
      { languages: ['FR'] },
      { welcome: ['Everyone'] },
      { welcome: ['a', 'a'] },
      { position: { latitude: 9001, longitude: 0 } },
      { position: { latitude: 0, longitude: 18_000 } },
      { position: { latitude: 0.5, longitude: 0 } },
      { services: [{ service: 'docs', capacity: MAX_UNITS + 1 }] },
      { services: Array.from({ length: 13 }, (_, i) => ({ service: `a${String(i).padStart(2, '0')}`, capacity: 1 })) },
      { limits: [{ name: 'a-word-too-long-for-a-limit-by-one', value: 1 }] },
      { peers: [{ hostId: new Uint8Array(8), url: 'https://example.org' }] },
    ];
    for (const change of wrong) expect(make(MANIFEST, { ...aManifest, ...change }), JSON.stringify(change)).toThrow();
    expect(make(MANIFEST, aManifest)).not.toThrow();
    const loads: Load[] = [
      { timeMs: 1, services: [{ ...docs, draining: true }] },
      { timeMs: 1, services: [{ ...docs, present: MAX_UNITS + 1 }] },
      { timeMs: 1, services: [docs, docs] },
    ];
    for (const wrongLoad of loads) expect(make(LOAD, wrongLoad)).toThrow(RangeError);
    for (const change of [{ units: 0 }, { units: MAX_UNITS + 1 }, { expires: NOW + 301 }, { service: '' }]) {
      expect(make(VOUCHER, { ...aVoucher, ...change })).toThrow(RangeError);
    }
    const entry = { session: new Uint8Array(16), have: 1, hash: new Uint8Array(32) };
    for (const change of [
      { headerSeq: 0 },
      { checkpointSeq: 1 },
      { checkpointHash: new Uint8Array(32) },
      { frontier: [entry, entry] },
      { frontier: [{ ...entry, have: 0 }] },
    ]) {
      expect(make(STATEMENT, { ...aStatement, ...change })).toThrow(RangeError);
    }
    expect(() => encodeFact(LOAD, { key, fact: { timeMs: 1, services: [] }, signature: key })).toThrow(RangeError);
  });

  it('[FACT-1] over its bound is not made either', () => {
    const peers = Array.from({ length: 32 }, (_, i) => ({
      hostId: new Uint8Array(20).fill(i),
      url: `https://${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.org`,
    }));
    const limits = Array.from({ length: 32 }, (_, i) => ({
      name: `a-limit-no-${String(i).padStart(5, '0')}`,
      value: Number.MAX_SAFE_INTEGER,
    }));
    const legalUrl = `https://example.org/${'a'.repeat(180)}`;
    const texts = { organisation: 'o'.repeat(120), contact: 'c'.repeat(200) };
    expect(make(MANIFEST, { ...aManifest, ...texts, legalUrl, limits, peers })).toThrow(/too long/);
  });

  it('[FACT-1, ENC-2] never make a decoder throw: bytes of one kind under the type of another', () => {
    const facts = { manifest, load, voucher, statement, directory };
    const kinds = [MANIFEST, LOAD, VOUCHER, STATEMENT] as FactKind<unknown>[];
    fc.assert(
      fc.property(facts.manifest, fc.constantFrom(...kinds), (fact, other) => {
        const encoded = encodeFact(MANIFEST, { key, fact, signature }).with(1, other.type);
        const decoded = decodeFact(other, encoded);
        if (decoded.ok) expect(encodeFact(other, decoded.value)).toEqual(encoded);
      }),
    );
  });
});

describe('names of hosts', () => {
  it('[FACT-3] are 20 bytes of the hash of the key, in the directory the first 8 of them', () => {
    expect(toHex(hostIdOf(key))).toBe('c0d00fcf5a6ac1f721db0b6ab0906274b8c3c1c5');
    expect(toHex(shortHostId(hostIdOf(key)))).toBe('c0d00fcf5a6ac1f7');
    expect(foreignIdOf('https://example.org/pads')).toHaveLength(8);
    expect(foreignIdOf('https://example.org/pads')).not.toEqual(foreignIdOf('https://example.org/pad'));
  });

  it('[FACT-4] have a fingerprint without characters that look alike', () => {
    fc.assert(
      fc.property(bytes(20), (id) => {
        expect(fingerprintOf(id)).toMatch(/^([AC-FHJKMNPQRTV-Y2-9]{4}-){4}[AC-FHJKMNPQRTV-Y2-9]{4}$/);
      }),
    );
    expect(fingerprintOf(new Uint8Array(20))).toBe('AAAA-AAAA-AAAA-AAAA-AAAA');
    expect(fingerprintOf(new Uint8Array(20).with(19, 27))).toBe('AAAA-AAAA-AAAA-AAAA-AACC');
    expect(fingerprintOf(hostIdOf(key))).toBe('Q2N5-J4V4-8MWN-D7V4-EAAT');
    expect(() => fingerprintOf(key)).toThrow(RangeError);
  });
});
