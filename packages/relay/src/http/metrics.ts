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
  ['channels', 'channels', 'Documents open on connections'],
  ['documentsOpen', 'documents_open', 'Documents in memory'],
  ['uncommittedBytes', 'uncommitted_bytes', 'Records that wait for the disk'],
];
const COUNTERS: [Field, string, string][] = [
  ['documentsCreated', 'documents_created_total', 'Documents created'],
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
  ['recordsVerified', 'records_verified_total', 'Signatures verified in the background'],
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
  const refused = new Counter({
    name: 'archipel_refused_total',
    help: 'Messages refused and connections ended, by error',
    labelNames: ['error'],
    registers,
    collect: () => {
      refused.reset();
      for (const [error, count] of metrics.refused) refused.inc({ error }, count);
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
