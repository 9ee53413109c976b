// What every `npm run` goes through: it sets up what a fresh machine lacks, then runs the command under Node 24.
// Plain JavaScript without a dependency, for Node 18 and later, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMMANDS } from './commands.mjs';

const NODE_MAJOR = 24;
const LOOK_AGAIN_MS = 200;
const EMPTY_LOCK_MS = 10_000;
const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Something the person must do: its message is shown alone, without a stack. */
export class SetupError extends Error {}

/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

/** @param {string} path */
const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** @param {string} path */
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/**
 * Whether what npm says it installed is what the lock file asks for; optional packages may be absent (other systems).
 * @param {{packages: Record<string, any>}} lock package-lock.json
 * @param {{packages: Record<string, any>}} installed node_modules/.package-lock.json
 */
export function installedMatches(lock, installed) {
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed.packages[path];
    if (!found) return Boolean(wanted.optional || wanted.devOptional || wanted.peer);
    return Boolean(wanted.link) === Boolean(found.link) && wanted.version === found.version;
  });
}

/** @param {string} root */
function dependenciesReady(root) {
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  if (modified(lock) <= modified(installed)) return true;
  // A checkout touches the lock file without changing it: that alone is no reason to install again.
  if (!installedMatches(readJson(lock), readJson(installed))) return false;
  utimesSync(installed, new Date(), new Date());
  return true;
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions} options
 * @param {string} failure what to say when it does not end well
 */
function must(command, args, options, failure) {
  // The output of a preparation is not the output of the command: it goes to stderr.
  const result = spawnSync(command, args, { stdio: ['ignore', 2, 2], ...options });
  if (result.error || result.status !== 0) throw new SetupError(failure);
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Takes the right to prepare, unless another command that still runs has it.
 * @param {string} lock path of a file that holds the number of the process
 */
function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
  // Empty: it is being written, or was left so by a crash.
  const isLeft = holder > 0 ? !isRunning(holder) : modified(lock) < Date.now() - EMPTY_LOCK_MS;
  if (isLeft) rmSync(lock, { force: true });
  return false;
}

/**
 * One command at a time prepares; the others wait, and find it done.
 * @param {string} root
 * @param {(root: string) => boolean} isReady
 * @param {() => void} prepare
 */
function prepareOnce(root, isReady, prepare) {
  const lock = join(root, '.setup.lock');
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (!isReady(root)) {
    if (!take(lock)) {
      Atomics.wait(pause, 0, 0, LOOK_AGAIN_MS);
      continue;
    }
    try {
      if (!isReady(root)) prepare();
    } finally {
      rmSync(lock, { force: true });
    }
    return;
  }
}

/** @param {string} root */
function installDependencies(root) {
  const started = Date.now();
  say('Installing the dependencies from package-lock.json (npm ci), about a minute the first time ...');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath ?? '';
  const failure = 'The dependencies could not be installed. Once the network is there, type:\n  npm ci';
  if (basename(npm) === 'npm-cli.js') must(process.execPath, [npm, ...args], { cwd: root }, failure);
  else must('npm', args, { cwd: root }, failure);
  say(`Dependencies installed in ${((Date.now() - started) / 1000).toFixed(0)} s.`);
}

/** @param {string} version as in `v24.1.0` */
export const isNewEnough = (version) => Number(/^v(\d+)\./.exec(version)?.[1] ?? 0) >= NODE_MAJOR;

/**
 * The Node to run with: this one when new enough, else the one that npm brought for Linux.
 * @param {string} root
 */
function findNode(root) {
  if (isNewEnough(process.version)) return process.execPath;
  const packaged = join(root, 'node_modules', '.bin', 'node');
  const answer = spawnSync(packaged, ['--version'], { encoding: 'utf8' });
  if (answer.status === 0 && isNewEnough(answer.stdout)) return packaged;
  const how = process.platform === 'darwin' ? 'brew install node@24' : 'sudo npx --yes n 24';
  throw new SetupError(`Archipel needs Node ${NODE_MAJOR}, this is ${process.version}. Type:\n  ${how}`);
}

/**
 * Time of the newest change among what the front is made of, in milliseconds of the epoch.
 * @param {string} folder
 * @returns {number}
 */
export function newestChange(folder) {
  let newest = modified(folder);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (['node_modules', 'dist', 'test'].includes(entry.name) || /\.test\.tsx?$/.test(entry.name)) continue;
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestChange(path) : modified(path));
  }
  return newest;
}

/** @param {string} root */
function frontReady(root) {
  const built = modified(join(root, 'packages', 'web', 'dist', 'index.html'));
  const parts = ['web', 'client', 'protocol'].map((name) => newestChange(join(root, 'packages', name)));
  // The folder itself changes when `dist` is made in it, just before the pages are written.
  return built > 0 && built >= Math.max(...parts, modified(join(root, 'package-lock.json')));
}

/**
 * @param {string} root
 * @param {string} node
 */
function buildFront(root, node) {
  const started = Date.now();
  say('Building the front ...');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const failure = 'The front could not be built; what is above says why.';
  must(node, [vite, 'build', '--logLevel', 'warn'], { cwd: join(root, 'packages', 'web') }, failure);
  say(`Front built in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

/**
 * @param {Record<string, string | undefined>} env
 * @returns {string | undefined} the path of Chromium
 */
export function findChromium(env) {
  const named = env.ARCHIPEL_CHROMIUM;
  if (named) {
    if (isProgram(named)) return named;
    throw new SetupError(`ARCHIPEL_CHROMIUM names ${named}, which is not a program.`);
  }
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

/** @param {{packages: string, purpose: string, otherwise: string, find: () => string | undefined}} wanted */
function installPackages({ packages, purpose, otherwise, find }) {
  const debian = existsSync('/etc/debian_version');
  const line = `apt-get update && apt-get install -y --no-install-recommends ${packages}`;
  const byHand = `${purpose} Type:\n  ${debian ? `sudo sh -c '${line}'` : otherwise}`;
  if (!debian || process.getuid?.() !== 0) throw new SetupError(byHand);
  say(`Installing ${packages} from the packages of the system ...`);
  must('sh', ['-c', line], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }, byHand);
  const found = find();
  if (!found) throw new SetupError(byHand);
  return found;
}

function installChromium() {
  return installPackages({
    packages: 'chromium chromium-headless-shell fonts-dejavu-core',
    purpose: 'The browser tests need Chromium.',
    otherwise: 'Install Chromium, then:  ARCHIPEL_CHROMIUM=/path/to/chromium npm test',
    find: () => findChromium(process.env),
  });
}

/**
 * Programs of PostgreSQL and NATS, which tests start for themselves.
 * @param {Record<string, string | undefined>} env
 * @returns {string | undefined} the path of NATS when both are there
 */
export function findEngines(env) {
  const folders = [
    ...(env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
    '/usr/sbin',
    '/usr/local/bin',
  ];
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : [];
  const hasPostgres = [...folders, ...versions].some((folder) => isProgram(join(folder, 'initdb')));
  return hasPostgres ? folders.map((folder) => join(folder, 'nats-server')).find(isProgram) : undefined;
}

function installEngines() {
  return installPackages({
    packages: 'postgresql nats-server',
    purpose: 'The tests of several processes need PostgreSQL and NATS.',
    otherwise: 'Install PostgreSQL and nats-server, then:  npm test',
    find: () => findEngines(process.env),
  });
}

/**
 * Runs to the end and passes on the signals one way, the exit code or the signal the other way.
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string | undefined>} env
 */
function become(program, args, env) {
  const child = spawn(program, args, { stdio: 'inherit', env, cwd: ROOT });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // A terminal gives Ctrl-C to the whole group: the child has it already, and a second one means "at once".
      if (!(signal === 'SIGINT' && process.stdin.isTTY)) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    say(`${program}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** @param {string[]} argv the name of a command and its arguments */
function main([name = '', ...rest]) {
  const command = COMMANDS[name];
  if (!command) throw new SetupError(`No command "${name}". There are: ${Object.keys(COMMANDS).join(', ')}.`);
  prepareOnce(ROOT, dependenciesReady, () => installDependencies(ROOT));
  const node = findNode(ROOT);
  /** @type {Record<string, string | undefined>} */
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  const needs = command.needs ?? [];
  if (needs.includes('chromium')) env.ARCHIPEL_CHROMIUM = findChromium(process.env) ?? installChromium();
  if (needs.includes('engines') && !findEngines(process.env)) installEngines();
  if (needs.includes('front')) prepareOnce(ROOT, frontReady, () => buildFront(ROOT, node));
  become(node, [...command.run, ...rest], env);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
