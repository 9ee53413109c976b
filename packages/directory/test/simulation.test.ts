import { describe, expect, test } from 'vitest';
import { CASES, judge } from '../sim/cases.ts';
import { OLDER_RULES } from '../sim/older.ts';
import { ours } from '../sim/ours.ts';
import { World } from '../sim/world.ts';

const SEED = 42;
const HOSTS = 100;
const HOLD_MS = 120_000;

const [fast] = CASES;
if (fast === undefined) throw new Error('no case');
const situation = { ...fast.situation, hosts: HOSTS, holdMs: HOLD_MS };

describe(`a crowd of 25 times as many, ${fast.name}, seed ${SEED}`, () => {
  test('every gate of the design holds', async () => {
    const measures = await new World(situation, ours, SEED).run();
    const failing = judge(fast.name, fast.gates, [measures.outcome()]).filter(({ holds }) => !holds);
    expect(failing).toEqual([]);
  });

  test('random choice, as in 2020, drowns small hosts', async () => {
    const [random] = OLDER_RULES;
    if (random === undefined) throw new Error('no rule');
    const outcome = (await new World(situation, random, SEED).run()).outcome();
    expect(outcome.overloaded).toBeGreaterThan(0.1);
    expect(outcome.fullest).toBeGreaterThan(5);
    const failing = judge(fast.name, fast.gates, [outcome]).filter(({ holds }) => !holds);
    expect(failing.map(({ gate }) => gate)).toContain(`${fast.name}: overloaded`);
  });

  test('the same seed gives the same run', async () => {
    const small = { ...situation, hosts: 10 };
    const runs = [new World(small, ours, SEED), new World(small, ours, SEED)].map((world) => world.run());
    const [one, other] = (await Promise.all(runs)).map((measures) => measures.outcome());
    expect(one).toEqual(other);
  });
});
