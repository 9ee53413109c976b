// What a stage of the gate amounts to.

export type Tally = { passed: number; failed: number; skipped: number };

const count = (report: object, key: string): number => {
  const value: unknown = Reflect.get(report, key);
  if (typeof value !== 'number') throw new Error(`The report of Vitest has no number ${key}`);
  return value;
};

/** @param report what `vitest run --reporter=json` wrote */
export function countTests(report: unknown): Tally {
  if (typeof report !== 'object' || report === null) throw new Error('The report of Vitest is not an object');
  return {
    passed: count(report, 'numPassedTests'),
    failed: count(report, 'numFailedTests'),
    skipped: count(report, 'numPendingTests') + count(report, 'numTodoTests'),
  };
}

/** Why a stage fails, or undefined when it passes: nothing skipped, and a test stage has tests. */
export function verdict(stage: { code: number; isTest: boolean; tally: Tally }): string | undefined {
  if (stage.code !== 0) return `ended with code ${stage.code}`;
  if (!stage.isTest) return undefined;
  if (stage.tally.failed > 0) return `${stage.tally.failed} failed`;
  if (stage.tally.skipped > 0) return `${stage.tally.skipped} skipped, and nothing may be`;
  return stage.tally.passed === 0 ? 'no test ran' : undefined;
}
