import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nobleSuite, type Suite, webSuite } from '@archipel/protocol/secret';
import { nodeSuite } from '@archipel/testkit';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from './operations.ts';
import { type Scenario, toJson } from './scenario.ts';
import { makeScenarios, print } from './scenarios.ts';

const root = import.meta.dirname;
const files = globSync('*/*.json', { cwd: root }).sort();

function read(file: string): Scenario {
  return { name: file.slice(0, -'.json'.length), ...JSON.parse(readFileSync(join(root, file), 'utf8')) };
}

async function run(suite: Suite, { operation, input }: Scenario): Promise<unknown> {
  const perform = OPERATIONS[operation];
  if (perform === undefined) throw new Error(`no operation ${operation}`);
  const result = await perform(suite, input);
  return result.ok ? { value: toJson(result.value) } : { error: result.error };
}

describe.each([
  { suite: webSuite, of: 'webSuite' },
  { suite: nobleSuite, of: 'nobleSuite' },
  { suite: nodeSuite(nobleSuite.random), of: 'nodeSuite' },
])('vectors by $of', ({ suite }) => {
  it.each(files.map(read))('$name: $description', async (scenario) => {
    expect(await run(suite, scenario)).toEqual(scenario.expect);
  });
});

describe('the committed vectors', () => {
  it('are what make.ts makes', async () => {
    const made = new Map((await makeScenarios()).map((scenario) => [`${scenario.name}.json`, print(scenario)]));
    expect([...made.keys()].sort()).toEqual(files);
    for (const file of files) expect(readFileSync(join(root, file), 'utf8')).toBe(made.get(file));
  });

  it('are many, and mostly failures', () => {
    const failures = files.map(read).filter(({ expect }) => 'error' in expect);
    expect(files.length).toBeGreaterThanOrEqual(90);
    expect(failures.length).toBeGreaterThan(files.length / 2);
  });
});
