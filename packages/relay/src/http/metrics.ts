/** /metrics in the format of Prometheus: the relay's plain counters, read when somebody asks. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RelayMetrics } from '../metrics.ts';
import type { Store } from '../store/store.ts';

const LOOP_RESOLUTION_MS = 100;
const NANOSECONDS = 1e9;
const SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

type Field = { [K in keyof RelayMetrics]: RelayMetrics[K] extends number ? K : never }[keyof RelayMetrics];

const GAUGES: [Field, string, string][] = [
  ['connections', 'connections', 'Open connections'],
  ['people', 'people', 'Connections with a document open, or about to be'],
  ['channels', 'channels', 'Documents open on connections'],
  ['documentsOpen', 'documents_open', 'Documents in memory'],
  ['peersKnown', 'peers_known', 'Hosts that this one works with'],
  ['peersReached', 'peers_reached', 'Of them, those that answered the last time'],
  ['uncommittedBytes', 'uncommitted_bytes', 'Records that wait for the disk'],
  ['blobs', 'blobs', 'Blobs that are kept or being uploaded'],
  ['reportsOpen', 'reports_open', 'Reports of people that nobody has closed'],
  ['removals', 'removals', 'Documents and drops that this host has taken down, or follows others in'],
  ['blobBytes', 'blob_bytes', 'Room that they have, or were promised'],
  ['inboxes', 'inboxes', 'Inboxes that are kept'],
  ['inboxBytes', 'inbox_bytes', 'Room that they take'],
  ['pages', 'pages', 'Published pages'],
  ['pageBytes', 'page_bytes', 'Room that they take'],
];
const COUNTERS: [Field, string, string][] = [
  ['documentsCreated', 'documents_created_total', 'Documents created'],
  ['documentsSent', 'documents_sent_total', 'Documents created with a voucher of this or of another host'],
  ['vouchersAsked', 'vouchers_asked_total', 'Vouchers sent to other hosts to ask for room or a copy'],
  ['vouchersTaken', 'vouchers_taken_total', 'Vouchers of other hosts that were taken'],
  ['servedWell', 'served_well_total', 'People who were sent to a host and created a document there'],
  ['servedBadly', 'served_badly_total', 'People who were sent to a host that refused or did not answer'],
  ['documentsEnded', 'documents_ended_total', 'Documents deleted or expired'],
  ['recordsAppended', 'records_appended_total', 'Records committed'],
  ['checkpointsMade', 'checkpoints_made_total', 'Checkpoints taken'],
  ['liveMessages', 'live_messages_total', 'Live messages passed on'],
  ['liveDropped', 'live_dropped_total', 'Live messages dropped (rate, slow reader)'],
  ['framesReceived', 'frames_received_total', 'Frames received'],
  ['bytesReceived', 'bytes_received_total', 'Bytes received'],
  ['framesSent', 'frames_sent_total', 'Frames sent'],
  ['bytesSent', 'bytes_sent_total', 'Bytes sent'],
  ['slowReaders', 'slow_readers_total', 'Times that a reader fell behind'],
  ['forgedSessions', 'forged_sessions_total', 'Sessions whose records had no good signature'],
  [
    'peersRefused',
    'peer_forgeries_total',
    'Documents of which another host passed on a record without a good signature',
  ],
  ['recordsVerified', 'records_verified_total', 'Signatures verified in the background'],
  ['blobsCreated', 'blobs_created_total', 'Uploads of blobs begun'],
  ['blobsEnded', 'blobs_ended_total', 'Blobs deleted, expired, or taken for the last time'],
  ['blobDownloads', 'blob_downloads_total', 'Downloads begun'],
  ['blobBytesReceived', 'blob_bytes_received_total', 'Bytes of blobs received'],
  ['reportsTaken', 'reports_total', 'Reports of people'],
  ['blobBytesSent', 'blob_bytes_sent_total', 'Bytes of blobs sent'],
  ['inboxItems', 'inbox_items_total', 'Items added to inboxes'],
  ['pagesTaken', 'pages_taken_total', 'Pages published, changed or taken back'],
  ['pagesServed', 'pages_served_total', 'Times that a published page was asked for and is there'],
];

export interface MetricsPage {
  contentType: string;
  render(): Promise<string>;
  stop(): void;
}

/** Ties the relay's observations to histograms as well. */
export function createMetricsPage(metrics: RelayMetrics, store: Pick<Store, 'status'>): MetricsPage {
  const registry = new Registry();
  const registers = [registry];
  for (const [field, name, help] of GAUGES) addGauge(registers, name, help, () => metrics[field]);
  for (const [field, name, help] of COUNTERS) addCounter(metrics, registers, field, name, help);
  addRefused(metrics, registers);
  addHistograms(metrics, registers);
  const loop = addLoopDelay(registers);
  addGauge(registers, 'store_bytes', 'Size of the store', async () => (await store.status()).bytes);
  addGauge(registers, 'resident_memory_bytes', 'Memory of the process', () => process.memoryUsage.rss());
  return { contentType: registry.contentType, render: () => registry.metrics(), stop: () => loop.disable() };
}

function addGauge(registers: Registry[], name: string, help: string, read: () => number | Promise<number>): void {
  const gauge: Gauge = new Gauge({
    name: `archipel_${name}`,
    help,
    registers,
    collect: async () => gauge.set(await read()),
  });
}

function addCounter(metrics: RelayMetrics, registers: Registry[], field: Field, name: string, help: string): void {
  const counter = new Counter({
    name: `archipel_${name}`,
    help,
    registers,
    collect: () => {
      counter.reset();
      counter.inc(metrics[field]);
    },
  });
}

function addRefused(metrics: RelayMetrics, registers: Registry[]): void {
  const refused = 'Messages refused and connections ended, by error';
  addCounts(registers, { name: 'refused_total', help: refused, label: 'error', counts: metrics.refused });
  const peers = 'Answers of other hosts that were not taken, by reason';
  addCounts(registers, { name: 'peer_failures_total', help: peers, label: 'reason', counts: metrics.peerFailures });
}

interface Counts {
  name: string;
  help: string;
  label: string;
  counts: ReadonlyMap<string, number>;
}

function addCounts(registers: Registry[], { name, help, label, counts }: Counts): void {
  const counter: Counter = new Counter({
    name: `archipel_${name}`,
    help,
    labelNames: [label],
    registers,
    collect: () => {
      counter.reset();
      for (const [value, count] of counts) counter.inc({ [label]: value }, count);
    },
  });
}

function addHistograms(metrics: RelayMetrics, registers: Registry[]): void {
  const common = { registers, buckets: SECONDS_BUCKETS };
  const commit = new Histogram({ name: 'archipel_commit_seconds', help: 'Commits to the disk', ...common });
  const ack = new Histogram({
    name: 'archipel_ack_seconds',
    help: 'From a record to its place on the disk',
    ...common,
  });
  const batch = new Histogram({
    name: 'archipel_commit_records',
    help: 'Records per commit',
    registers,
    buckets: BATCH_BUCKETS,
  });
  metrics.observeCommit = (seconds, records) => {
    commit.observe(seconds);
    batch.observe(records);
  };
  metrics.observeAck = (seconds) => ack.observe(seconds);
}

function addLoopDelay(registers: Registry[]): { disable(): boolean } {
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  delay.enable();
  const gauge = new Gauge({
    name: 'archipel_event_loop_delay_seconds',
    help: 'How late timers ran since the last reading, 99th percentile',
    registers,
    collect: () => {
      gauge.set(delay.percentile(99) / NANOSECONDS);
      delay.reset();
    },
  });
  return delay;
}
