import { DIRECTORY, DIRECTORY_NO_REPORT, type ListedHost, shareCode, signFact, weightCode } from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';
import { describe, expect, it } from 'vitest';
import { fullestOf, middleOf } from '../src/hosts/words.ts';
import { keptHosts } from '../src/network/kept-hosts.ts';

const ISSUED = 1_800_000_000;
const now = () => (ISSUED + 3600) * 1000;

function listed(digit: number, changes: Partial<ListedHost>): ListedHost {
  return {
    id: new Uint8Array(8).fill(digit),
    url: `https://h${digit}.example`,
    country: 'FR',
    vouched: false,
    newcomer: false,
    foreign: false,
    age: 1,
    profile: { languages: [], welcome: [], softwareVersion: '' },
    services: [{ service: 'docs', weight: weightCode(100), share: shareCode(0.5) }],
    ...changes,
  };
}

async function directory(hosts: ListedHost[]): Promise<Uint8Array> {
  const signer = await webSuite.signer(new Uint8Array(32).fill(7));
  return signFact(DIRECTORY, { portal: 'Phare', issued: ISSUED, expires: ISSUED + 86_400, hosts }, signer);
}

describe('the hosts that this browser has kept', () => {
  it('are those of the signed directory, with what was known of each when it was signed', async () => {
    const full = [{ service: 'docs', weight: 0, share: shareCode(1) }];
    const bytes = await directory([
      listed(1, {}),
      listed(2, { newcomer: true }),
      listed(3, { services: full }),
      listed(4, { age: DIRECTORY_NO_REPORT }),
      listed(5, { age: 60 }),
      listed(6, { foreign: true, profile: { languages: [], welcome: [], softwareVersion: 'Etherpad 2.5.0' } }),
    ]);
    const kept = await keptHosts(async () => bytes, now);
    expect(kept).toMatchObject({ portal: 'Phare', atMs: ISSUED * 1000 });
    expect(kept?.hosts.map(({ standing }) => standing)).toEqual([
      'room',
      'waiting',
      'full',
      'unknown',
      'unknown',
      'room',
    ]);
    expect(kept?.hosts[0]).toMatchObject({ id: '01'.repeat(8), url: 'https://h1.example', isForeign: false });
    expect(kept?.hosts[0]?.share).toBeCloseTo(0.5, 1);
    expect([kept?.hosts[3]?.share, kept?.hosts[5]?.share]).toEqual([undefined, undefined]);
    expect(kept?.hosts[5]).toMatchObject({ software: 'Etherpad 2.5.0', isForeign: true });
  });

  it('are none when nothing is kept, when its time is over, or when somebody else wrote it', async () => {
    const bytes = await directory([listed(1, {})]);
    expect(await keptHosts(async () => undefined, now)).toBeUndefined();
    expect(
      await keptHosts(
        async () => bytes,
        () => (ISSUED + 90_000) * 1000,
      ),
    ).toBeUndefined();
    const changed = bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1);
    expect(await keptHosts(async () => changed, now)).toBeUndefined();
  });
});

describe('the load over time', () => {
  it('says the fullest time, the latest of several, and what is usual', () => {
    expect(fullestOf({ fullest: [null, 0.9, 0.2, 0.9, null, 0.1] })).toEqual({ share: 0.9, index: 3 });
    expect(middleOf({ fullest: [null, 0.9, 0.2, 0.3] })).toBe(0.3);
    expect(fullestOf({ fullest: [null, null] })).toBeUndefined();
    expect(middleOf({ fullest: [] })).toBe(0);
  });
});
