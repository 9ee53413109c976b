import { pool, sleep } from '../harness/pool.ts';
import { machineCpuMs } from '../harness/process-usage.ts';
import { seededRandom } from '../harness/random.ts';
import { ServerProcess } from '../harness/server-process.ts';
import { Histogram } from '../harness/stats.ts';
import { readPaper } from '../harness/trace.ts';
import { proseFor, TEXT, typedUpdates, typingSchedule } from '../harness/typing.ts';
import { Deliveries, Typists } from '../harness/typists.ts';
import type { Member, Peer, Room } from '../peers/peer.ts';
import type { Column, Conditions, Scenario } from './scenario.ts';

interface Load {
  documents: number;
  /** Per document. */
  writers: number;
  readers: number;
  /** Per writer. */
  keysPerSecond: number;
}

const DRAIN_MS = 5_000;
const CHECKED_ROOMS = 10;
const CHECK_LIMIT_MS = 20_000;

function columns(cpuRatioTo: string, tailRatioTo: string): Column[] {
  return [
    { head: 'CPU ms/1,000', measure: 'cpuMsPer1000', ratioTo: cpuRatioTo },
    { head: 'p50 ms', measure: 'p50Ms' },
    { head: 'p95 ms', measure: 'p95Ms', ratioTo: tailRatioTo },
    { head: 'p99 ms', measure: 'p99Ms' },
    { head: 'delivered/s', measure: 'deliveredPerSecond' },
    { head: 'of due %', measure: 'deliveredPercent' },
    { head: 'server CPU %', measure: 'serverCpuPercent' },
    { head: 'generator %', measure: 'generatorCpuPercent' },
    { head: 'elsewhere %', measure: 'elsewhereCpuPercent' },
    { head: 'RSS MB', measure: 'rssMb', ratioTo: 'hocuspocus' },
    { head: 'PSS MB', measure: 'pssMb' },
    { head: 'after GC MB', measure: 'rssCollectedMb' },
  ];
}

function scenario(name: string, title: string, cpuRatioTo: string, load: Load): Scenario {
  return {
    name,
    title,
    columns: columns(cpuRatioTo, 'hocuspocus'),
    needsStore: false,
    seconds: (quick) => (quick ? 9 : 22) + load.documents / 200,
    run: (peer, conditions) => run(peer, load, conditions),
  };
}

const hotDocuments = [10, 50, 100, 200].map((readers) =>
  scenario(`hot-document-${readers}`, `one document, ${readers} readers, 10 writers at 5 keys/s`, 'bare-ws', {
    documents: 1,
    writers: 10,
    readers,
    keysPerSecond: 5,
  }),
);

export const typingScenarios: readonly Scenario[] = [
  ...hotDocuments,
  scenario('fast-document', 'one document, 100 readers, 10 writers, 1,200 keys/s in all', 'hocuspocus', {
    documents: 1,
    writers: 10,
    readers: 100,
    keysPerSecond: 120,
  }),
  scenario('many-documents', '1,000 documents of 2 people, 1 key/s each', 'hocuspocus', {
    documents: 1000,
    writers: 2,
    readers: 0,
    keysPerSecond: 1,
  }),
];

async function run(peer: Peer, load: Load, { quick, round, folder }: Conditions): Promise<Record<string, number>> {
  const warmUpMs = quick ? 1_500 : 4_000;
  const windowMs = quick ? 3_000 : 10_000;
  const writers = load.documents * load.writers;
  const schedule = typingSchedule(writers, load.keysPerSecond, warmUpMs + windowMs, seededRandom(1000 + round));
  const typists = new Typists(schedule, updatesOf(writers, schedule));
  const deliveries = new Deliveries(typists);

  const server = await ServerProcess.start(peer.serverArguments, folder);
  try {
    const { members, rooms } = await joinAll(peer, server.port, load, deliveries);
    const othersPerKey = load.writers - 1 + load.readers;
    await server.collectGarbage();
    const typing = typists.type(members);
    await sleep(warmUpMs);
    const measured = await measure(server, typists, deliveries, windowMs, othersPerKey);
    await typing;
    await drain(deliveries, typists.struck * othersPerKey);
    await server.collectGarbage();
    const rssCollectedMb = server.memory().rss / 1e6;
    await Promise.all(members.map((member) => member.close()));
    if (peer.stores) await checkContents(peer, server.port, rooms, typists);
    return { ...measured, lostPercent: 100 * (1 - deliveries.count / (typists.struck * othersPerKey)), rssCollectedMb };
  } finally {
    await server.crash();
  }
}

function updatesOf(writers: number, schedule: readonly { writer: number }[]): Uint8Array[][] {
  const counts = new Array<number>(writers).fill(0);
  for (const { writer } of schedule) counts[writer] = (counts[writer] ?? 0) + 1;
  const prose = readPaper().endContent;
  return counts.map((count, writer) => typedUpdates(writer, proseFor(writer, prose, count)));
}

/** Every person has a connection of their own, also where a peer could share one among documents. */
async function joinAll(peer: Peer, port: number, load: Load, deliveries: Deliveries) {
  const members: Member[] = [];
  const rooms = await pool(load.documents, 16, async (document) => {
    const room = await peer.createRoom(port, `room${document}`);
    const first = document * load.writers;
    for (let writer = first; writer < first + load.writers; writer++) {
      const events = deliveries.listener(first, load.writers, writer);
      members[writer] = await peer.join({ port, room, writer, events });
    }
    await pool(load.readers, 16, () => peer.join({ port, room, events: deliveries.listener(first, load.writers) }));
    return room;
  });
  return { members, rooms };
}

/** Somebody who comes late opens some of the documents and must find every key of each writer. Throws when not. */
async function checkContents(peer: Peer, port: number, rooms: readonly Room[], typists: Typists): Promise<void> {
  const perRoom = typists.writers / rooms.length;
  for (const [index, room] of rooms.slice(0, CHECKED_ROOMS).entries()) {
    const typed = Array.from({ length: perRoom }, (_, place) => typists.typedBy(index * perRoom + place));
    const keys = typed.reduce((sum, count) => sum + count, 0);
    const opening = peer.open(port, room, (document) => document.getText(TEXT).length === keys);
    const opened = await Promise.race([opening, sleep(CHECK_LIMIT_MS)]);
    if (opened === undefined) throw new Error(`${room.name} does not hold the ${keys} keys that were typed into it`);
    await opened.close();
  }
}

async function measure(
  server: ServerProcess,
  typists: Typists,
  deliveries: Deliveries,
  windowMs: number,
  othersPerKey: number,
): Promise<Record<string, number>> {
  deliveries.latency = new Histogram();
  const start = { at: performance.now(), cpu: server.cpuMs(), count: deliveries.count, struck: typists.struck };
  const machine = machineCpuMs();
  const own = process.cpuUsage();
  await sleep(windowMs);
  const cpu = server.cpuMs() - start.cpu;
  const ownCpu = process.cpuUsage(own);
  const ownMs = (ownCpu.user + ownCpu.system) / 1000;
  const elsewhere = Math.max(0, machineCpuMs() - machine - cpu - ownMs);
  const elapsed = performance.now() - start.at;
  const delivered = deliveries.count - start.count;
  const { rss, pss } = server.memory();
  return {
    cpuMsPer1000: (cpu / delivered) * 1000,
    p50Ms: deliveries.latency.percentile(0.5),
    p95Ms: deliveries.latency.percentile(0.95),
    p99Ms: deliveries.latency.percentile(0.99),
    deliveredPerSecond: (delivered / elapsed) * 1000,
    deliveredPercent: (100 * delivered) / ((typists.struck - start.struck) * othersPerKey),
    serverCpuPercent: (100 * cpu) / elapsed,
    generatorCpuPercent: (100 * ownMs) / elapsed,
    elsewhereCpuPercent: (100 * elsewhere) / elapsed,
    generatorLagP95Ms: typists.lag.percentile(0.95),
    rssMb: rss / 1e6,
    pssMb: pss / 1e6,
  };
}

/** Waits until all is delivered, or nothing more has come for a while. */
async function drain(deliveries: Deliveries, due: number): Promise<void> {
  let last = -1;
  for (let waited = 0; deliveries.count < due && waited < DRAIN_MS; waited += 250) {
    if (deliveries.count !== last) waited = 0;
    last = deliveries.count;
    await sleep(250);
  }
}
