// One cell of the bench: one load on one set-up in one round, in a process of its own on the generator's core.
import { ServerProcess } from '../harness/server-process.ts';
import { loads } from './loads.ts';
import { measureScale } from './measure.ts';
import { setups } from './servers.ts';

const [loadName, setupName, round, folder = '', quick] = process.argv.slice(2);
const load = loads.find(({ name }) => name === loadName);
const setup = setups.find(({ name }) => name === setupName);
if (load === undefined || setup === undefined) throw new Error(`unknown cell ${loadName} ${setupName}`);
process.once('SIGTERM', () => process.exit(1));
process.on('uncaughtExceptionMonitor', () => void process.stderr.write(`${ServerProcess.complaints.join('\n')}\n`));

const measures = await measureScale(load, setup, { folder, round: Number(round), quick: quick === 'quick' });
process.send?.(measures, () => process.exit(0));
