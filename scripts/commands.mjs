// The commands of package.json: what each runs under Node 24, and what it needs beyond the dependencies.
const VITEST = ['node_modules/vitest/vitest.mjs', 'run'];

/** @type {Record<string, {run: string[], needs?: ('front' | 'chromium' | 'engines')[]}>} */
export const COMMANDS = {
  start: { run: ['packages/relay/src/main.ts'], needs: ['front'] },
  test: { run: ['scripts/gate.ts'], needs: ['chromium', 'engines'] },
  types: { run: ['scripts/types.ts'] },
  lint: { run: ['scripts/lint.ts'] },
  format: { run: ['node_modules/@biomejs/biome/bin/biome', 'check', '--write', '.'] },
  build: { run: ['scripts/build.ts'] },
  'test:unit': { run: [...VITEST, '--project', 'unit'], needs: ['engines'] },
  'test:sim': { run: [...VITEST, '--project', 'sim'] },
  'test:cluster': { run: [...VITEST, '--project', 'cluster'], needs: ['engines'] },
  'test:network': { run: ['scripts/network-tests.ts'] },
  'test:e2e': { run: [...VITEST, '--project', 'e2e'], needs: ['chromium', 'front'] },
  bench: { run: ['bench/main.ts'] },
  network: { run: ['scripts/network/main.ts'], needs: ['front'] },
  map: { run: ['scripts/map.ts'] },
  sim: { run: ['packages/directory/sim/main.ts'] },
  // Sealed chunks are garbage at once: what is young is looked through often, so that they do not pile up.
  archipel: { run: ['--max-semi-space-size=1', 'packages/cli/src/main.ts'] },
};
