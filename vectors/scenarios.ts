/** All scenarios, in the order of the specification. */
import type { Scenario } from './scenario.ts';
import { blobScenarios } from './scenarios/blob.ts';
import { capScenarios } from './scenarios/cap.ts';
import { checkpointScenarios } from './scenarios/checkpoint.ts';
import { directoryScenarios } from './scenarios/directory.ts';
import { frameScenarios } from './scenarios/frame.ts';
import { headerScenarios } from './scenarios/header.ts';
import { inboxScenarios } from './scenarios/inbox.ts';
import { linkScenarios } from './scenarios/link.ts';
import { liveScenarios } from './scenarios/live.ts';
import { loadScenarios } from './scenarios/load.ts';
import { logScenarios } from './scenarios/log.ts';
import { manifestScenarios } from './scenarios/manifest.ts';
import { orderScenarios } from './scenarios/order.ts';
import { pageScenarios } from './scenarios/page.ts';
import { recordScenarios } from './scenarios/record.ts';
import { remarkScenarios } from './scenarios/remark.ts';
import { removalsScenarios } from './scenarios/removals.ts';
import { reportScenarios } from './scenarios/report.ts';
import { statementScenarios } from './scenarios/statement.ts';
import { voucherScenarios } from './scenarios/voucher.ts';
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
  manifestScenarios,
  loadScenarios,
  removalsScenarios,
  voucherScenarios,
  statementScenarios,
  directoryScenarios,
  blobScenarios,
  inboxScenarios,
  pageScenarios,
  remarkScenarios,
  reportScenarios,
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
