import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { folderBytes } from '../harness/disk.ts';
import { pool, sleep } from '../harness/pool.ts';
import { seededRandom, shuffled } from '../harness/random.ts';
import { ServerProcess } from '../harness/server-process.ts';
import { median, percentile } from '../harness/stats.ts';
import { readPaper } from '../harness/trace.ts';
import { pastedUpdate, proseFor, TEXT } from '../harness/typing.ts';
import type { Open, Peer, Room, Whole } from '../peers/peer.ts';
import { emptyStore } from './empty-store.ts';
import type { Conditions, Scenario } from './scenario.ts';

const CHARACTERS = 200;
const WIDTH = 8;
/** Openings before those that are measured, until server and client are compiled. */
const UNMEASURED = 40;
/** Sockets and documents that nobody uses leave the memory of a server after some seconds. */
const SETTLE_MS = 15_000;

/** Many documents of one paragraph each, written once and left: what a host pays for them, and how fast one opens. */
export const closedDocuments: Scenario = {
  name: 'closed-documents',
  title: '2,000 closed documents of 200 characters',
  columns: [
    { head: 'disk B each', measure: 'diskBytesEach', ratioTo: 'hocuspocus' },
    { head: 'allocated B', measure: 'allocatedBytesEach' },
    { head: 'RSS kept B', measure: 'keptBytesEach' },
    { head: 'in use kept B', measure: 'inUseBytesEach' },
    { head: 'open p50 ms', measure: 'openP50Ms', ratioTo: 'hocuspocus' },
    { head: 'open p95 ms', measure: 'openP95Ms', ratioTo: 'hocuspocus' },
    { head: 'its cryptography ms', measure: 'cryptographyP50Ms' },
    { head: 'thin p50 ms', measure: 'openThinP50Ms' },
    { head: 'write+close ms', measure: 'writeMsEach' },
  ],
  needsStore: true,
  seconds: (quick) => (quick ? 12 : 65),
  run,
};

async function run(peer: Peer, { quick, round, folder }: Conditions): Promise<Record<string, number>> {
  const documents = quick ? 500 : 2000;
  const warmUp = 2 * documents;
  const prose = readPaper().endContent;
  const textOf = (index: number) => proseFor(index, prose, CHARACTERS);
  const rooms: Room[] = [];
  const results: Record<string, number> = {};

  const emptyBytes = await emptyStore(peer, join(folder, 'empty'));
  const data = join(folder, 'data');
  mkdirSync(data);
  const first = await ServerProcess.start(peer.serverArguments, data);
  try {
    // Twice as many documents before the first reading: code, caches and the allocator's arenas have then grown to their size.
    await pool(
      warmUp,
      WIDTH,
      async (index) => void (await writeClosed(peer, first.port, `warm${index}`, textOf(index))),
    );
    const before = await settled(first, quick);
    const start = performance.now();
    await pool(documents, WIDTH, async (index) => {
      rooms[index] = await writeClosed(peer, first.port, `closed${index}`, textOf(index));
    });
    results.writeMsEach = (performance.now() - start) / documents;
    const after = await settled(first, quick);
    // With few documents, the allocator's growth outweighs what is kept.
    if (!quick) results.keptBytesEach = (after.rss - before.rss) / documents;
    results.inUseBytesEach = (after.inUse - before.inUse) / documents;
    await first.stop();
  } finally {
    await first.crash();
  }

  const disk = folderBytes(data);
  results.diskBytesEach = (disk.apparent - emptyBytes.apparent) / (documents + warmUp);
  results.allocatedBytesEach = (disk.allocated - emptyBytes.allocated) / (documents + warmUp);

  const second = await ServerProcess.start(peer.serverArguments, data);
  try {
    return { ...results, ...(await openSome(peer, second.port, rooms, textOf, quick ? 30 : 100, round)) };
  } finally {
    await second.crash();
  }
}

/** What the server holds when nobody is connected and the dust has settled. */
async function settled(server: ServerProcess, quick: boolean): Promise<{ rss: number; inUse: number }> {
  await sleep(quick ? 1_000 : SETTLE_MS);
  const inUse = await server.collectGarbage();
  return { rss: server.memory().rss, inUse };
}

async function writeClosed(peer: Peer, port: number, name: string, text: string): Promise<Room> {
  const room = await peer.createRoom(port, name);
  const events = { delivered: () => undefined, acknowledged: () => undefined };
  const member = await peer.join({ port, room, writer: 0, events });
  member.send(pastedUpdate(0, text));
  await member.close();
  return room;
}

/** Opens documents one after the other, each for the first time since the server started. */
async function openSome(
  peer: Peer,
  port: number,
  rooms: readonly Room[],
  textOf: (index: number) => string,
  count: number,
  round: number,
): Promise<Record<string, number>> {
  const order = shuffled(rooms.length, seededRandom(round));
  const whole: Whole = (document) => document.getText(TEXT).length === CHARACTERS;
  const openAll = async (open: Open): Promise<number[]> => {
    const times: number[] = [];
    for (const [turn, index] of order.splice(0, UNMEASURED + count).entries()) {
      const started = performance.now();
      const opened = await open(port, rooms[index] as Room, whole);
      if (turn >= UNMEASURED) times.push(performance.now() - started);
      if (opened.document.getText(TEXT).toString() !== textOf(index)) throw new Error(`document ${index} differs`);
      await opened.close();
    }
    return times;
  };
  const times = await openAll(peer.openByClient ?? peer.open);
  const results = {
    openP50Ms: median(times),
    openP95Ms: percentile(times, 0.95),
    ...(peer.cryptography && { cryptographyP50Ms: await cryptographyMs(peer.cryptography, textOf, count) }),
  };
  return peer.openByClient === undefined ? results : { ...results, openThinP50Ms: median(await openAll(peer.open)) };
}

async function cryptographyMs(
  once: NonNullable<Peer['cryptography']>,
  textOf: (index: number) => string,
  count: number,
): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < UNMEASURED + count; turn++) {
    const took = await once(pastedUpdate(0, textOf(turn)));
    if (turn >= UNMEASURED) times.push(took);
  }
  return median(times);
}
