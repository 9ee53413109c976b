/** What a host states of a document (docs/protocol.md §16): two honest statements never contradict each other. */
import type { FrontierEntry, Signed, Statement } from '@archipel/protocol';
import { checkStatement, contradictionOf, toHex } from '@archipel/protocol';
import { expect, it } from 'vitest';
import { verify } from '../src/crypto.ts';
import { Author, makeKey } from './support/author.ts';
import type { Neighbour } from './support/neighbours.ts';
import { startNeighbours } from './support/neighbours.ts';
import { write, writerOn } from './support/together.ts';

const HOUR_S = 3600;
const LATE = { limits: { verifyDelayMs: HOUR_S * 1000 } };

async function startHost(): Promise<Neighbour> {
  const [host] = await startNeighbours(1, () => LATE);
  if (host === undefined) throw new Error('one was started');
  return host;
}

async function stated(host: Neighbour, author: Author): Promise<Signed<Statement>> {
  const reader = await host.client();
  const { channel } = await reader.open(author, 'view');
  reader.send(channel, { type: 'askStatement' });
  const { fact } = await reader.next('statement', channel);
  const nowSeconds = Math.floor(Date.now() / 1000);
  const checked = await checkStatement(fact, { nowSeconds, host: host.hostId, maxAgeSeconds: 60 }, verify);
  if (!checked.ok) throw new Error(checked.error);
  reader.close();
  return checked.value;
}

/** As if it had been made an hour later: what came in between is what counts. */
function hourLater(statement: Signed<Statement>): Signed<Statement> {
  return { ...statement, fact: { ...statement.fact, time: statement.fact.time + HOUR_S } };
}

it('[STM-6] names all that was acknowledged, at once and right after a restart', async () => {
  const host = await startHost();
  const author = new Author();
  const writers = [await writerOn(host, author, true), await writerOn(host, author)];
  for (const writer of writers) await write(writer, 3, 1);
  const before = await stated(host, author);
  const heads = writers.map(({ session }) => `${toHex(session.id)} 3 ${toHex(session.hash)}`).sort();
  const named = ({ fact }: Signed<Statement>): string[] =>
    fact.frontier.map(({ session, have, hash }) => `${toHex(session)} ${have} ${toHex(hash)}`);
  expect(named(before)).toEqual(heads);
  await host.stop();
  await host.again();
  const after = await stated(host, author);
  expect(named(after)).toEqual(heads);
  expect(contradictionOf(before, hourLater(after))).toBeUndefined();
});

it('[STM-6] has never vouched for what nobody who may write signed, and goes on without it', async () => {
  const host = await startHost();
  const author = new Author();
  const writer = await writerOn(host, author, true);
  await write(writer, 2, 1);
  const good = { session: toHex(writer.session.id), have: 2 };
  writer.client.append(writer.channel, writer.session.record({ key: makeKey() }));
  await writer.client.acked(writer.channel, 3);
  const heads = async () =>
    (await stated(host, author)).fact.frontier.map(({ session, have }) => ({ session: toHex(session), have }));
  expect(await heads()).toEqual([good]);
  await host.stop();
  await host.again();
  expect(await heads()).toEqual([good]);
});

it('[STM-4] does not contradict itself by a checkpoint, a retired session, erased history or a restart', async () => {
  const host = await startHost();
  const author = new Author();
  const writer = await writerOn(host, author, true);
  const others = await writerOn(host, author);
  await write(writer, 3, 1);
  await write(others, 2, 1);
  const statements = [await stated(host, author)];
  const frontier = [writer, others].map(({ session: { id, n, hash } }) => ({ session: id, have: n, hash }));
  const checkpoint = async (heads: FrontierEntry[], retired = 0): Promise<void> => {
    const made = author.checkpoint(heads, { retired });
    writer.client.send(writer.channel, { type: 'checkpoint', checkpoint: made });
    await writer.client.next('checkpointMade', writer.channel);
    author.keepCheckpoint(made);
    statements.push(await stated(host, author));
  };
  await checkpoint(frontier);
  await checkpoint(frontier.slice(0, 1), 1);
  await write(writer, 1, 1);
  const owner = await host.client();
  const { channel } = await owner.open(author, 'own');
  owner.send(channel, { type: 'order', order: author.order(2) });
  await owner.next('erased', channel);
  statements.push(await stated(host, author));
  await host.stop();
  await host.again();
  statements.push(await stated(host, author));
  for (const [index, later] of statements.entries())
    for (const earlier of statements.slice(0, index))
      expect(contradictionOf(earlier, hourLater(later)), `${index}`).toBeUndefined();
  // What it would take: the test can fail.
  const [first] = statements as [Signed<Statement>];
  expect(contradictionOf(statements.at(-1) ?? first, hourLater(first))).toBe('lost');
});
