import { defineConfig } from 'vitest/config';

if (Number(process.versions.node.split('.')[0]) < 24) {
  throw new Error(
    `The tests run under Node 24, this is ${process.version}: use npm run test:unit, test:sim or test:e2e`,
  );
}

const SECOND_MS = 1000;
const EXCLUDE = ['**/node_modules/**', '**/dist/**'];
/** Real clocks, disks and browsers on a machine that others may use: what fails twice has failed. */
const RETRY = 1;

export default defineConfig({
  test: {
    allowOnly: false,
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'unit',
          retry: RETRY,
          include: ['packages/*/{src,test,build}/**/*.test.{ts,tsx}', '{scripts,bench,vectors}/**/*.test.ts'],
          exclude: EXCLUDE,
          testTimeout: 60 * SECOND_MS,
          // Two in five seconds are waiting for disks, clocks and hosts that were killed: three at once also where there are two cores.
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: 'sim',
          include: ['packages/testkit/**/*.sim.ts'],
          exclude: EXCLUDE,
          testTimeout: 600 * SECOND_MS,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'cluster',
          retry: RETRY,
          include: ['packages/*/test/**/*.cluster.ts'],
          exclude: EXCLUDE,
          // Forty people, two relay processes, PostgreSQL and NATS have the machine for themselves.
          fileParallelism: false,
          hookTimeout: 120 * SECOND_MS,
        },
      },
      {
        test: {
          name: 'network',
          retry: RETRY,
          include: ['packages/*/test/**/*.network.ts'],
          exclude: EXCLUDE,
          // Several hosts, and the people on them, have the machine for themselves.
          fileParallelism: false,
          testTimeout: 120 * SECOND_MS,
        },
      },
      {
        test: {
          name: 'e2e',
          retry: RETRY,
          include: ['e2e/**/*.e2e.ts'],
          exclude: EXCLUDE,
          // Each file has a browser and hosts of its own, and waits for them half of the time.
          maxWorkers: 2,
          testTimeout: 120 * SECOND_MS,
          hookTimeout: 120 * SECOND_MS,
        },
      },
    ],
  },
});
