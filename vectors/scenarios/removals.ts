import { concat, encodeVarint, LOAD, REMOVALS, type Removals, signFact } from '@archipel/protocol';
import { flip, type Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { field, hostOf, NOW, payloadOf, scenariosOf, signPayload, swap } from './facts.ts';

const DAY = 86_400;
const PERIOD = concat(encodeVarint(NOW), encodeVarint(NOW + DAY));

export async function removalsScenarios({ suite, keys, other }: World): Promise<Scenario[]> {
  const host = await hostOf(suite, 0x21);
  const stranger = await hostOf(suite, 0x22);
  const ids = [keys.docId, other.docId].sort(Buffer.compare);
  const removed = [
    { docId: ids[0] as Uint8Array, category: 'malware', time: NOW - 60 },
    { docId: ids[1] as Uint8Array, category: 'a-word.of-later', time: NOW - DAY },
  ];
  const fact: Removals = { issued: NOW, expires: NOW + DAY, removed };
  const removals = await signFact(REMOVALS, fact, host.signer);
  const payload = payloadOf(removals);
  const none = await signFact(REMOVALS, { ...fact, removed: [] }, host.signer);
  const asLoad = await signFact({ ...REMOVALS, label: LOAD.label }, fact, host.signer);
  const of = (bytes: Uint8Array) => signPayload(REMOVALS, bytes, host).then((made) => ({ removals: made }));
  const entry = (i: number) => {
    const { docId, category, time } = removed[i] as (typeof removed)[number];
    return concat(docId, field(category), encodeVarint(time));
  };
  const listed = (count: number, ...entries: number[]) =>
    of(concat(PERIOD, encodeVarint(count), ...entries.map(entry)));
  const check = scenariosOf('removals', 'checkRemovals', { now: NOW, host: host.id });
  const decode = scenariosOf('removals', 'decodeRemovals', {});
  const told = { value: { host: host.id, issued: NOW } };
  const decoded = { value: { key: host.signer.publicKey, fact, signature: removals.slice(-64) } };
  const long = swap(payload, PERIOD, concat(encodeVarint(NOW), encodeVarint(NOW + 8 * DAY)));
  const upper = swap(payload, field('malware'), field('Malware'));
  return [
    decode('decoded', ['REM-5', 'REM-1'], 'Two ids, one for a reason that is not known.', { removals }, decoded),
    check('accepted', ['REM-5', 'REM-6'], 'Of the host that is followed.', { removals }, told),
    check('none', ['REM-5'], 'Nothing is removed any more.', { removals: none }, told),
    check(
      'of-another-host',
      ['REM-6', 'FACT-3'],
      'Of a host that nobody follows.',
      { removals, host: stranger.id },
      'wrong_host',
    ),
    check('over', ['REM-6', 'FACT-5'], 'A list whose time is over.', { removals, now: NOW + DAY }, 'expired'),
    check('from-the-future', ['FACT-5'], 'Issued in two minutes.', { removals, now: NOW - 120 }, 'from_future'),
    check('valid-too-long', ['REM-5'], 'For eight days.', await of(long), 'expiry_too_long'),
    check('unsorted', ['REM-5', 'FACT-6'], 'Ids that do not ascend.', await listed(2, 1, 0), 'bad_message'),
    check('twice', ['REM-5', 'FACT-6'], 'An id twice.', await listed(2, 0, 0), 'bad_message'),
    check('count-beyond-end', ['ENC-2'], 'More ids are said than are there.', await listed(3, 0, 1), 'bad_message'),
    check('left-over', ['FACT-1'], 'An id more than is said.', await listed(1, 0, 1), 'bad_message'),
    check('too-many', ['REM-5'], '10,001 ids are said.', await listed(10_001), 'bad_message'),
    check('category-capital', ['REM-5', 'FACT-6'], 'A reason that is no word.', await of(upper), 'bad_message'),
    check('label-of-load', ['FACT-2'], 'Signed as a load.', { removals: asLoad }, 'bad_signature'),
    check('tampered-id', ['FACT-2'], 'A bit of an id was changed.', { removals: flip(removals, 60) }, 'bad_signature'),
    check(
      'tampered-signature',
      ['FACT-2'],
      'A bit of the signature was changed.',
      { removals: flip(removals, -1) },
      'bad_signature',
    ),
    check('truncated', ['FACT-1'], 'The last byte is missing.', { removals: removals.slice(0, -1) }, 'bad_message'),
    check('type-of-load', ['FACT-1'], 'Another type.', { removals: removals.with(1, 2) }, 'bad_message'),
    check(
      'version-2',
      ['ENC-4'],
      'A version that is not known.',
      { removals: removals.with(0, 2) },
      'unsupported_version',
    ),
    check(
      'oversize',
      ['FACT-1'],
      'A byte more than 640 KiB.',
      { removals: [{ hex: '00', times: 640 * 1024 + 1 }] },
      'too_large',
    ),
  ];
}
