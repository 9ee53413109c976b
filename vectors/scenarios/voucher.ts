import { concat, encodeVarint, LOAD, signFact, VOUCHER, type Voucher } from '@archipel/protocol';
import { flip, type Scenario, splice } from '../scenario.ts';
import type { World } from '../world.ts';
import { hostOf, NOW, payloadOf, scenariosOf, signPayload, swap } from './facts.ts';

const PERIOD = concat(encodeVarint(NOW), encodeVarint(NOW + 300));

export async function voucherScenarios({ suite }: World): Promise<Scenario[]> {
  const issuer = await hostOf(suite, 0x21);
  const audience = await hostOf(suite, 0x22);
  const fact: Voucher = {
    audience: audience.id,
    service: 'docs',
    units: 4,
    maxBytes: 50_000_000,
    ttlSeconds: 31_536_000,
    nonce: new Uint8Array(16).fill(0x77),
    issued: NOW,
    expires: NOW + 300,
  };
  const { nonce } = fact;
  const voucher = await signFact(VOUCHER, fact, issuer.signer);
  const payload = payloadOf(voucher);
  const decoded = { key: issuer.signer.publicKey, fact, signature: voucher.slice(-64) };
  const ownPromise = await signFact(VOUCHER, fact, audience.signer);
  const asLoad = await signFact({ ...VOUCHER, label: LOAD.label }, fact, issuer.signer);
  const check = scenariosOf('voucher', 'checkVoucher', { now: NOW, audience: audience.id });
  const decode = scenariosOf('voucher', 'decodeVoucher', {});
  const told = { value: { host: issuer.id, nonce } };
  const repaid = async (from: Uint8Array, to: Uint8Array) => ({
    voucher: await signPayload(VOUCHER, swap(payload, from, to), issuer),
  });
  const docs = concat(Uint8Array.of(4), new TextEncoder().encode('docs'));
  return [
    decode('decoded', ['FACT-1'], 'Room for four people on a document of a year.', { voucher }, { value: decoded }),
    check('accepted', ['VOU-1', 'FACT-2'], 'Of a friend, for this host.', { voucher, issuer: issuer.id }, told),
    check(
      'own-promise',
      ['VOU-1'],
      'A host promises room of its own.',
      { voucher: ownPromise, issuer: audience.id },
      { value: { host: audience.id, nonce } },
    ),
    check('for-another-audience', ['VOU-1'], 'Meant for another.', { voucher, audience: issuer.id }, 'wrong_host'),
    check(
      'of-another-issuer',
      ['VOU-1', 'FACT-3'],
      'Not of this friend.',
      { voucher, issuer: audience.id },
      'wrong_host',
    ),
    check('last-second', ['FACT-5'], 'In its last second.', { voucher, now: NOW + 299 }, told),
    check('expired', ['FACT-5'], 'In the second in which it ends.', { voucher, now: NOW + 300 }, 'expired'),
    check('from-the-future', ['FACT-5'], 'Made 61 s from now.', { voucher, now: NOW - 61 }, 'from_future'),
    check(
      'valid-too-long',
      ['VOU-2'],
      'A second more than five minutes.',
      await repaid(PERIOD, concat(encodeVarint(NOW), encodeVarint(NOW + 301))),
      'expiry_too_long',
    ),
    check(
      'never-valid',
      ['FACT-5'],
      'Over when it begins.',
      await repaid(PERIOD, concat(encodeVarint(NOW), encodeVarint(NOW))),
      'bad_message',
    ),
    check(
      'without-units',
      ['VOU-3'],
      'Room for nobody.',
      await repaid(concat(docs, Uint8Array.of(4)), concat(docs, Uint8Array.of(0))),
      'bad_message',
    ),
    check(
      'units-too-many',
      ['VOU-3'],
      'Room for 2^28.',
      await repaid(concat(docs, Uint8Array.of(4)), concat(docs, encodeVarint(2 ** 28))),
      'bad_message',
    ),
    check(
      'class-with-space',
      ['FACT-6'],
      'A class is a word.',
      await repaid(docs, concat(Uint8Array.of(4), new TextEncoder().encode('do s'))),
      'bad_message',
    ),
    check(
      'payload-truncated',
      ['ENC-2'],
      'A signed byte too few.',
      { voucher: await signPayload(VOUCHER, payload.slice(0, -1), issuer) },
      'bad_message',
    ),
    check(
      'audience-changed',
      ['FACT-2'],
      'Sent on to another.',
      { voucher: turned(voucher), audience: flip(audience.id, 0) },
      'bad_signature',
    ),
    check(
      'tampered-nonce',
      ['FACT-2'],
      'Another nonce, to use it twice.',
      { voucher: flip(voucher, -75) },
      'bad_signature',
    ),
    check('tampered-signature', ['FACT-2'], 'A bit of it changed.', { voucher: flip(voucher, -9) }, 'bad_signature'),
    check('label-of-load', ['FACT-2', 'ENC-5'], 'Signed with another label.', { voucher: asLoad }, 'bad_signature'),
    check('type-of-statement', ['FACT-1'], 'Another type.', { voucher: splice(voucher, 1, 1, 4) }, 'bad_message'),
    check('version-2', ['ENC-4'], 'A newer version.', { voucher: splice(voucher, 0, 1, 2) }, 'unsupported_version'),
    check('truncated', ['ENC-2'], 'The last byte is missing.', { voucher: voucher.slice(0, -1) }, 'bad_message'),
    check('left-over', ['ENC-2'], 'A byte too many.', { voucher: concat(voucher, Uint8Array.of(0)) }, 'bad_message'),
    check(
      'oversize',
      ['FACT-1'],
      '257 bytes.',
      { voucher: concat(voucher, new Uint8Array(257 - voucher.length)) },
      'too_large',
    ),
  ];
}

/** With the first byte of the audience changed: it follows version, type, key and a length of one byte. */
function turned(voucher: Uint8Array): Uint8Array {
  return flip(voucher, 35);
}
