// One cell of the bench: one way in one round, in a process of its own.
import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { WAYS } from './ways.ts';

const MB = 1e6;
const BLOCK_BYTES = 4 * 2 ** 20;

const [, name, , folder = '', quick] = process.argv.slice(2);
const way = WAYS.find((one) => one.name === name);
if (way === undefined) throw new Error(`unknown way ${name}`);
process.once('SIGTERM', () => process.exit(1));

const bytes = (quick === 'quick' ? 128 : 512) * MB;
const path = join(folder, 'source');
const file = openSync(path, 'w');
const block = new Uint8Array(BLOCK_BYTES);
for (let at = 0; at < bytes; at += BLOCK_BYTES)
  writeSync(file, randomFillSync(block), 0, Math.min(BLOCK_BYTES, bytes - at));
closeSync(file);

const before = process.cpuUsage();
const { answeredMs, durableMs, serverCpuMs } = await way.run({ path, bytes, folder });
const used = process.cpuUsage(before);
const mbPerSecond = (ms: number): number => bytes / MB / (ms / 1000);
const measures = {
  durableMbPerSecond: mbPerSecond(durableMs),
  answeredMbPerSecond: mbPerSecond(answeredMs),
  serverCpuMsPerMb: serverCpuMs / (bytes / MB),
  /** Of the process that sends, all its threads. */
  senderCpuMsPerMb: (used.user + used.system) / 1000 / (bytes / MB),
  peakRssMb: (process.resourceUsage().maxRSS * 1024) / MB,
};
process.send?.(measures, () => process.exit(0));
