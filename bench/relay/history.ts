import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { folderBytes } from '../harness/disk.ts';
import { sleep } from '../harness/pool.ts';
import { ServerProcess } from '../harness/server-process.ts';
import { median, percentile } from '../harness/stats.ts';
import { readPaper, replayedUpdates } from '../harness/trace.ts';
import { TEXT } from '../harness/typing.ts';
import type { Open, Peer, Room, Whole } from '../peers/peer.ts';
import { emptyStore } from './empty-store.ts';
import type { Conditions, Scenario } from './scenario.ts';

/** Updates on their way at most: a fast replay must not measure a queue. */
const IN_FLIGHT = 500;

/** What was erased has left the file after this. */
const SWEEP_MS = 2_000;
/** A longer history at the pace of a person would take the bench longer than it tells. */
const TYPED_EDITS = 10_000;
/** Openings before those that are measured, until server and client are compiled. */
const UNMEASURED = 10;

const columns = [
  { head: 'disk B/edit', measure: 'diskBytesPerEdit', ratioTo: 'hocuspocus' },
  { head: 'without history', measure: 'diskBytesPerEditErased' },
  { head: 'typed slowly', measure: 'diskBytesPerTypedEdit' },
  { head: 'edits/update', measure: 'editsPerUpdate' },
  { head: 'open p50 ms', measure: 'openP50Ms', ratioTo: 'hocuspocus' },
  { head: 'open p95 ms', measure: 'openP95Ms' },
  { head: 'thin p50 ms', measure: 'openThinP50Ms' },
  { head: 'first open ms', measure: 'firstOpenMs' },
  { head: 'replay edits/s', measure: 'editsPerSecond' },
  { head: 'stop ms', measure: 'stopMs' },
];

export const histories: readonly Scenario[] = [
  {
    name: 'history-10k',
    title: 'the first 10,000 edits of the recorded paper as one document, closed and opened again',
    columns,
    needsStore: true,
    seconds: (quick) => (quick ? 6 : 15),
    run: (peer, conditions) => run(peer, 10_000, conditions),
  },
  {
    name: 'history-paper',
    title: 'the whole recorded paper (259,778 edits) as one document, closed and opened again',
    columns,
    needsStore: true,
    onlyFull: true,
    seconds: () => 90,
    run: (peer, conditions) => run(peer, Number.POSITIVE_INFINITY, conditions),
  },
];

async function run(peer: Peer, edits: number, { quick, folder }: Conditions): Promise<Record<string, number>> {
  const paper = readPaper();
  const count = Math.min(edits, paper.txns.length);
  const empty = (await emptyStore(peer, join(folder, 'empty'))).apparent;
  const data = join(folder, 'data');
  const bytesPerEdit = (of: string) => (folderBytes(of).apparent - empty) / count;

  const { updates, content } = replayedUpdates(paper, count, peer.editsPerStoredUpdate);
  const { room, ...written } = await write(peer, data, updates);
  const results: Record<string, number> = {
    editsPerUpdate: peer.editsPerStoredUpdate,
    editsPerSecond: (count / written.replayMs) * 1000,
    stopMs: written.stopMs,
    diskBytesPerEdit: bytesPerEdit(data),
  };
  const server = await ServerProcess.start(peer.serverArguments, data);
  try {
    Object.assign(results, await openRepeatedly(peer, server.port, room, content, quick ? 5 : 20));
    if (peer.eraseHistory !== undefined) {
      await peer.eraseHistory(server.port, room);
      await sleep(SWEEP_MS);
      await openRepeatedly(peer, server.port, room, content, 0);
    }
    await server.stop();
  } finally {
    await server.crash();
  }
  if (peer.eraseHistory !== undefined) results.diskBytesPerEditErased = bytesPerEdit(data);

  if (peer.editsPerTypedUpdate === undefined || count > TYPED_EDITS) return results;
  const typed = join(folder, 'typed');
  await write(peer, typed, replayedUpdates(paper, count, peer.editsPerTypedUpdate).updates);
  return { ...results, diskBytesPerTypedEdit: bytesPerEdit(typed) };
}

/** Writes the updates into a document of a new store in `data`, and stops the server in order. */
async function write(peer: Peer, data: string, updates: readonly Uint8Array[]) {
  mkdirSync(data);
  const server = await ServerProcess.start(peer.serverArguments, data);
  try {
    const start = performance.now();
    const room = await peer.createRoom(server.port, 'paper');
    await (peer.replay ?? joinAndSend(peer))(server.port, room, updates);
    const stopping = performance.now();
    await server.stop();
    return { room, replayMs: stopping - start, stopMs: performance.now() - stopping };
  } finally {
    await server.crash();
  }
}

function joinAndSend(peer: Peer) {
  return (port: number, room: Room, updates: readonly Uint8Array[]) => replay(peer, port, room, updates);
}

async function replay(peer: Peer, port: number, room: Room, updates: readonly Uint8Array[]): Promise<void> {
  let acknowledged = 0;
  let moved = Promise.withResolvers<void>();
  const events = {
    delivered: () => undefined,
    acknowledged: (count: number) => {
      acknowledged = count;
      moved.resolve();
    },
  };
  const member = await peer.join({ port, room, writer: 0, events });
  for (const [sent, update] of updates.entries()) {
    while (sent - acknowledged >= IN_FLIGHT) {
      await moved.promise;
      moved = Promise.withResolvers<void>();
    }
    member.send(update);
  }
  await member.close();
}

/** Opens and leaves it again and again: after each time the server has no reason to keep it in memory. */
async function openRepeatedly(peer: Peer, port: number, room: Room, content: string, count: number) {
  const whole: Whole = (document) => document.getText(TEXT).length === content.length;
  const openAll = async (open: Open, turns: number): Promise<number[]> => {
    const times: number[] = [];
    for (let turn = 0; turn < turns; turn++) {
      const started = performance.now();
      const opened = await open(port, room, whole);
      times.push(performance.now() - started);
      if (opened.document.getText(TEXT).toString() !== content) throw new Error('the replayed text differs');
      await opened.close();
      await sleep(50);
    }
    return times;
  };
  const openByClient = peer.openByClient ?? peer.open;
  const [firstOpenMs = Number.NaN] = await openAll(openByClient, 1);
  if (count === 0) return { firstOpenMs };
  await openAll(openByClient, UNMEASURED);
  const times = await openAll(openByClient, count);
  const results = { firstOpenMs, openP50Ms: median(times), openP95Ms: percentile(times, 0.95) };
  if (peer.openByClient === undefined) return results;
  return { ...results, openThinP50Ms: median(await openAll(peer.open, count)) };
}
