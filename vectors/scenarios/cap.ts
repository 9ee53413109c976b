import { type Bytes, proofInput, type Role } from '@archipel/protocol';
import { type Keys, linkFor, printLink, prove } from '@archipel/protocol/secret';
import { flip, type Scenario, toJson } from '../scenario.ts';
import type { World } from '../world.ts';

const NONCE = new Uint8Array(32).fill(0xa1);
const AUDIENCE = 'relay.example.org:4280';

function derivation(name: string, rules: string[], description: string, keys: Keys, cap: Role, gen = 0): Scenario {
  const { ownerSigner, editSigner, readSigner, contentRoot, liveRoot, secrets, docId } = keys;
  const publicKeys = {
    owner: cap === 'own' ? ownerSigner?.publicKey : undefined,
    edit: cap === 'view' ? undefined : editSigner?.publicKey,
    read: readSigner.publicKey,
  };
  const { own, edit, view } = secrets;
  const known = { view, edit: cap === 'view' ? undefined : edit, own: cap === 'own' ? own : undefined };
  const value = toJson({ cap, docId, publicKeys, contentRoot, liveRoot, secrets: known });
  const input = { link: printLink(linkFor(keys, cap)), gen };
  return { name: `cap/${name}`, rules, description, operation: 'deriveKeys', input, expect: { value } };
}

export async function capScenarios({ keys, other, renewed }: World): Promise<Scenario[]> {
  const signed = (role: Role, by: Keys = keys) => prove(by, role, NONCE, by.docId, AUDIENCE);
  const proof = (
    name: string,
    description: string,
    changes: Record<string, Bytes | string>,
    fails = true,
  ): Scenario => ({
    name: `cap/${name}`,
    rules: ['CON-2'],
    description,
    operation: 'verifyProof',
    input: toJson({
      publicKey: keys.readSigner.publicKey,
      nonce: NONCE,
      role: 'view',
      docId: keys.docId,
      audience: AUDIENCE,
      ...changes,
    }) as Scenario['input'],
    expect: fails ? { error: 'proof_failed' } : { value: true },
  });
  const view = await signed('view');
  const edit = await signed('edit');
  const editKey = keys.editSigner?.publicKey as Bytes;
  const ownerKey = keys.ownerSigner?.publicKey as Bytes;
  const unlabelled = proofInput(NONCE, 'view', keys.docId, AUDIENCE).subarray('arc1 proof'.length + 1);
  return [
    derivation('own', ['CAP-1', 'CAP-2', 'CAP-3'], 'Everything that an owner derives.', keys, 'own'),
    derivation('edit', ['CAP-1'], 'What an editor derives: nothing of the owner.', keys, 'edit'),
    derivation('view', ['CAP-1'], 'What a reader derives: nothing of the editor.', keys, 'view'),
    derivation('own-generation-1', ['CAP-4'], 'The same owner after the links were renewed.', renewed, 'own', 1),
    proof('proof-view', 'A proof that passes.', { proof: view }, false),
    proof('proof-edit', 'A proof to write that passes.', { role: 'edit', publicKey: editKey, proof: edit }, false),
    proof(
      'proof-own',
      "An owner's proof that passes.",
      { role: 'own', publicKey: ownerKey, proof: await signed('own') },
      false,
    ),
    proof('proof-other-nonce', 'A proof of an earlier connection is of no use on this one.', {
      proof: view,
      nonce: flip(NONCE, 31),
    }),
    proof('proof-other-audience', 'A relay cannot pass a proof on to another relay.', {
      proof: view,
      audience: 'evil.example.org:4280',
    }),
    proof('proof-other-port', 'The port is part of the audience.', { proof: view, audience: 'relay.example.org' }),
    proof('proof-other-document', 'A proof for one document opens no other.', { proof: view, docId: other.docId }),
    proof('proof-role-confusion', 'The signature of a reader claimed for the role edit.', {
      proof: view,
      role: 'edit',
    }),
    proof('proof-edit-by-read-key', "A reader signs for the role edit: the editor's key did not.", {
      proof: await keys.readSigner.sign(proofInput(NONCE, 'edit', keys.docId, AUDIENCE)),
      role: 'edit',
      publicKey: editKey,
    }),
    proof('proof-old-generation', "The links were renewed: the old link's key is not the header's any more.", {
      proof: view,
      publicKey: renewed.readSigner.publicKey,
    }),
    proof('proof-tampered', 'A bit of the signature changed.', { proof: flip(view, 0) }),
    proof('proof-empty', 'All zeros instead of a signature.', { proof: new Uint8Array(64) }),
    {
      ...proof('proof-without-label', 'Signed without the label of the input.', {
        proof: await keys.readSigner.sign(unlabelled),
      }),
      rules: ['ENC-5', 'CON-2'],
    },
  ];
}
