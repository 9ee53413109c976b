// The one gate: types, lint, build and all tests, in this order, up to the first stage that fails.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { COMMANDS } from './commands.mjs';
import { countTests, type Tally, verdict } from './tally.ts';

const ROOT = resolve(import.meta.dirname, '..');
const STAGES = ['types', 'lint', 'build', 'test:unit', 'test:sim', 'test:cluster', 'test:network', 'test:e2e'];
const NO_TESTS: Tally = { passed: 0, failed: 0, skipped: 0 };

/** Runs a command of the table; what it prints is kept, and shown when it fails or the gate is interrupted. */
async function run(args: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (text: string): void => {
    output += text;
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const interrupt = (signal: NodeJS.Signals): boolean => child.kill(signal);
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const code = await new Promise<number>((done, failed) => {
    child.on('error', failed);
    child.on('close', (status) => done(status ?? 1));
  });
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  return { code, output };
}

type Result = { ok: boolean; tally: Tally; output: string };

async function stage(name: string, folder: string): Promise<Result> {
  const report = join(folder, `${name.replace(':', '-')}.json`);
  const isTest = name.startsWith('test:');
  const reporters = isTest ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : [];
  const { code, output } = await run([...(COMMANDS[name]?.run ?? []), ...reporters]);
  const tally = existsSync(report) ? countTests(JSON.parse(readFileSync(report, 'utf8'))) : NO_TESTS;
  const problem = verdict({ code, isTest, tally });
  return {
    ok: problem === undefined,
    tally,
    output: problem === undefined ? output : `${output}\n${name}: ${problem}`,
  };
}

async function gate(folder: string): Promise<boolean> {
  const total: Tally = { ...NO_TESTS };
  let ok = true;
  for (const name of STAGES) {
    process.stdout.write(name.padEnd(13));
    const started = Date.now();
    const result = await stage(name, folder);
    const count = name.startsWith('test:') ? `  ${result.tally.passed} passed` : '';
    const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(7);
    process.stdout.write(`${result.ok ? 'ok    ' : 'FAILED'} ${seconds} s${count}\n`);
    total.passed += result.tally.passed;
    // A stage that fails without a failing test (types, lint, a crash) counts as one.
    total.failed += result.ok ? 0 : Math.max(1, result.tally.failed);
    if (!result.ok) {
      process.stdout.write(`\n${result.output.trimEnd()}\n\n`);
      ok = false;
      break;
    }
  }
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  return ok;
}

const folder = mkdtempSync(join(tmpdir(), 'archipel-gate-'));
try {
  process.exitCode = (await gate(folder)) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
