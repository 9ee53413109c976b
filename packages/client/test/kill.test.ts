// Twenty people type while their relay is killed, again and again, at random moments.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeConfig, startServer } from '@archipel/relay';
import { expect, it } from 'vitest';
import { testClient, until } from './support/clients.ts';
import { temporaryFolder } from './support/relay.ts';
import { startRelayProcess } from './support/relay-process.ts';
import { Typist, wordsOf } from './support/typist.ts';

const CLIENTS = 20;
const KILLS = 30;
const DOCUMENTS = 4;
const MAX_LIFE_MS = 600;
const WORD_MS = 130;

/** A copy of the killed relay's disk, so that the relay can go on meanwhile. */
function copyOf(data: string): string {
  const copy = join(temporaryFolder(), 'data');
  mkdirSync(copy);
  const parts = readdirSync(data).filter((file) => /\.sqlite(-wal)?$/.test(file));
  for (const file of parts) copyFileSync(join(data, file), join(copy, file));
  return copy;
}

/** What somebody finds who opens these documents there. */
async function wordsOnDisk(copy: string, links: string[]): Promise<Set<string>[]> {
  const server = await startServer(makeConfig({ host: '127.0.0.1', port: 0, data: copy, logLevel: 'silent' }));
  const client = testClient();
  const found: Set<string>[] = [];
  for (const link of links) {
    const document = await client.open(link, { relay: `ws://127.0.0.1:${server.port}/relay` });
    await document.synced();
    found.push(new Set(wordsOf(document)));
  }
  await client.close();
  await server.stop();
  return found;
}

it('CHK-5: no word that a client called saved is lost by kill -9, thirty times', { timeout: 300_000 }, async () => {
  const relay = await startRelayProcess();
  const first = testClient();
  const originals = await Promise.all(Array.from({ length: DOCUMENTS }, () => first.create({ relay: relay.url })));
  await Promise.all(originals.map((document) => document.flush()));
  const links = originals.map((document) => document.links().edit ?? '');

  const typists: Typist[] = [];
  for (let index = 0; index < CLIENTS; index++) {
    const document = await testClient().open(links[index % DOCUMENTS] ?? '', { relay: relay.url });
    typists.push(new Typist(document, `p${index}`, { everyMs: WORD_MS }));
  }
  await Promise.all(typists.map(({ document }) => document.synced()));
  for (const typist of typists) typist.start();

  let promised = 0;
  for (let round = 0; round < KILLS; round++) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_LIFE_MS));
    await relay.kill();
    const saved = typists.map((typist) => typist.savedWords());
    const copy = copyOf(relay.data);
    const [found] = await Promise.all([wordsOnDisk(copy, links), relay.start()]);
    const lost = saved.flatMap((words, index) => words.filter((word) => !found[index % DOCUMENTS]?.has(word)));
    expect(lost, `round ${round}: words that were saved and are not on disk`).toEqual([]);
    promised = saved.flat().length;
  }
  for (const typist of typists) typist.stop();
  // A busy machine saves less between two kills.
  expect(promised).toBeGreaterThan((CLIENTS * KILLS) / 4);

  // They go on by themselves, and end equal with every word that was typed.
  await until(
    () => typists.map(({ document }) => [document.state, document.error]),
    (states) => states.every(([state]) => state === 'saved'),
  );
  for (const [index, { document }] of typists.entries()) {
    const expected = typists.filter((_, other) => other % DOCUMENTS === index % DOCUMENTS);
    const all = new Set(expected.flatMap((typist) => typist.typedWords()));
    await until(
      () => wordsOf(document).size,
      (size) => size === all.size,
    );
    expect(wordsOf(document)).toEqual(all);
    expect(document.reports).toEqual([]);
  }
});
