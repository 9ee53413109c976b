/** Writes the vectors anew, and removes those that no scenario makes any more: `node vectors/make.ts`. */
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeScenarios, print } from './scenarios.ts';

const root = import.meta.dirname;
const scenarios = await makeScenarios();
for (const old of globSync('*/*.json', { cwd: root })) rmSync(join(root, old));
for (const scenario of scenarios) {
  const path = join(root, `${scenario.name}.json`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, print(scenario));
}
