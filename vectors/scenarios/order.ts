import type { Bytes, ErrorName } from '@archipel/protocol';
import { concat, encodeUnsignedOrder, orderSigningInput } from '@archipel/protocol';
import { type Keys, signOrder } from '@archipel/protocol/secret';
import { flip, type Input, type Scenario, splice, toJson } from '../scenario.ts';
import type { World } from '../world.ts';

const NOW = 1_750_000_000;
const DAY = 86_400;

export async function orderScenarios({ keys, other, ownerKey }: World): Promise<Scenario[]> {
  const erase = await signOrder(keys, { action: 2, time: NOW });
  const signedBy = async (signer: Keys['editSigner']): Promise<Bytes> => {
    const unsigned = encodeUnsignedOrder({ action: 1, time: NOW });
    return concat(unsigned, (await signer?.sign(orderSigningInput(keys.docId, unsigned))) as Bytes);
  };
  const at = (time: number) => signOrder(keys, { action: 1, time });
  const checks = (
    name: string,
    rules: string[],
    description: string,
    input: { order: Bytes; docId?: Bytes },
    expect: ErrorName | { action: 1 | 2; time: number },
  ): Scenario => ({
    name: `order/${name}`,
    rules,
    description,
    operation: 'checkOrder',
    input: toJson({ docId: keys.docId, ownerKey, now: NOW, ...input }) as Input,
    expect: typeof expect === 'string' ? { error: expect } : { value: expect },
  });
  return [
    checks('delete', ['ORD-1'], 'The owner deletes the document.', { order: await at(NOW) }, { action: 1, time: NOW }),
    checks('erase', ['ORD-1'], 'The owner erases its history.', { order: erase }, { action: 2, time: NOW }),
    checks(
      'a-day-old',
      ['ORD-1'],
      'Exactly a day old: still accepted.',
      { order: await at(NOW - DAY) },
      { action: 1, time: NOW - DAY },
    ),
    checks('too-old', ['ORD-1'], 'A second more than a day old.', { order: await at(NOW - DAY - 1) }, 'stale_order'),
    checks(
      'from-the-future',
      ['ORD-1'],
      'A second more than a day ahead.',
      { order: await at(NOW + DAY + 1) },
      'stale_order',
    ),
    checks(
      'signed-by-editor',
      ['ORD-1'],
      'An editor is not the owner.',
      { order: await signedBy(keys.editSigner) },
      'bad_signature',
    ),
    checks(
      'signed-by-other-owner',
      ['ORD-1'],
      'The owner of another document.',
      { order: await signedBy(other.ownerSigner) },
      'bad_signature',
    ),
    checks(
      'moved-to-another-document',
      ['ORD-1'],
      'An order for one document does nothing to another of the same owner key.',
      { order: erase, docId: other.docId },
      'bad_signature',
    ),
    checks(
      'erase-turned-delete',
      ['ORD-1'],
      'A relay turned the one action into the other.',
      { order: splice(erase, 1, 1, 1) },
      'bad_signature',
    ),
    checks(
      'tampered-signature',
      ['ORD-1'],
      'A bit of the signature changed.',
      { order: flip(erase, -33) },
      'bad_signature',
    ),
    checks('action-3', ['ENC-4'], 'An unknown action.', { order: splice(erase, 1, 1, 3) }, 'bad_message'),
    checks('version-2', ['ENC-4'], 'A newer version.', { order: splice(erase, 0, 1, 2) }, 'unsupported_version'),
    checks('truncated', ['ENC-2'], 'The last byte is missing.', { order: erase.subarray(0, -1) }, 'bad_message'),
    checks('left-over', ['ENC-2'], 'A byte too many.', { order: concat(erase, Uint8Array.of(0)) }, 'bad_message'),
  ];
}
