import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, silentLog, systemClock } from '@archipel/relay';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Engine } from './engine.ts';
import { PlainFile } from './plain-file.ts';
import { PortEngine } from './port-engine.ts';
import { RawSqlite } from './raw-sqlite.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archipel-engine-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const body = (fill: number) => new Uint8Array(100).fill(fill);

const makers: Record<string, () => Promise<Engine>> = {
  arrival: () => Promise.resolve(new RawSqlite(folder, 'arrival', 3)),
  clustered: () => Promise.resolve(new RawSqlite(folder, 'clustered', 3)),
  port: () =>
    PortEngine.make(
      folder,
      (observeCommit) =>
        openSqliteStore({
          folder,
          maxBytes: 0,
          minFreeBytes: 0,
          tombstoneDays: 1,
          commitIntervalMs: 0,
          clock: systemClock,
          log: silentLog,
          observeCommit,
        }),
      () => Promise.resolve(),
      3,
    ),
};

test.each(Object.keys(makers))('what was appended is read after a restart, whole and by pages: %s', async (name) => {
  const engine = await (makers[name] as () => Promise<Engine>)();
  const failures = await Promise.all(Array.from({ length: 130 }, (_, n) => engine.append(n % 2, body(n))));
  expect(failures.filter((failure) => failure !== undefined)).toEqual([]);
  await engine.merge();
  await engine.reading?.restart();
  expect(await engine.reading?.load(0)).toBe(65);
  const times: number[] = [];
  expect(await engine.reading?.pages(1, 20, (ms) => times.push(ms))).toBe(65);
  expect(times).toHaveLength(4);
  const { records, commits } = await engine.counters();
  expect(records).toBe(130);
  expect(commits).toBeLessThanOrEqual(130);
  await engine.close();
});

test('a plain file holds the bytes and nothing else; what is asked for in one turn is one commit', async () => {
  const engine = new PlainFile(folder);
  await Promise.all([engine.append(0, body(1)), engine.append(1, body(2))]);
  expect(await engine.bytes()).toBe(200);
  expect(await engine.counters()).toMatchObject({ records: 2, commits: 1 });
  await engine.close();
});
