// Builds the front, then holds its pages to their budgets.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const VITE = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
const steps = [
  { args: [VITE, 'build', '--logLevel', 'warn'], cwd: join(ROOT, 'packages', 'web') },
  { args: [join(ROOT, 'scripts', 'budgets.ts')], cwd: ROOT },
];
for (const { args, cwd } of steps) {
  const { status } = spawnSync(process.execPath, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
