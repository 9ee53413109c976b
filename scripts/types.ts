// Type-checks every project of the repository; one that fails does not hide another, and no file escapes.
import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

type Outcome = { project: string; errors: string[]; files: string[] };

function projects(): string[] {
  const { workspaces } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { workspaces: string[] };
  const without = workspaces.filter((dir) => !existsSync(join(ROOT, dir, 'tsconfig.json')));
  if (without.length > 0) throw new Error(`No tsconfig.json in ${without.join(', ')}`);
  return ['tsconfig.json', ...workspaces.flatMap((dir) => globSync(`${dir}/tsconfig*.json`, { cwd: ROOT }).sort())];
}

/** With --listFiles the compiler prints the absolute path of each file it read among its errors. */
async function check(project: string): Promise<Outcome> {
  const child = spawn(process.execPath, [TSC, '-p', project, '--listFiles', '--pretty', 'false'], { cwd: ROOT });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const code = await new Promise<number>((done, failed) => {
    child.on('error', failed);
    child.on('close', (status) => done(status ?? 1));
  });
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const isPath = (line: string): boolean => line.startsWith(ROOT + sep) && existsSync(line);
  const files = lines.filter(isPath).map((path) => relative(ROOT, path));
  const errors = lines.filter((line) => !isPath(line) && !existsSync(line));
  if (code !== 0 && errors.length === 0) errors.push(`tsc ended with code ${code}`);
  return { project, errors: code === 0 ? [] : errors, files };
}

async function checkAll(todo: string[]): Promise<Outcome[]> {
  const queue = [...todo];
  const outcomes: Outcome[] = [];
  const worker = async (): Promise<void> => {
    for (let project = queue.shift(); project !== undefined; project = queue.shift()) {
      outcomes.push(await check(project));
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  return outcomes.sort((a, b) => a.project.localeCompare(b.project));
}

const outcomes = await checkAll(projects());
const seen = new Set(outcomes.flatMap((outcome) => outcome.files));
const sources = globSync('**/*.{ts,tsx,mts}', {
  cwd: ROOT,
  exclude: (path) => /(^|[\\/])(node_modules|dist|data|\.git)$/.test(path),
});
const unseen = sources.filter((path) => !seen.has(path));

// Two projects of one package read the same files, and say the same of them.
for (const line of new Set(outcomes.flatMap(({ errors }) => errors))) console.log(line);
for (const path of unseen) console.log(`${path}: no tsconfig of ${dirname(path)} or above covers this file`);
const failed = outcomes.filter((outcome) => outcome.errors.length > 0).map((outcome) => outcome.project);
const verdict = failed.length === 0 ? 'all well' : `errors in ${failed.join(', ')}`;
console.log(`types: ${outcomes.length} projects, ${sources.length} files, ${verdict}`);
process.exitCode = failed.length > 0 || unseen.length > 0 ? 1 : 0;
