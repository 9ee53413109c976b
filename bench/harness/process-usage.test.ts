import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cpuMs, treeCpuMs } from './process-usage.ts';

const isLinux = existsSync('/proc/self/stat');

test('a tree has used what its processes did, those that have ended included', async () => {
  const busy = 'for (const end = performance.now() + 150; performance.now() < end; ) ;';
  const script = `${busy} require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(busy)}]);
    console.log('ready'); setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const pid = child.pid as number;
  const whole = treeCpuMs(pid);
  if (isLinux) expect(whole).toBeGreaterThan(cpuMs(pid));
  else expect(whole).toBeNaN();
  child.kill('SIGKILL');
  await once(child, 'exit');
});

test('of a process that is gone nothing is known', () => {
  const gone = Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
  expect(treeCpuMs(gone)).toBe(isLinux ? 0 : Number.NaN);
});
