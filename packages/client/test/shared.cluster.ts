// Forty people type in one document that two relay processes serve, while each part of the machinery fails in turn.
import type { Document } from '@archipel/client';
import { TIMING } from '@archipel/client';
import { expect, it } from 'vitest';
import { testClient, until } from './support/clients.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { Typist, wordsOf } from './support/typist.ts';

/** `npm run test:cluster` makes 3 rounds; ARCHIPEL_CLUSTER_ROUNDS=30 more. */
const ROUNDS = Number(process.env.ARCHIPEL_CLUSTER_ROUNDS ?? 3);
const PEOPLE = 40;
const SECOND_MS = 1000;
/** Forty clients in one process: each word is verified and opened forty times. */
const WORD_MS = 8 * SECOND_MS;
const CUT_MS = 30 * SECOND_MS;
const LOCK_MS = 5 * SECOND_MS;
/** What a round takes at most. */
const ROUND_MS = 180 * SECOND_MS;
/** Then other people begin another document: the forty copies of one that grows for hours would be what takes the time of this machine. */
const ROUNDS_TOGETHER = 5;
/** Nothing is promised of this: a machine that does something else at the same time is slow, and is not to fail for it. */
const SETTLE_MS = 120 * SECOND_MS;
/** To look through all words of forty people takes time that they need themselves. */
const LOOK_EVERY_MS = 250;
/** Nobody waits longer while both processes are restarted in turn. */
const MAX_WAIT_MS = 3 * SECOND_MS;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Long work says where it is. */
const say = (words: string): void => void process.stderr.write(`${new Date().toISOString()} ${words}\n`);
const moment = (): Promise<void> => pause(200 + Math.random() * 1500);

interface Crowd {
  cluster: Cluster;
  link: string;
  typists: Typist[];
}

async function gather(cluster: Cluster): Promise<Crowd> {
  const owner = await testClient().create({ relay: cluster.url });
  await owner.flush();
  const link = owner.links().edit ?? '';
  const typists: Typist[] = [];
  for (let index = 0; index < PEOPLE; index++) {
    // Each on a connection of its own with a browser's delays; the balancer gives them to both processes in turn.
    const document = await testClient({ timing: TIMING }).open(link, { relay: cluster.url });
    typists.push(new Typist(document, `p${index}`, { everyMs: WORD_MS }));
  }
  await Promise.all(typists.map(({ document }) => document.synced()));
  for (const typist of typists) typist.start();
  return { cluster, link, typists };
}

/**
 * Everybody hears what was called saved since the last time, and what each living process answers to somebody who opens the document
 * now holds every word that was ever called saved.
 */
async function checkSaved({ cluster, link, typists }: Crowd, what: string): Promise<void> {
  const saved = typists.flatMap((typist) => typist.savedWords());
  const news = new Set(typists.flatMap((typist) => typist.savedWords().slice(typist.heard)));
  for (const typist of typists) typist.heard = typist.saved;
  await until(
    () => typists.flatMap((typist) => lack(typist, news)),
    (behind) => behind.length === 0,
    SETTLE_MS,
    LOOK_EVERY_MS,
  ).catch((error: Error) => expect.fail(`${what}: who does not hear the others: ${error.message}`));
  for (const relay of cluster.urls()) {
    const client = testClient();
    const document = await client.open(link, { relay });
    await document.synced();
    const found = wordsOf(document);
    expect(
      saved.filter((word) => !found.has(word)),
      `${what}: words that were saved and are not there`,
    ).toEqual([]);
    await client.close();
  }
}

/** All go on by themselves: everybody's pill says "saved" again. */
async function untilSaved(typists: Typist[]): Promise<void> {
  await until(
    () =>
      typists
        .filter(({ document }) => document.state !== 'saved')
        .map(({ name, document }) => `${name} ${document.state} ${document.error}`),
    (waiting) => waiting.length === 0,
    SETTLE_MS,
  );
}

const TROUBLES: readonly [what: string, make: (crowd: Crowd) => Promise<void>][] = [
  ['the first process is killed', ({ cluster }) => cluster.killAndRestart(0)],
  ['the second process is killed', ({ cluster }) => cluster.killAndRestart(1)],
  ['NATS is restarted', ({ cluster }) => cluster.restartNats()],
  ['PostgreSQL is restarted', ({ cluster }) => cluster.restartPostgres()],
  ['NATS is cut', ({ cluster }) => cluster.cutNats(CUT_MS)],
  ['PostgreSQL is slow', ({ cluster }) => cluster.lockDocuments(LOCK_MS)],
];

/** Who does not know all of them, and why perhaps. */
function lack({ name, document }: Typist, words: Set<string>): string[] {
  const lacks = missing(document, words);
  if (lacks.length === 0) return [];
  const reports = document.reports.map(({ rule, detail }) => `${rule} ${detail}`);
  const { pendingStructs } = document.ydoc.store;
  const waits = pendingStructs === null ? '' : `, holds what builds on ${pendingStructs.missing.size} that it misses`;
  return [`${name} is ${document.state} ${document.error ?? ''}, lacks ${lacks.slice(0, 5)}${waits}, ${reports}`];
}

function missing(document: Document, words: Set<string>): string[] {
  const found = wordsOf(document);
  return [...words].filter((word) => !found.has(word));
}

async function finish({ typists, link, cluster }: Crowd): Promise<void> {
  for (const typist of typists) typist.stop();
  await untilSaved(typists);
  const all = new Set(typists.flatMap((typist) => typist.typedWords()));
  const late = await testClient().open(link, { relay: cluster.url });
  await late.synced();
  const documents: Document[] = [...typists.map(({ document }) => document), late];
  await until(
    () => documents.map((document) => missing(document, all)),
    (lacks) => lacks.every(({ length }) => length === 0),
    SETTLE_MS,
    LOOK_EVERY_MS,
  );
  const [first] = documents;
  for (const document of documents) {
    expect(wordsOf(document)).toEqual(all);
    expect(document.ydoc.getArray('words').toJSON()).toEqual(first?.ydoc.getArray('words').toJSON());
    expect(document.reports).toEqual([]);
  }
}

it(`[CON-5] [CHK-5] two processes, forty people: no word called saved is lost, whatever fails, ${ROUNDS} rounds`, {
  timeout: ROUNDS * ROUND_MS,
}, async () => {
  const cluster = await startCluster(2);
  for (let round = 0; round < ROUNDS; ) {
    const crowd = await gather(cluster);
    for (const end = Math.min(ROUNDS, round + ROUNDS_TOGETHER); round < end; round++) {
      for (const [what, make] of TROUBLES) {
        await moment();
        await make(crowd);
        await untilSavedOnce(crowd.typists);
        await checkSaved(crowd, `round ${round}, ${what}`);
      }
      say(`round ${round + 1} of ${ROUNDS} is done`);
    }
    await finish(crowd);
    await Promise.all(crowd.typists.map(({ document }) => document.close()));
  }
});

/** Each has been saved at some time since now: nobody hangs, though all go on typing. */
async function untilSavedOnce(typists: Typist[]): Promise<void> {
  const before = typists.map((typist) => typist.typed);
  await until(
    () =>
      typists
        .filter((typist, index) => typist.saved < (before[index] ?? 0))
        .map(({ name, document }) => `${name} ${document.state} ${document.error}`),
    (waiting) => waiting.length === 0,
    SETTLE_MS,
  );
}

it('[CON-8] a rolling restart of both processes: nobody waits longer than three seconds', {
  timeout: ROUND_MS,
}, async () => {
  const crowd = await gather(await startCluster(2));
  await untilSavedOnce(crowd.typists);
  for (const typist of crowd.typists) typist.longestMs = 0;
  for (const index of [0, 1]) {
    await moment();
    await crowd.cluster.restart(index);
    await untilSavedOnce(crowd.typists);
  }
  await finish(crowd);
  const longest = Math.max(...crowd.typists.map(({ longestMs }) => longestMs));
  expect(longest).toBeLessThan(MAX_WAIT_MS);
});
