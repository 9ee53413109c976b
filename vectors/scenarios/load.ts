import { concat, encodeVarint, LOAD, type Load, MANIFEST, type ServiceLoad, signFact } from '@archipel/protocol';
import { flip, type Scenario, splice } from '../scenario.ts';
import type { World } from '../world.ts';
import { field, type Host, hostOf, NOW, scenariosOf, signPayload } from './facts.ts';

const NOW_MS = NOW * 1000;
const DOCS: ServiceLoad = {
  service: 'docs',
  capacity: 400,
  present: 120,
  committed: 150,
  accepting: true,
  draining: false,
};
const FILES: ServiceLoad = { ...DOCS, service: 'files', accepting: false };
const ROOMS: ServiceLoad = { ...DOCS, service: 'rooms', accepting: false, draining: true };
const LOADED: Load = { timeMs: NOW_MS, services: [DOCS, FILES, ROOMS] };

function service(name: string, flags: number, capacity = 400) {
  return concat(field(name), Uint8Array.of(flags), encodeVarint(capacity), encodeVarint(1), encodeVarint(2));
}

function payload(...services: ReturnType<typeof service>[]) {
  return concat(encodeVarint(NOW_MS), Uint8Array.of(services.length), ...services);
}

async function wrongPayloads(host: Host, check: ReturnType<typeof scenariosOf>): Promise<Scenario[]> {
  const docs = service('docs', 1);
  const wrong = async (name: string, rule: string, description: string, bytes: ReturnType<typeof service>) =>
    check(name, [rule], description, { load: await signPayload(LOAD, bytes, host) }, 'bad_message');
  return [
    await wrong('classes-twice', 'FACT-6', 'A class twice.', payload(docs, docs)),
    await wrong('classes-unsorted', 'FACT-6', 'Classes in another order.', payload(service('rooms', 1), docs)),
    await wrong('class-empty', 'FACT-6', 'A class without a name.', payload(service('', 1))),
    await wrong('accepting-and-draining', 'LOAD-3', 'It cannot be both.', payload(service('docs', 3))),
    await wrong('reserved-flag', 'ENC-4', 'Flag bit 2 is not in use.', payload(service('docs', 4))),
    await wrong('units-too-many', 'LOAD-3', '2^28 units.', payload(service('docs', 1, 2 ** 28))),
    await wrong('payload-left-over', 'ENC-2', 'A signed byte too many.', concat(payload(docs), Uint8Array.of(0))),
    await wrong(
      'count-beyond-end',
      'ENC-2',
      'Two services are announced, one is there.',
      splice(payload(docs), 6, 1, 2),
    ),
  ];
}

export async function loadScenarios({ suite }: World): Promise<Scenario[]> {
  const host = await hostOf(suite, 0x21);
  const other = await hostOf(suite, 0x22);
  const load = await signFact(LOAD, LOADED, host.signer);
  const check = scenariosOf('load', 'checkLoad', { nowMs: NOW_MS });
  const decode = scenariosOf('load', 'decodeLoad', {});
  const told = { value: { host: host.id, timeMs: NOW_MS } };
  const decoded = { key: host.signer.publicKey, fact: LOADED, signature: load.slice(-64) };
  const asManifest = await signFact({ ...LOAD, label: MANIFEST.label }, LOADED, host.signer);
  const idle = await signFact(LOAD, { timeMs: NOW_MS, services: [] }, host.signer);
  return [
    decode(
      'decoded',
      ['FACT-1'],
      'A class that accepts, one that does not, one that is drained.',
      { load },
      { value: decoded },
    ),
    check('accepted', ['FACT-2', 'FACT-3'], 'Of the host that was asked.', { load, host: host.id }, told),
    check('without-services', ['FACT-1'], 'A host that offers nothing just now.', { load: idle }, told),
    check('newer', ['LOAD-2'], 'A millisecond newer than the last one.', { load, afterMs: NOW_MS - 1 }, told),
    check('replayed', ['LOAD-2'], 'The last one again.', { load, afterMs: NOW_MS }, 'stale_fact'),
    check('older', ['LOAD-2'], 'One from before the last one.', { load, afterMs: NOW_MS + 1 }, 'stale_fact'),
    check('five-minutes-old', ['LOAD-1'], 'Just new enough.', { load, nowMs: NOW_MS + 300_000 }, told),
    check('too-old', ['LOAD-1'], 'A millisecond older.', { load, nowMs: NOW_MS + 300_001 }, 'expired'),
    check('a-minute-ahead', ['FACT-5'], 'Made 60 s from now.', { load, nowMs: NOW_MS - 60_000 }, told),
    check('from-the-future', ['FACT-5'], 'A millisecond more.', { load, nowMs: NOW_MS - 60_001 }, 'from_future'),
    check('of-another-host', ['FACT-3'], 'Of a host that was not asked.', { load, host: other.id }, 'wrong_host'),
    check(
      'tampered-present',
      ['FACT-2'],
      'Fewer present under the old signature.',
      { load: flip(load, 51) },
      'bad_signature',
    ),
    check(
      'tampered-signature',
      ['FACT-2'],
      'A bit of the signature changed.',
      { load: flip(load, -64) },
      'bad_signature',
    ),
    check(
      'label-of-manifest',
      ['FACT-2', 'ENC-5'],
      'Signed with another label.',
      { load: asManifest },
      'bad_signature',
    ),
    check('type-of-voucher', ['FACT-1'], 'Says that it is a voucher.', { load: splice(load, 1, 1, 3) }, 'bad_message'),
    check('version-2', ['ENC-4'], 'A newer version.', { load: splice(load, 0, 1, 2) }, 'unsupported_version'),
    check('truncated', ['ENC-2'], 'The last byte is missing.', { load: load.slice(0, -1) }, 'bad_message'),
    check('left-over', ['ENC-2'], 'A byte too many.', { load: concat(load, Uint8Array.of(0)) }, 'bad_message'),
    check('oversize', ['FACT-1'], '513 bytes.', { load: concat(load, new Uint8Array(513 - load.length)) }, 'too_large'),
    ...(await wrongPayloads(host, check)),
  ];
}
