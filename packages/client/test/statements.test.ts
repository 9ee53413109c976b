// What hosts state, signed, and what a client makes of it. The hosts are real; between them and the client sits who signs with their keys what they never said.
import type { ClientOptions, Document, Timing } from '@archipel/client';
import { memoryLocks, memoryStorage } from '@archipel/client';
import type { Signed, Statement } from '@archipel/protocol';
import { checkStatement, contradictionOf, decodeBase64url, decodeFact, STATEMENT } from '@archipel/protocol';
import { verify } from '@archipel/relay';
import { type Neighbour, startNeighbours } from '@archipel/relay/neighbours';
import { beforeEach, describe, expect, it } from 'vitest';
import { testClient, type, until, untilText } from './support/clients.ts';
import { Liar } from './support/liar.ts';
import { startRelay } from './support/relay.ts';

const HOUR_MS = 3_600_000;
/** Asked whenever something came. */
const OFTEN: Partial<Timing> = { statementAfterMs: 20, statementEveryMs: 0, statementAgainMs: 20 };

let host: Neighbour;
let other: Neighbour;
let liar: Liar;
/** As they reached the client. */
let stated: Statement[];
/** What becomes of the statement with this number, from 0. */
let change: (fact: Statement, index: number) => Statement;

beforeEach(async () => {
  [host, other] = (await startNeighbours(2)) as [Neighbour, Neighbour];
  liar = new Liar();
  stated = [];
  change = (fact) => fact;
  liar.toClient = (message) => {
    if (message.type !== 'statement') return [message];
    const said = decodeFact(STATEMENT, message.fact);
    if (!said.ok) throw new Error(said.error);
    const fact = change(said.value.fact, stated.length);
    stated.push(fact);
    return [{ ...message, fact: host.signs(fact) }];
  };
});

const client = (options: ClientOptions = {}) =>
  testClient({ socket: liar.socket, ...options, timing: { ...OFTEN, ...options.timing } });

async function create(by = client(), at: readonly Neighbour[] = [host]): Promise<Document> {
  return by.create({ relays: at.map(({ id, url }) => ({ hostId: id, url })) });
}

async function write(document: Document, text: string): Promise<void> {
  type(document, text);
  await document.flush();
}

/** One more is stated than was. */
async function untilStated(count: number): Promise<void> {
  await until(
    () => stated.length,
    (length) => length >= count,
  );
  // What is made of it comes in the same turns.
  await new Promise((resolve) => setTimeout(resolve, 50));
}

const untilReported = (document: Document): Promise<unknown> =>
  until(
    () => document.reports,
    ([report]) => report !== undefined,
  );

/** As anybody reads it who has nothing but the file. */
async function readEvidence(file: string): Promise<{ kind: string; url: string; statements: Signed<Statement>[] }> {
  const { format, found } = JSON.parse(file);
  expect(format).toBe('archipel-evidence-1');
  const [{ kind, url, statements }] = found;
  const read = statements.map(async (text: string) => {
    const bytes = decodeBase64url(text);
    if (!bytes.ok) throw new Error(bytes.error);
    const checked = await checkStatement(
      bytes.value,
      { nowSeconds: Math.floor(Date.now() / 1000), host: host.hostId },
      verify,
    );
    if (!checked.ok) throw new Error(checked.error);
    return checked.value;
  });
  return { kind, url, statements: await Promise.all(read) };
}

describe('a host that contradicts itself', () => {
  it('CHK-10: that it lost what it had stated is reported, with what it signed for anybody to check, until it is put away', async () => {
    const [storage, locks] = [memoryStorage(), memoryLocks()];
    const anna = await create(client({ storage, locks }));
    await write(anna, 'one ');
    change = (fact, index) => ({ ...fact, time: fact.time - 200 + index * 100, ...(index > 0 && { frontier: [] }) });
    await untilStated(1);
    expect(anna.evidence).toBeUndefined();
    await write(anna, 'two ');
    await untilReported(anna);
    expect(anna.reports).toMatchObject([{ code: 'relay_contradicts', rule: 'CHK-10' }]);
    const file = anna.evidence ?? '';
    const { kind, url, statements } = await readEvidence(file);
    expect([kind, url, statements.length]).toEqual(['lost', host.url, 2]);
    const [before, after] = statements as [Signed<Statement>, Signed<Statement>];
    expect(contradictionOf(before, after)).toBe('lost');
    const { own = '', edit = '', view } = anna.links();
    for (const link of [own, edit, view]) expect(file).not.toContain(link.split('.')[2]);
    await anna.close();
    const open = () => client({ storage, locks, timing: { statementEveryMs: HOUR_MS } }).open(own, { relay: '' });
    const again = await open();
    expect(again.evidence).toBe(file);
    await again.forgetEvidence();
    await again.close();
    expect((await open()).reports).toEqual([]);
  });

  it('CHK-10: two records in one place are reported whenever that was said', async () => {
    const anna = await create();
    await write(anna, 'one ');
    await untilStated(1);
    const [first] = stated;
    change = (fact) => ({
      ...fact,
      frontier: first?.frontier.map((entry) => ({ ...entry, hash: new Uint8Array(32) })) ?? [],
    });
    await write(anna, 'two ');
    await untilReported(anna);
    expect(await readEvidence(anna.evidence ?? '')).toMatchObject({ kind: 'forked' });
  });

  it('CHK-10: one that states less than it acknowledged is asked again, and then reported', async () => {
    change = (fact) => ({ ...fact, frontier: [] });
    const anna = await create();
    await write(anna, 'one ');
    await untilReported(anna);
    expect(stated.length).toBeGreaterThan(1);
    const { kind, statements } = await readEvidence(anna.evidence ?? '');
    expect([kind, statements.length]).toEqual(['less', 1]);
  });
});

describe('a host that is honest', () => {
  it('CHK-10: a statement that is late by one answer is no lie', async () => {
    change = (fact, index) => (index === 0 ? { ...fact, frontier: [] } : fact);
    const anna = await create();
    await write(anna, 'one ');
    await untilStated(2);
    await write(anna, 'two ');
    await untilStated(3);
    expect(anna.reports).toEqual([]);
  });

  it('CHK-10: a checkpoint, erased history, and a restart contradict nothing', async () => {
    let age = 290;
    change = (fact) => ({ ...fact, time: fact.time - age });
    const anna = await create(client({ timing: { checkpointRecords: 3 } }));
    /** Each is more than a minute after those before, and the last of all that was done until then. */
    const untilNext = async (text: string, holds: (fact: Statement) => boolean = () => true): Promise<void> => {
      age -= 70;
      for (let last = stated.length; stated.length === last || !holds(stated.at(-1) as Statement); ) {
        last = stated.length;
        await write(anna, text);
        await untilStated(last + 1);
      }
    };
    await write(anna, 'one ');
    await untilStated(1);
    await untilNext('two ', ({ checkpointSeq }) => checkpointSeq > 0);
    expect(await anna.eraseHistory()).toEqual({ ok: true, value: undefined });
    await untilNext('three ');
    await host.stop();
    await host.again();
    await untilNext('four ');
    expect(anna.reports).toEqual([]);
  });

  it('CHK-10: going on at another host, and coming back to one that lags, contradicts nothing', async () => {
    const anna = await create(client({ timing: { nextRelayMs: 300 } }), [host, other]);
    liar.honest();
    const bob = await client().open(anna.links().edit ?? '', { relay: anna.relay });
    await write(anna, 'one ');
    await host.stop();
    await write(anna, 'two ');
    await untilText([bob], 'one two ');
    await host.again();
    await other.stop();
    await write(bob, 'three ');
    await untilText([anna], 'one two three ');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([...anna.reports, ...bob.reports]).toEqual([]);
    expect(liar.asked.filter(({ type: kind }) => kind === 'askStatement').length).toBeGreaterThan(3);
  });

  it('CHK-10: one that signs nothing is asked once, and not reported', async () => {
    const relay = await startRelay();
    const anna = await client().create({ relay: relay.url });
    await write(anna, 'one ');
    const asked = (): number => liar.asked.filter(({ type: kind }) => kind === 'askStatement').length;
    await until(asked, (count) => count === 1);
    for (const text of ['two ', 'three ']) await write(anna, text);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([asked(), anna.reports]).toEqual([1, []]);
  });
});

describe('a statement', () => {
  it('CHK-10: counts only when it is fresh and of the host that the owner named', async () => {
    const anna = await create(client(), [host]);
    change = (fact, index) => ({ ...fact, ...(index < 2 && { time: fact.time - 400 }), frontier: [] });
    await write(anna, 'one ');
    await untilStated(1);
    await write(anna, 'two ');
    await untilStated(2);
    host = other;
    await write(anna, 'three ');
    await untilStated(3);
    await write(anna, 'four ');
    await untilStated(4);
    expect(anna.reports).toEqual([]);
  });

  it('CHK-10: is asked for seldom, by all visits together, and once more when long work ends', async () => {
    const [storage, locks] = [memoryStorage(), memoryLocks()];
    const seldom = () => client({ storage, locks, timing: { statementEveryMs: HOUR_MS } });
    const anna = await create(seldom());
    await write(anna, 'one ');
    await untilStated(1);
    for (const text of ['two ', 'three ']) await write(anna, text);
    const { own = '' } = anna.links();
    await anna.close();
    const again = await seldom().open(own, { relay: '' });
    await write(again, 'four ');
    await new Promise((resolve) => setTimeout(resolve, 150));
    await again.close();
    expect(stated.length).toBe(1);
    const late = client({ storage, locks, timing: { statementAfterMs: HOUR_MS } });
    const last = await late.open(own, { relay: '' });
    await write(last, 'five ');
    await last.close();
    expect(stated.length).toBe(2);
  });
});
