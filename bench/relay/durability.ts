import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pool, sleep } from '../harness/pool.ts';
import { seededRandom } from '../harness/random.ts';
import { ServerProcess } from '../harness/server-process.ts';
import { median } from '../harness/stats.ts';
import { type SyncCall, SyncWatch } from '../harness/sync-calls.ts';
import { readPaper } from '../harness/trace.ts';
import { proseFor, typedUpdates, typingSchedule } from '../harness/typing.ts';
import { Typists } from '../harness/typists.ts';
import { clientIdOf, type KeyRange, type Member, type Peer, type Room } from '../peers/peer.ts';
import type { Conditions, Scenario } from './scenario.ts';

const WRITERS = 5;
const KEYS_PER_SECOND = 5;
/** strace and Node read the same clock, but write it down at slightly different moments. */
const CLOCK_TOLERANCE_MS = 2;

/**
 * People type, the server is killed with SIGKILL, starts again on what is on the disk, and somebody opens the document:
 * what of that which others had seen, and of that which was acknowledged, is still there?
 */
export const durability: Scenario = {
  name: 'durability',
  title: '5 writers at 5 keys/s, one reader; kill -9 of the server while they type; what is there after a restart',
  columns: [
    { head: 'keys seen', measure: 'keysDelivered' },
    { head: 'seen, lost', measure: 'keysDeliveredLost' },
    { head: 'seen, lost s', measure: 'secondsDeliveredLost' },
    { head: 'acknowledged', measure: 'keysAcknowledged' },
    { head: 'ack. but lost', measure: 'keysAcknowledgedLost' },
    { head: 'syncs', measure: 'syncs' },
    { head: 'on disk at ack %', measure: 'acknowledgedOnDiskPercent' },
    { head: 'ack p50 ms', measure: 'ackP50Ms' },
  ],
  needsStore: true,
  seconds: (quick) => (quick ? 8 : 16),
  run,
};

/** What is known of one writer's keys, each number being "keys 0 to n-1". */
interface Known {
  delivered: number;
  /** When each key was acknowledged, by `performance.now()`. */
  acknowledgedAt: number[];
}

async function run(peer: Peer, { quick, round, folder }: Conditions): Promise<Record<string, number>> {
  const random = seededRandom(77 + round);
  const killAfterMs = quick ? 3_000 + 2_000 * random() : 5_000 + 5_000 * random();
  const schedule = typingSchedule(WRITERS, KEYS_PER_SECOND, killAfterMs + 5_000, random);
  const prose = readPaper().endContent;
  const updates = Array.from({ length: WRITERS }, (_, writer) => typedUpdates(writer, proseFor(writer, prose, 200)));
  const typists = new Typists(schedule, updates);
  const known: Known[] = Array.from({ length: WRITERS }, () => ({ delivered: 0, acknowledgedAt: [] }));
  const dataFolder = join(folder, 'data');

  mkdirSync(dataFolder);
  const first = await ServerProcess.start(peer.serverArguments, dataFolder);
  const room = await peer.createRoom(first.port, 'durable');
  let watch: SyncWatch | undefined;
  let killedAt: number;
  try {
    const members = await joinAll(peer, first.port, room, known);
    watch = await SyncWatch.start(first.pid, join(folder, 'strace.log'));
    const typing = typists.type(members);
    await sleep(killAfterMs);
    killedAt = performance.now();
    await first.crash();
    typists.stop();
    await typing;
    await sleep(300);
  } finally {
    await first.crash();
  }
  const calls = await watch?.calls();
  const survived = await reopen(peer, dataFolder, room);
  return { ...losses(known, survived, typists, killedAt), ...onDisk(known, typists, calls) };
}

async function joinAll(peer: Peer, port: number, room: Room, known: Known[]): Promise<Member[]> {
  const hear = (ranges: readonly KeyRange[]) => {
    for (const { writer, to } of ranges) {
      const of = known[writer] as Known;
      of.delivered = Math.max(of.delivered, to);
    }
  };
  await peer.join({ port, room, events: { delivered: hear, acknowledged: () => undefined } });
  return pool(WRITERS, WRITERS, (writer) => {
    const { acknowledgedAt } = known[writer] as Known;
    const acknowledged = (count: number) => {
      const now = performance.now();
      while (acknowledgedAt.length < count) acknowledgedAt.push(now);
    };
    return peer.join({ port, room, writer, events: { delivered: () => undefined, acknowledged } });
  });
}

/** Starts the server on what is left and counts each writer's keys in the document that it serves. */
async function reopen(peer: Peer, dataFolder: string, room: Room): Promise<number[]> {
  const server = await ServerProcess.start(peer.serverArguments, dataFolder);
  try {
    const { document } = await peer.open(server.port, room);
    return Array.from({ length: WRITERS }, (_, writer) => document.store.clients.get(clientIdOf(writer))).map(
      (structs) => {
        const last = structs?.at(-1);
        return last === undefined ? 0 : last.id.clock + last.length;
      },
    );
  } finally {
    await server.crash();
  }
}

function losses(known: readonly Known[], survived: readonly number[], typists: Typists, killedAt: number) {
  const sum = { keysDelivered: 0, keysDeliveredLost: 0, keysAcknowledged: 0, keysAcknowledgedLost: 0 };
  let secondsDeliveredLost = 0;
  for (const [writer, { delivered, acknowledgedAt }] of known.entries()) {
    const kept = survived[writer] ?? 0;
    sum.keysDelivered += delivered;
    sum.keysDeliveredLost += Math.max(0, delivered - kept);
    sum.keysAcknowledged += acknowledgedAt.length;
    sum.keysAcknowledgedLost += Math.max(0, acknowledgedAt.length - kept);
    if (delivered <= kept) continue;
    secondsDeliveredLost = Math.max(secondsDeliveredLost, (killedAt - typists.sentAt(writer, kept)) / 1000);
  }
  return { ...sum, secondsDeliveredLost };
}

/** The share of acknowledged keys for which a sync both began after the key was sent and ended before the acknowledgement. */
function onDisk(known: readonly Known[], typists: Typists, calls: readonly SyncCall[] | undefined) {
  const waits: number[] = [];
  let safe = 0;
  for (const [writer, { acknowledgedAt }] of known.entries()) {
    for (const [key, at] of acknowledgedAt.entries()) {
      const sentAt = typists.sentAt(writer, key);
      waits.push(at - sentAt);
      const between = ({ startMs, endMs }: SyncCall) =>
        startMs >= sentAt + performance.timeOrigin - CLOCK_TOLERANCE_MS &&
        endMs <= at + performance.timeOrigin + CLOCK_TOLERANCE_MS;
      if (calls?.some(between)) safe++;
    }
  }
  const ackP50Ms = median(waits);
  if (calls === undefined) return { ackP50Ms };
  return { ackP50Ms, syncs: calls.length, acknowledgedOnDiskPercent: (100 * safe) / waits.length };
}
