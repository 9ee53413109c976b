// The tests with several hosts, in a network namespace of their own where this machine can make one: there lines between hosts can be cut.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'network'];
/** Whoever is not root becomes so inside: some systems allow it. */
const UNSHARE = ['unshare', process.getuid?.() === 0 ? '-n' : '-rn'];

function canHaveOwn(): boolean {
  const [program = '', ...words] = UNSHARE;
  return spawnSync(program, [...words, 'sh', '-c', 'ip link add stage type bridge && nsenter --version']).status === 0;
}

const isOwn = canHaveOwn();
const [program = '', ...args] = [...(isOwn ? UNSHARE : []), process.execPath, ...VITEST, ...process.argv.slice(2)];
const child = spawn(program, args, {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, ARCHIPEL_STAGE: isOwn ? 'own' : '' },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
const [code] = await once(child, 'exit');
process.exit(code ?? 1);
