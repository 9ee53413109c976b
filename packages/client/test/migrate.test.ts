// Twelve people type while their host's documents move to PostgreSQL and back, by the command that an operator types.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { peekRecord, toHex } from '@archipel/protocol';
import type { MovableStore } from '@archipel/relay';
import { openSqliteStore, silentLog, systemClock } from '@archipel/relay';
import { openPostgresStore } from '@archipel/relay/postgres';
import { startPostgres, urlOf } from '@archipel/relay/services';
import { expect, it, onTestFinished } from 'vitest';
import { testClient, until } from './support/clients.ts';
import type { RelayProcess } from './support/relay-process.ts';
import { startRelayProcess } from './support/relay-process.ts';
import { Typist, wordsOf } from './support/typist.ts';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const PEOPLE = 12;
const DOCUMENTS = 3;
const WORD_MS = 150;
const BETWEEN_MS = 1500;
const PAGE_BYTES = 1024 * 1024;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** `npm run archipel -- migrate --to ...`, as an operator types it. */
async function migrate(relay: RelayProcess, to: string): Promise<string> {
  const child = spawn('npm', ['run', '--silent', 'archipel', '--', 'migrate', '--to', to], {
    cwd: ROOT,
    env: { ...process.env, ARCHIPEL_CONFIG: relay.file },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [code] = await once(child, 'close');
  expect({ code, output }).toMatchObject({ code: 0 });
  return output;
}

/** How many records of each session each document has: document, session, number. */
type Frontiers = Map<string, Map<string, number>>;

async function frontiersOf(opening: Promise<MovableStore>): Promise<Frontiers> {
  const store = await opening;
  const frontiers: Frontiers = new Map();
  const docIds = await store.list(undefined, 100);
  for (const docId of typeof docIds === 'string' ? [] : docIds) {
    const described = await store.describe(docId, 0);
    if (typeof described === 'string') throw new Error(described);
    const frontier = new Map<string, number>();
    for (let after = 0, last = false; !last; ) {
      const page = await store.read(described.ref, after, PAGE_BYTES);
      if (typeof page === 'string') throw new Error(page);
      for (const { body, position } of page.records) {
        const place = peekRecord(body);
        if (!place.ok) throw new Error(place.error);
        const session = toHex(place.value.session);
        // Without a gap, or the record would be of no use to anybody.
        expect(place.value.n).toBe(frontier.get(session) ?? 0);
        frontier.set(session, place.value.n + 1);
        after = position;
      }
      last = page.last;
    }
    frontiers.set(toHex(docId), frontier);
  }
  await store.close();
  return frontiers;
}

function missing(later: Frontiers, earlier: Frontiers): string[] {
  const lost: string[] = [];
  for (const [docId, frontier] of earlier) {
    for (const [session, have] of frontier) {
      if ((later.get(docId)?.get(session) ?? 0) < have) lost.push(`${docId} ${session} ${have}`);
    }
  }
  return lost;
}

it('loses no word that a client called saved when documents move to PostgreSQL and back', {
  timeout: 240_000,
}, async () => {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.stop());
  const database = urlOf(postgres, 'postgres');
  const relay = await startRelayProcess();
  const inFolder = () =>
    openSqliteStore(
      {
        folder: relay.data,
        maxBytes: 0,
        minFreeBytes: 0,
        tombstoneDays: 365,
        commitIntervalMs: 20,
        clock: systemClock,
        log: silentLog,
      },
      'mover',
    );
  const inDatabase = () =>
    openPostgresStore({ url: database, tombstoneDays: 365, clock: systemClock, log: silentLog }, 'mover');

  const first = testClient();
  const originals = await Promise.all(Array.from({ length: DOCUMENTS }, () => first.create({ relay: relay.url })));
  await Promise.all(originals.map((document) => document.flush()));
  const links = originals.map((document) => document.links().edit ?? '');
  const typists: Typist[] = [];
  for (let index = 0; index < PEOPLE; index++) {
    const document = await testClient().open(links[index % DOCUMENTS] ?? '', { relay: relay.url });
    typists.push(new Typist(document, `p${index}`, { everyMs: WORD_MS }));
  }
  await Promise.all(typists.map(({ document }) => document.synced()));
  for (const typist of typists) typist.start();

  /** What somebody finds who comes now. */
  const expectSaved = async (): Promise<void> => {
    const saved = typists.map((typist) => typist.savedWords());
    const visitor = testClient();
    for (const [index, link] of links.entries()) {
      const document = await visitor.open(link, { relay: relay.url });
      await document.synced();
      const words = wordsOf(document);
      const promised = saved.filter((_, typist) => typist % DOCUMENTS === index).flat();
      expect(promised.filter((word) => !words.has(word))).toEqual([]);
      expect(document.reports).toEqual([]);
    }
    await visitor.close();
  };

  await pause(BETWEEN_MS);
  const there = await migrate(relay, database);
  expect(there).toMatch(/Moved 3 documents \(\d+ records/);
  expect(there).toContain('Before the next start add NATS to it');
  expect(JSON.parse(readFileSync(relay.file, 'utf8'))).toMatchObject({ store: database });
  await expectSaved();
  const leftInFolder = await frontiersOf(inFolder());

  await pause(BETWEEN_MS);
  await expectSaved();
  const back = await migrate(relay, 'sqlite:');
  expect(back).toMatch(/store is removed/);
  expect(JSON.parse(readFileSync(relay.file, 'utf8'))).not.toHaveProperty('store');
  await expectSaved();
  const leftInDatabase = await frontiersOf(inDatabase());
  expect(missing(leftInDatabase, leftInFolder)).toEqual([]);
  expect(leftInDatabase.size).toBe(DOCUMENTS);

  await pause(BETWEEN_MS);
  for (const typist of typists) typist.stop();
  await until(
    () => typists.map(({ document }) => document.state),
    (states) => states.every((state) => state === 'saved'),
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
  await expectSaved();
  for (const { saved, typed } of typists) expect(saved).toBe(typed);

  // Nobody writes and no host runs: afterwards both stores have the very same frontiers.
  await relay.stop();
  const before = await frontiersOf(inFolder());
  expect(missing(before, leftInDatabase)).toEqual([]);
  expect(await migrate(relay, database)).toContain('No host runs with these settings');
  expect(await frontiersOf(inDatabase())).toEqual(before);
  expect(await frontiersOf(inFolder())).toEqual(before);
});
