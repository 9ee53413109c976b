// What the tests with several hosts stand on.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { startStagedHosts } from './support/staged-hosts.ts';

const ASK = `fetch(process.argv[1], { signal: AbortSignal.timeout(1500) }).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;
const run = promisify(execFile);

it('hosts know each other; a line between two of them can be cut while both serve everybody else', async () => {
  const hosts = await startStagedHosts([200, 30, 100].map((people) => ({ network: { people } })));
  onTestFinished(() => hosts.close());
  const reaches = async (from: number, to: number): Promise<boolean> => {
    const way = hosts.way(from, to);
    const [program = process.execPath, ...words] = [
      ...(hosts.places[from]?.within ?? []),
      process.execPath,
      '-e',
      ASK,
      `${way}/health`,
    ];
    return run(program, words).then(
      () => true,
      () => false,
    );
  };
  expect(await reaches(0, 1)).toBe(true);
  hosts.cut(0, 1);
  expect(await reaches(0, 1)).toBe(false);
  expect(await reaches(1, 0)).toBe(false);
  expect(await reaches(2, 1)).toBe(true);
  for (const { origin } of hosts.all) expect((await fetch(`${origin}/health`)).ok).toBe(true);
  hosts.mend(0, 1);
  expect(await reaches(0, 1)).toBe(true);
  await hosts.at(1).kill();
  expect(await reaches(0, 1)).toBe(false);
  await hosts.at(1).start();
  expect(await reaches(0, 1)).toBe(true);
});
