import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeConfig, type RelayServer, startServer } from '@archipel/relay';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sleep } from '../harness/pool.ts';
import { seededRandom } from '../harness/random.ts';
import { typingSchedule } from '../harness/typing.ts';
import { Crowd } from './crowd.ts';
import { loads } from './loads.ts';

const GROUPS = [
  { documents: 2, writers: 3, readers: 0 },
  { documents: 1, writers: 2, readers: 4 },
];
const folder = mkdtempSync(join(tmpdir(), 'archipel-crowd-'));
let server: RelayServer;

beforeAll(async () => {
  server = await startServer(makeConfig({ host: '127.0.0.1', port: 0, data: folder, logLevel: 'silent' }));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.each(loads)('what was sealed before is taken, arrives and is there in the end: $name', async (load) => {
  const crowd = await Crowd.gather(GROUPS, [server.port]);
  for (const step of [0, 1]) {
    const keys = typingSchedule(crowd.writers.length, 5, 500, seededRandom(step));
    const letters = load.letters(keys, 500);
    for (const letter of await crowd.seal(letters, 'some prose')) crowd.send(letter);
    expect(crowd.records).toBeGreaterThan(0);
    while (crowd.acknowledged < crowd.records || crowd.deliveries.count < crowd.due) await sleep(10);
  }
  expect(crowd.refusal).toBeUndefined();
  expect(crowd.ackLatency.count).toBe(crowd.records);
  await crowd.check(3, [server.port]);
});
