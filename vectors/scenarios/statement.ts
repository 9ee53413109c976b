import {
  type Bytes,
  concat,
  encodeVarint,
  type FrontierEntry,
  STATEMENT,
  type Statement,
  signFact,
  VOUCHER,
} from '@archipel/protocol';
import { flip, type Scenario, splice } from '../scenario.ts';
import type { World } from '../world.ts';
import { type Host, hostOf, NOW, scenariosOf, signPayload } from './facts.ts';

const fill = (length: number, byte: number): Bytes => new Uint8Array(length).fill(byte);

function entry(session: number, have: number, hash = have): FrontierEntry {
  return { session: fill(16, session), have, hash: fill(32, hash) };
}

function packed({ session, have, hash }: FrontierEntry): Bytes {
  return concat(session, encodeVarint(have), hash);
}

async function wrongPayloads(host: Host, docId: Bytes): Promise<Scenario[]> {
  const check = scenariosOf('statement', 'checkStatement', { now: NOW });
  const payload = (headerSeq: number, checkpoint: Bytes, count: number, ...entries: Bytes[]) =>
    concat(
      docId,
      encodeVarint(NOW),
      encodeVarint(headerSeq),
      encodeVarint(0),
      checkpoint,
      encodeVarint(count),
      ...entries,
    );
  const none = Uint8Array.of(0);
  const wrong = async (name: string, rule: string, description: string, bytes: Bytes) =>
    check(name, [rule], description, { statement: await signPayload(STATEMENT, bytes, host) }, 'bad_message');
  const [one, two] = [packed(entry(1, 5)), packed(entry(2, 6))];
  const nothing = packed({ ...entry(1, 5), have: 0 });
  const checkpoint = concat(Uint8Array.of(1), fill(32, 3));
  return [
    await wrong('not-ascending', 'STM-1', 'Sessions in another order.', payload(1, none, 2, two, one)),
    await wrong('session-twice', 'STM-1', 'A session twice.', payload(1, none, 2, one, one)),
    await wrong('entry-without-records', 'STM-1', 'A session of which it has nothing.', payload(1, none, 1, nothing)),
    await wrong('header-seq-zero', 'STM-1', 'A document without a header.', payload(0, none, 0)),
    await wrong('checkpoint-without-hash', 'STM-1', 'Number 1, no hash.', payload(1, Uint8Array.of(1), 0)),
    await wrong('hash-without-checkpoint', 'STM-1', 'No number, a hash.', payload(1, concat(none, fill(32, 3)), 0)),
    await wrong('entries-4097', 'STM-1', 'More sessions than there may be.', payload(1, checkpoint, 4097, one)),
    await wrong('count-beyond-end', 'ENC-2', '4,096 are announced, one is there.', payload(1, checkpoint, 4096, one)),
    await wrong('payload-left-over', 'ENC-2', 'A signed byte too many.', payload(1, none, 0, none)),
  ];
}

async function contradictions(host: Host, other: Host, base: Statement): Promise<Scenario[]> {
  const contradict = scenariosOf('statement', 'contradict', { now: NOW + 600 });
  const made = (changes: Partial<Statement>, of = host) => signFact(STATEMENT, { ...base, ...changes }, of.signer);
  const one = await made({});
  const later = NOW + 61;
  const pair = async (name: string, rule: string, description: string, changes: Partial<Statement>, proof: string) =>
    contradict(name, [rule], description, { one, other: await made(changes) }, { value: proof });
  const [first, second] = base.frontier as [FrontierEntry, FrontierEntry];
  const forked = [first, { ...second, hash: fill(32, 0xee) }];
  const newer = { checkpointSeq: 3, checkpointHash: fill(32, 4) };
  const bySomebodyElse = await made({ frontier: forked }, other);
  return [
    await pair('forked', 'STM-3', 'Two hashes for one place in a session.', { frontier: forked }, 'forked'),
    await pair(
      'forked-later',
      'STM-3',
      'Also when a newer checkpoint lies between.',
      { ...newer, time: later, frontier: forked },
      'forked',
    ),
    await pair(
      'records-lost',
      'STM-4',
      'Later it has fewer records of a session.',
      { time: later, frontier: [first, entry(2, 5)] },
      'lost',
    ),
    await pair(
      'session-lost',
      'STM-4',
      'Later a session is gone, the checkpoint is the same.',
      { time: later, frontier: [first] },
      'lost',
    ),
    await pair('header-lost', 'STM-4', 'Later it has an older header.', { time: later, headerSeq: 1 }, 'lost'),
    await pair(
      'checkpoint-lost',
      'STM-4',
      'Later it has an older checkpoint.',
      { time: later, checkpointSeq: 1, checkpointHash: fill(32, 1) },
      'lost',
    ),
    await pair(
      'grown',
      'STM-5',
      'Later it has more.',
      { time: later, headerSeq: 3, frontier: [entry(1, 9), second, entry(3, 1)] },
      'none',
    ),
    await pair(
      'within-a-minute',
      'STM-5',
      'Fewer, but 60 s do not tell which was first.',
      { time: NOW + 60, frontier: [first] },
      'none',
    ),
    await pair(
      'retired',
      'STM-5',
      'A newer checkpoint may have retired the session.',
      { ...newer, time: later, frontier: [first] },
      'none',
    ),
    await pair(
      'expired-between',
      'STM-5',
      'Its time was over: it may have been forgotten and created again.',
      { time: NOW + 600, headerSeq: 1, frontier: [] },
      'none',
    ),
    await pair(
      'lost-before-expiry',
      'STM-4',
      'A second before its time is over.',
      { time: NOW + 599, headerSeq: 1, frontier: [] },
      'lost',
    ),
    await pair('of-another-document', 'STM-5', 'Another document.', { docId: fill(20, 9), frontier: forked }, 'none'),
    contradict(
      'by-another-host',
      ['STM-5'],
      'Two hosts may differ.',
      { one, other: bySomebodyElse },
      { value: 'none' },
    ),
    contradict(
      'forged-proof',
      ['STM-3', 'FACT-2'],
      'Who accuses a host has to show its signature.',
      { one, other: concat((await made({ frontier: forked })).slice(0, -64), one.slice(-64)) },
      'bad_signature',
    ),
  ];
}

export async function statementScenarios({ suite, keys }: World): Promise<Scenario[]> {
  const host = await hostOf(suite, 0x21);
  const other = await hostOf(suite, 0x22);
  const fact: Statement = {
    docId: keys.docId,
    time: NOW,
    headerSeq: 2,
    expiry: NOW + 600,
    checkpointSeq: 2,
    checkpointHash: fill(32, 3),
    frontier: [entry(1, 5), entry(2, 6)],
  };
  const statement = await signFact(STATEMENT, fact, host.signer);
  const check = scenariosOf('statement', 'checkStatement', { now: NOW });
  const decode = scenariosOf('statement', 'decodeStatement', {});
  const decoded = { key: host.signer.publicKey, fact, signature: statement.slice(-64) };
  const told = { value: { host: host.id, time: NOW } };
  const asVoucher = await signFact({ ...STATEMENT, label: VOUCHER.label }, fact, host.signer);
  const oversize = [
    { hex: Buffer.from(statement).toString('hex'), times: 1 },
    { hex: '00', times: 2 ** 18 },
  ];
  return [
    decode('decoded', ['FACT-1', 'STM-1'], 'Two sessions after a checkpoint.', { statement }, { value: decoded }),
    check(
      'accepted',
      ['STM-2', 'FACT-2'],
      'Of the relay that was asked, new.',
      { statement, host: host.id, maxAge: 60 },
      told,
    ),
    check('as-evidence', ['STM-2'], 'A year old: it proves as much.', { statement, now: NOW + 31_536_000 }, told),
    check(
      'too-old',
      ['STM-2'],
      'Asked for just now, and older than that.',
      { statement, now: NOW + 61, maxAge: 60 },
      'expired',
    ),
    check('from-the-future', ['FACT-5'], 'Made 61 s from now.', { statement, now: NOW - 61 }, 'from_future'),
    check('of-another-host', ['FACT-3'], 'Of another relay.', { statement, host: other.id }, 'wrong_host'),
    check('tampered-hash', ['FACT-2'], 'Another hash.', { statement: flip(statement, -70) }, 'bad_signature'),
    check('tampered-document', ['FACT-2'], 'Another document.', { statement: flip(statement, 40) }, 'bad_signature'),
    check(
      'label-of-voucher',
      ['FACT-2', 'ENC-5'],
      'Signed with another label.',
      { statement: asVoucher },
      'bad_signature',
    ),
    check('type-of-load', ['FACT-1'], 'Another type.', { statement: splice(statement, 1, 1, 2) }, 'bad_message'),
    check('version-2', ['ENC-4'], 'A newer version.', { statement: splice(statement, 0, 1, 2) }, 'unsupported_version'),
    check('truncated', ['ENC-2'], 'The last byte is missing.', { statement: statement.slice(0, -1) }, 'bad_message'),
    check(
      'left-over',
      ['ENC-2'],
      'A byte too many.',
      { statement: concat(statement, Uint8Array.of(0)) },
      'bad_message',
    ),
    check('oversize', ['FACT-1'], 'More than 256 KiB.', { statement: oversize }, 'too_large'),
    ...(await wrongPayloads(host, keys.docId)),
    ...(await contradictions(host, other, fact)),
  ];
}
