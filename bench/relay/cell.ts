// One cell of the bench: one scenario on one peer in one round, in a process of its own on the generator's core.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../harness/server-process.ts';
import { peers } from '../peers/index.ts';
import { scenarios } from './scenarios.ts';

const [scenarioName, peerName, round, quick] = process.argv.slice(2);
const scenario = scenarios.find(({ name }) => name === scenarioName);
const peer = peers.find(({ name }) => name === peerName);
if (scenario === undefined || peer === undefined) throw new Error(`unknown cell ${scenarioName} ${peerName}`);

process.on('uncaughtExceptionMonitor', () => void process.stderr.write(`${ServerProcess.complaints.join('\n')}\n`));

const folder = mkdtempSync(join(tmpdir(), 'archipel-bench-'));
try {
  const result = await scenario.run(peer, { folder, round: Number(round), quick: quick === 'quick' });
  process.send?.(result);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.disconnect?.();
process.exit(0);
