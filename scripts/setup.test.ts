import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COMMANDS } from './commands.mjs';
import { findChromium, installedMatches, isNewEnough, newestChange, SetupError } from './setup.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const SETUP = join(ROOT, 'scripts', 'setup.mjs');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archipel-setup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('dependencies', () => {
  const lock = {
    packages: {
      '': { name: 'archipel' },
      'packages/relay': { name: '@archipel/relay' },
      'node_modules/@archipel/relay': { resolved: 'packages/relay', link: true },
      'node_modules/ws': { version: '8.23.0' },
      'node_modules/fsevents': { version: '2.3.3', optional: true },
    },
  };
  const installed = {
    packages: {
      'node_modules/@archipel/relay': { resolved: 'packages/relay', link: true },
      'node_modules/ws': { version: '8.23.0' },
    },
  };

  test('are there when all but optional packages are', () => {
    expect(installedMatches(lock, installed)).toBe(true);
  });

  test('are not when a version differs or a package is missing', () => {
    const { 'node_modules/ws': _, ...without } = installed.packages;
    const older = { ...installed.packages, 'node_modules/ws': { version: '8.22.0' } };
    expect(installedMatches(lock, { packages: older })).toBe(false);
    expect(installedMatches(lock, { packages: without })).toBe(false);
  });
});

describe('versions of Node', () => {
  test.each([
    ['v24.0.0', true],
    ['v24.21.0\n', true],
    ['v100.0.0', true],
    ['v22.20.0', false],
    ['', false],
  ])('%j new enough: %s', (version, expected) => {
    expect(isNewEnough(version)).toBe(expected);
  });
});

test('the newest change ignores what is built, installed or a test', () => {
  const at = (name: string, seconds: number): void => utimesSync(join(folder, name), seconds, seconds);
  for (const name of ['src', 'dist', 'node_modules', 'test']) mkdirSync(join(folder, name));
  for (const name of ['src/a.ts', 'src/a.test.ts', 'dist/a.js']) writeFileSync(join(folder, name), '');
  at('src/a.ts', 2000);
  for (const name of ['src/a.test.ts', 'dist/a.js', 'dist', 'node_modules', 'test']) at(name, 9000);
  for (const name of ['src', '.']) at(name, 1000);
  expect(newestChange(folder)).toBe(2000 * 1000);
});

describe('Chromium', () => {
  test('is the named one, else the first on the path', () => {
    const program = join(folder, 'chromium');
    writeFileSync(program, '');
    expect(findChromium({ PATH: folder })).toBeUndefined();
    chmodSync(program, 0o755);
    expect(findChromium({ PATH: `/nowhere:${folder}` })).toBe(program);
    expect(findChromium({ PATH: '', ARCHIPEL_CHROMIUM: program })).toBe(program);
    expect(findChromium({ PATH: '' })).toBeUndefined();
  });

  test('that is named and not there is said, not replaced', () => {
    expect(() => findChromium({ PATH: folder, ARCHIPEL_CHROMIUM: '/nowhere/chromium' })).toThrow(SetupError);
  });
});

describe('the command line', () => {
  test('every command of the table is a script of package.json, and the other way', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    const expected = Object.keys(COMMANDS).map((name) => [name, `exec node scripts/setup.mjs ${name}`]);
    expect(Object.entries(scripts)).toEqual(expected);
  });

  test('an unknown command says which there are', () => {
    const { status, stderr } = spawnSync(process.execPath, [SETUP, 'fly'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/^No command "fly".*start, test/) });
  });

  test('runs under Node 24, hands over arguments and passes on the exit code', () => {
    const at = stand('process.stdout.write(process.argv[2] + process.version); process.exitCode = 7;');
    const { status, stdout } = spawnSync(process.execPath, [at, 'start', 'word'], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 7, stdout: expect.stringMatching(/^wordv(2[4-9]|[3-9]\d)\./) });
  });

  test('of several commands at once one installs, the others wait; a lock of one that was killed holds nobody up', async () => {
    const at = stand('');
    const installed = join(folder, 'node_modules', '.package-lock.json');
    const done = join(folder, 'done');
    const npm = join(folder, 'npm-cli.js');
    rmSync(installed);
    // More than any process has.
    writeFileSync(join(folder, '.setup.lock'), '4194305');
    writeFileSync(
      npm,
      `const { appendFileSync, writeFileSync } = require('node:fs');
      appendFileSync(${JSON.stringify(done)}, 'x');
      setTimeout(() => writeFileSync(${JSON.stringify(installed)}, '{"packages":{}}'), 700);`,
    );
    const env = { ...process.env, npm_execpath: npm };
    const codes = [1, 2, 3].map(async () => {
      const child = spawn(process.execPath, [at, 'start'], { stdio: 'ignore', env });
      return new Promise((end) => child.on('close', end));
    });
    expect(await Promise.all(codes)).toEqual([0, 0, 0]);
    expect(readFileSync(done, 'utf8')).toBe('x');
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('passes on %s and ends as the command ended', async (signal) => {
    const at = stand(`
      process.on('${signal}', () => { process.stdout.write('stopped'); process.exit(3); });
      setInterval(() => undefined, 1000);
      process.stdout.write('ready ');
    `);
    const child = spawn(process.execPath, [at, 'start'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (text === 'ready ') child.kill(signal);
    });
    const code = await new Promise((done) => child.on('close', done));
    expect({ code, output }).toEqual({ code: 3, output: 'ready stopped' });
  });
});

/** A repository whose setup has nothing to do, and whose `start` is the given program; returns its setup.mjs. */
function stand(program: string): string {
  const packages = ['packages/relay/src', 'packages/web/dist', 'packages/client', 'packages/protocol'];
  for (const dir of ['scripts', 'node_modules', ...packages]) {
    mkdirSync(join(folder, dir), { recursive: true });
  }
  writeFileSync(join(folder, 'package-lock.json'), '{"packages":{}}');
  writeFileSync(join(folder, 'node_modules', '.package-lock.json'), '{"packages":{}}');
  writeFileSync(join(folder, 'packages', 'web', 'dist', 'index.html'), '');
  writeFileSync(join(folder, 'packages', 'relay', 'src', 'main.ts'), program);
  execFileSync('cp', [SETUP, join(ROOT, 'scripts', 'commands.mjs'), join(folder, 'scripts')]);
  return join(folder, 'scripts', 'setup.mjs');
}
