/** All scenarios, in the order of the specification. */
import type { Scenario } from './scenario.ts';
import { capScenarios } from './scenarios/cap.ts';
import { checkpointScenarios } from './scenarios/checkpoint.ts';
import { frameScenarios } from './scenarios/frame.ts';
import { headerScenarios } from './scenarios/header.ts';
import { linkScenarios } from './scenarios/link.ts';
import { liveScenarios } from './scenarios/live.ts';
import { logScenarios } from './scenarios/log.ts';
import { orderScenarios } from './scenarios/order.ts';
import { recordScenarios } from './scenarios/record.ts';
import { makeWorld } from './world.ts';

const FOLDERS = [
  capScenarios,
  linkScenarios,
  headerScenarios,
  recordScenarios,
  logScenarios,
  checkpointScenarios,
  liveScenarios,
  orderScenarios,
  frameScenarios,
];

export async function makeScenarios(): Promise<Scenario[]> {
  const scenarios: Scenario[] = [];
  // A world each: the salts of one folder do not depend on the scenarios of another.
  for (const folder of FOLDERS) scenarios.push(...(await folder(await makeWorld())));
  const names = new Set(scenarios.map(({ name }) => name));
  if (names.size !== scenarios.length) throw new Error('two scenarios have one name');
  return scenarios;
}

/** The text of a scenario's file. */
export function print({ name: _, ...scenario }: Scenario): string {
  return `${JSON.stringify(scenario, null, 2)}\n`;
}
