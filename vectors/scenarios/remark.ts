/** §23: the link to comment, and what its key can and cannot sign. */
import type { Bytes, ErrorName, RecordFields } from '@archipel/protocol';
import {
  checkpointSigningInput,
  concat,
  decodeCheckpoint,
  decodeHeader,
  encodeUnsignedCheckpoint,
  headerHash,
  label,
  liveSigningInput,
  NO_PREVIOUS,
  proofInput,
  type Role,
  recordHash,
  recordSigningInput,
} from '@archipel/protocol';
import type { Capability, Keys, Signer } from '@archipel/protocol/secret';
import { linkFor, makeSession, printLink, sealCheckpoint, signHeader } from '@archipel/protocol/secret';
import { flip, type Input, type Scenario, splice, toJson } from '../scenario.ts';
import { sealChain, type World } from '../world.ts';

const NONCE = new Uint8Array(32).fill(0xa1);
const AUDIENCE = 'relay.example.org:4280';
/** Of the same two matches again and again: 1,052,679 bytes of zeros, in fixed Huffman codes. */
const ZEROS = ['6318', ...new Array<string>(509).fill('05a360148c8251300a46c12818'), '05a360148c8251300a46c1280000'];

type Made = Omit<Scenario, 'name'>;
type Expected = Bytes | Bytes[] | string | ErrorName | Record<string, unknown>;

function made(rules: string, description: string, operation: string, input: object, expect: Scenario['expect']): Made {
  return { rules: rules.split(' '), description, operation, input: toJson(input) as Input, expect };
}
const value = (expected: Expected): Scenario['expect'] => ({ value: toJson(expected) });
const error = (name: ErrorName): Scenario['expect'] => ({ error: name });

const signerOf = (keys: Keys, name: 'editSigner' | 'commentSigner'): Signer => {
  const signer = keys[name];
  if (signer === undefined) throw new Error(`an owner without ${name}`);
  return signer;
};

function capabilities({ keys, renewed }: World): Record<string, Made> {
  const derives = (description: string, of: Keys, cap: Capability, gen = 0): Made => {
    const { commentSigner, readSigner, secrets } = of;
    const comment = cap === 'view' ? {} : { comment: commentSigner?.publicKey, secret: secrets.comment };
    const input = { link: printLink(linkFor(of, cap)), gen };
    const rules = gen === 0 ? 'CAP-1' : 'CAP-4';
    return made(rules, description, 'deriveCommentKeys', input, value({ cap, read: readSigner.publicKey, ...comment }));
  };
  return {
    'derive-own': derives('Own contains comment.', keys, 'own'),
    'derive-edit': derives('Edit contains comment.', keys, 'edit'),
    'derive-comment': derives('A link to comment carries both secrets.', keys, 'comment'),
    'derive-view': derives('View does not contain comment.', keys, 'view'),
    'derive-generation-1': derives('The links were renewed: another comment key.', renewed, 'own', 1),
  };
}

function links({ keys }: World): Record<string, Made> {
  const link = linkFor(keys, 'comment');
  const comment = printLink(link);
  const wrong = (description: string, text: string, name: ErrorName): Made =>
    made('LINK-1', description, 'parseLink', { link: text }, error(name));
  return {
    link: made('LINK-1 LINK-3', 'A link to comment.', 'parseLink', { link: comment }, value({ ...link })),
    'link-cut': wrong('The last character was lost.', comment.slice(0, -1), 'link_incomplete'),
    'link-of-one-secret': wrong('The second secret was lost.', comment.slice(0, -27), 'link_incomplete'),
    'link-too-long': wrong('A character more.', `${comment}A`, 'link_broken'),
    'link-as-view': wrong('Two secrets where one belongs.', comment.replace('1c', '1v'), 'link_broken'),
    'link-as-edit': wrong('Two secrets do not make a link to write.', comment.replace('1c', '1e'), 'link_broken'),
    'link-locked': made(
      'LINK-5',
      'It needs its password.',
      'parseLink',
      { link: locked(comment) },
      error('password_needed'),
    ),
    'link-locked-cut': wrong('Locked, and a character is missing.', locked(comment).slice(0, -1), 'link_incomplete'),
  };
}

/** With the length that a locked one has: nothing else is looked at before the password. */
function locked(link: string): string {
  const [, docId] = link.split('.');
  return `2c.${docId}.${'A'.repeat(96)}`;
}

async function proofs({ keys, editKey }: World): Promise<Record<string, Made>> {
  const comment = signerOf(keys, 'commentSigner');
  const proof = async (description: string, role: Role, publicKey: Bytes, by: Signer, fails = true): Promise<Made> => {
    const signature = await by.sign(proofInput(NONCE, role, keys.docId, AUDIENCE));
    const input = { publicKey, nonce: NONCE, role, docId: keys.docId, audience: AUDIENCE, proof: signature };
    return made('CON-2', description, 'verifyProof', input, fails ? error('proof_failed') : { value: true });
  };
  return {
    proof: await proof('A proof to comment that passes.', 'comment', comment.publicKey, comment, false),
    'proof-for-edit': await proof('A commenter claims to write.', 'edit', editKey, comment),
    'proof-by-reader': await proof('A reader claims to comment.', 'comment', comment.publicKey, keys.readSigner),
  };
}

async function headers({ suite, keys, other, renewed }: World): Promise<Record<string, Made>> {
  const without = await signHeader(suite, keys, { seq: 1, expiry: 0 });
  const first = await signHeader(suite, keys, { seq: 1, expiry: 0, hasComments: true });
  const after = (held: Bytes, by: Keys, hasComments: boolean): Promise<Bytes> =>
    signHeader(suite, by, { seq: 2, expiry: 0, previous: headerHash(held), hasComments });
  const decoded = decodeHeader(first);
  if (!decoded.ok) throw new Error(decoded.error);
  const foreign = { ...keys, commentSigner: signerOf(other, 'commentSigner') };
  const succeeds = (description: string, held: Bytes, next: Bytes, answer: Scenario['expect']): Made =>
    made('HDR-8', description, 'succeedHeader', { held, next }, answer);
  return {
    header: made(
      'HDR-8',
      'A header that names the comment key.',
      'decodeHeader',
      { header: first },
      value({ ...decoded.value }),
    ),
    'header-key-missing': made(
      'ENC-2',
      'The flag without the key.',
      'decodeHeader',
      { header: splice(without, 2, 1, 32) },
      error('bad_message'),
    ),
    'header-added': succeeds(
      'The owner opens the document to remarks.',
      without,
      await after(without, keys, true),
      value('next'),
    ),
    'header-kept': succeeds('It stays.', first, await after(first, keys, true), value('next')),
    'header-taken-away': succeeds(
      'It cannot be taken away.',
      first,
      await after(first, keys, false),
      error('bad_header'),
    ),
    'header-exchanged': succeeds(
      'It cannot be exchanged.',
      first,
      await after(first, foreign, true),
      error('bad_header'),
    ),
    'header-renewed': succeeds(
      'With the links everything is new.',
      first,
      await after(first, renewed, false),
      value('next'),
    ),
  };
}

async function records(world: World): Promise<Record<string, Made>> {
  const { suite, keys, other, renewed, sessions, texts, editKey } = world;
  const session = concat(sessions[0].subarray(0, 8), label('remarks'));
  const commentKey = signerOf(keys, 'commentSigner').publicKey;
  const { records: remarks, hashes } = await sealChain(world, keys, session);
  const [r0, r1] = remarks as [Bytes, Bytes, Bytes];
  const { records: updates } = await sealChain(world, keys, sessions[0]);
  const u0 = updates[0] as Bytes;
  const resigned = async (record: Bytes, by: Signer): Promise<Bytes> => {
    const unsigned = record.subarray(0, -64);
    return concat(unsigned, await by.sign(recordSigningInput(keys.docId, NO_PREVIOUS, unsigned)));
  };
  const chain = (
    rules: string,
    description: string,
    list: Bytes[],
    expected: Bytes[] | ErrorName,
    changes = {},
  ): Made => {
    const input = { docId: keys.docId, editKey, commentKey, previous: NO_PREVIOUS, records: list, ...changes };
    return made(
      rules,
      description,
      'verifyChain',
      input,
      typeof expected === 'string' ? error(expected) : value(expected),
    );
  };
  const broken = (description: string, record: Bytes): Made =>
    made('RMK-2', description, 'decodeRecord', { record }, error('bad_message'));
  const opens = (rules: string, description: string, record: Bytes, expected: Scenario['expect']): Made => {
    const input = { link: printLink(linkFor(keys, 'view')), docId: keys.docId, record };
    return made(rules, description, 'openRecord', input, expected);
  };
  const [byComment, byEdit] = [signerOf(keys, 'commentSigner'), signerOf(keys, 'editSigner')];
  const base = { n: 0, previous: NO_PREVIOUS, deps: [], plaintext: texts[0] };
  const seals = { link: printLink(linkFor(keys, 'comment')), generation: 0, session, ...base };
  const noKey = { commentKey: undefined };
  const bomb = { ...suite, deflate: async () => Uint8Array.from(Buffer.from(ZEROS.join(''), 'hex')) };
  const large = await makeSession(bomb, keys, 0, session).sealRecord({ ...base, plaintext: new Uint8Array(2 ** 20) });
  // Version, type, flags, generation, session, n: then the deps.
  const dep = splice(r0, 3 + 1 + 16 + 1, 1, 1, ...sessions[1].subarray(0, 8), 0);
  return {
    seal: made('RMK-3', 'Sealing is exact, with a link to comment.', 'sealRecord', seals, value(r0)),
    decode: made('RMK-2', 'A remark.', 'decodeRecord', { record: r0 }, value({ ...fieldsOf(r0) })),
    open: opens('RMK-1', 'A remark opens with a link to read.', r0, value(texts[0])),
    bomb: opens('RMK-1 REC-7', 'A remark that inflates to more than 1 MiB.', large, error('too_large')),
    chain: chain('RMK-3', 'The comment key signs a session of remarks.', remarks, hashes),
    'chain-of-updates': chain(
      'RMK-3',
      'The edit key signs updates, as ever.',
      [u0],
      [recordHash(keys.docId, NO_PREVIOUS, u0)],
    ),
    'update-by-commenter': chain(
      'RMK-3',
      'The comment key signs an update of the text.',
      [await resigned(u0, byComment)],
      'bad_signature',
    ),
    'update-vouched-by-remark': chain(
      'RMK-2 REC-5',
      'A remark behind an update that nobody signed.',
      [flip(u0, -1), r1],
      'session_gap',
    ),
    'remark-by-editor-key': chain(
      'RMK-3',
      'The edit key signs a remark: it has another key for that.',
      [await resigned(r0, byEdit)],
      'bad_signature',
    ),
    'remark-by-reader': chain(
      'RMK-3',
      'A reader signs a remark.',
      [await resigned(r0, keys.readSigner)],
      'bad_signature',
    ),
    'remark-of-another-document': chain(
      'RMK-3',
      'The comment key of another document.',
      [await resigned(r0, signerOf(other, 'commentSigner'))],
      'bad_signature',
    ),
    'remark-without-key': chain('HDR-8 RMK-3', 'The header names no comment key.', remarks, 'bad_signature', noKey),
    'remark-of-old-link': chain('CAP-4 RMK-3', 'The links were renewed.', remarks, 'bad_signature', {
      commentKey: signerOf(renewed, 'commentSigner').publicKey,
    }),
    'remark-as-update': broken('An update in a session of remarks.', splice(r0, 1, 1, 1)),
    'update-as-remark': broken('A remark in a session of updates.', splice(u0, 1, 1, 6)),
    'remark-moved': broken('A remark under the id of a session of updates.', splice(r0, 4, 16, ...sessions[0])),
    'remark-with-dep': broken('A remark builds on nothing.', dep),
    'remark-deflated-flag': made(
      'ENC-4',
      'Flag bit 1 is not in use.',
      'decodeRecord',
      { record: splice(r0, 2, 1, 2) },
      error('bad_message'),
    ),
  };
}

function fieldsOf(record: Bytes): RecordFields & { ciphertext: Bytes; signature: Bytes } {
  const at = 3 + 1 + 16 + 1 + 1 + 1;
  return {
    type: 6,
    flags: 0,
    gen: 0,
    session: record.subarray(4, 20),
    n: 0,
    deps: [],
    ciphertext: record.subarray(at, -64),
    signature: record.subarray(-64),
  };
}

async function others({ suite, keys, sessions, texts, editKey }: World): Promise<Record<string, Made>> {
  const link = printLink(linkFor(keys, 'view'));
  const comment = signerOf(keys, 'commentSigner');
  const live = (
    await makeSession(suite, keys, 0, sessions[0]).sealLive({ type: 4, count: 1, plaintext: texts[0] })
  ).subarray(0, -64);
  const byCommenter = concat(live, await comment.sign(liveSigningInput(keys.docId, live)));
  const fields = { gen: 0, seq: 1, retired: 0, frontier: [], plaintext: texts[0] };
  const both = await sealCheckpoint(suite, keys, { ...fields, remarks: texts[1] });
  const decoded = decodeCheckpoint(both);
  if (!decoded.ok) throw new Error(decoded.error);
  const unsigned = encodeUnsignedCheckpoint(decoded.value);
  const forged = concat(unsigned, await comment.sign(checkpointSigningInput(keys.docId, unsigned)));
  const plaintext = concat(Uint8Array.of(texts[0].length), texts[0], texts[1]);
  const opens = (rules: string, description: string, checkpoint: Bytes, expected: Scenario['expect']): Made =>
    made(rules, description, 'openCheckpoint', { link, docId: keys.docId, checkpoint, editKey }, expected);
  const contents = (description: string, input: object, expected: Scenario['expect']): Made =>
    made('RMK-5', description, 'decodeContents', input, expected);
  return {
    'live-by-commenter': made(
      'RMK-3 LIVE-2',
      'The comment key signs a live update.',
      'openLive',
      { link, docId: keys.docId, live: byCommenter, editKey },
      error('bad_signature'),
    ),
    checkpoint: opens('RMK-5', 'A checkpoint of text and remarks.', both, value(plaintext)),
    'checkpoint-by-commenter': opens(
      'RMK-3 CKP-5',
      'The comment key signs a checkpoint.',
      forged,
      error('bad_signature'),
    ),
    'checkpoint-flag-taken': opens(
      'RMK-5 CKP-5',
      'Without its flag the remarks would be text.',
      splice(both, 2, 1, 0),
      error('bad_signature'),
    ),
    contents: contents('Text and remarks.', { flags: 2, plaintext }, value({ text: texts[0], remarks: texts[1] })),
    'contents-text-alone': contents(
      'Without the flag all of it is text.',
      { flags: 0, plaintext },
      value({ text: plaintext }),
    ),
    'contents-cut': contents(
      'Less text than it says.',
      { flags: 2, plaintext: plaintext.subarray(0, 3) },
      error('bad_message'),
    ),
    'contents-empty': contents(
      'No length of the text.',
      { flags: 2, plaintext: new Uint8Array(0) },
      error('bad_message'),
    ),
  };
}

export async function remarkScenarios(world: World): Promise<Scenario[]> {
  const all: Record<string, Made> = {
    ...capabilities(world),
    ...links(world),
    ...(await proofs(world)),
    ...(await headers(world)),
    ...(await records(world)),
    ...(await others(world)),
  };
  return Object.entries(all).map(([name, scenario]) => ({ name: `remark/${name}`, ...scenario }));
}
