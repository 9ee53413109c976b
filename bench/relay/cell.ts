// One cell of the bench: one scenario on one peer in one round, in a process of its own on the generator's core.
import { ServerProcess } from '../harness/server-process.ts';
import { peers } from '../peers/index.ts';
import { scenarios } from './scenarios.ts';

const [scenarioName, peerName, round, folder = '', quick] = process.argv.slice(2);
const scenario = scenarios.find(({ name }) => name === scenarioName);
const peer = peers.find(({ name }) => name === peerName);
if (scenario === undefined || peer === undefined) throw new Error(`unknown cell ${scenarioName} ${peerName}`);
process.once('SIGTERM', () => process.exit(1));
process.on('uncaughtExceptionMonitor', () => void process.stderr.write(`${ServerProcess.complaints.join('\n')}\n`));

const result = await scenario.run(peer, { folder, round: Number(round), quick: quick === 'quick' });
process.send?.(result, () => process.exit(0));
