// One cell of the bench: one engine in one round, in a process of its own.
import { engineKinds } from './engines.ts';
import { measureStore } from './load.ts';

const [, name, round, folder = '', quick] = process.argv.slice(2);
const kind = engineKinds.find((one) => one.name === name);
if (kind === undefined) throw new Error(`unknown store ${name}`);
process.once('SIGTERM', () => process.exit(1));

const measures = await measureStore(kind, { folder, round: Number(round), quick: quick === 'quick' });
process.send?.(measures, () => process.exit(0));
