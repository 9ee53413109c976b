// A host that is killed while it moves its documents, at moments that nobody chose.
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Bytes } from '@archipel/protocol';
import { expect, it } from 'vitest';
import { controlPath, lineOf } from '../src/host/control-messages.ts';
import { finishMove } from '../src/host/offline.ts';
import { silentLog, systemClock } from '../src/index.ts';
import type { MovableStore, OpenedBy } from '../src/store/moving.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';
import { makeFolder, startProcess } from './support/relay.ts';
import { append, bytes, create, found } from './support/stores.ts';

const KILLS = 8;
const DOCUMENTS = 25;
const MAX_LIFE_MS = 700;

function open(folder: string, by: OpenedBy): Promise<MovableStore> {
  const common = { maxBytes: 0, minFreeBytes: 0, tombstoneDays: 1, commitIntervalMs: 0 };
  return openSqliteStore({ ...common, folder, clock: systemClock, log: silentLog }, by);
}

/** Ids of the documents and numbers of their records; undefined when a host may not open the store. */
async function servedIn(folder: string): Promise<string[] | undefined> {
  const store = await open(folder, 'host').catch((error: Error) => error.message);
  if (typeof store === 'string') {
    expect(store).toMatch(/were moved to|is the target of a move|holds all documents of/);
    return undefined;
  }
  const docIds = found<Bytes[]>(await store.list(undefined, 1000));
  const described = await Promise.all(docIds.map((docId) => store.describe(docId, 0)));
  await store.close();
  return described.map((one, i) => `${docIds[i]} ${typeof one === 'string' ? one : one.state.records}`);
}

it('leaves one of the two stores in charge, with everything, killed at any moment', { timeout: 300_000 }, async () => {
  let folder = join(makeFolder(), 'first');
  const filled = await open(folder, 'host');
  for (let i = 0; i < DOCUMENTS; i++) {
    const document = await create(filled);
    for (let n = 0; n < 3; n++) await append(filled, document, n, bytes(300, n));
  }
  await filled.close();
  const everything = await servedIn(folder);
  expect(everything).toHaveLength(DOCUMENTS);
  for (let round = 0; round < KILLS; round++) {
    const target = join(makeFolder(), 'next');
    const host = await startProcess({ ARCHIPEL_DATA: folder });
    const socket = connect(controlPath(folder, host.port));
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(lineOf({ do: 'migrate', to: `sqlite:${target}`, bus: '', isDry: false }));
    await new Promise((resolve) => setTimeout(resolve, (MAX_LIFE_MS * (round + Math.random())) / KILLS));
    host.child.kill('SIGKILL');
    await host.ended;
    socket.destroy();
    const there = await servedIn(target);
    if ((await servedIn(folder)) !== undefined) {
      expect(await servedIn(folder)).toEqual(everything);
      // As empty as any store that nobody has moved to yet.
      expect(there ?? []).toEqual([]);
      continue;
    }
    if (there === undefined) {
      const [from, to] = [await open(folder, 'mover'), await open(target, 'mover')];
      await finishMove(from, to, { from: folder, to: target });
      await Promise.all([from.close(), to.close()]);
    }
    expect(await servedIn(target)).toEqual(everything);
    folder = target;
  }
});
