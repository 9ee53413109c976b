// Refuses what breaks the walls of ARCHITECTURE.md; a part of `npm run lint`.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { readFacts, type Source } from './walls/facts.ts';
import { FILE_RULES, type Finding, type Workspace, workspaceOf } from './walls/rules.ts';
import { fragmentReaders, importCycles } from './walls/tree.ts';

/** Every breach in these files, in the order of the files. `workspaces` contains the root (dir ''). */
export function findBreaches(sources: Source[], workspaces: Workspace[]): Finding[] {
  const byDir = new Map(workspaces.map((workspace) => [workspace.dir, workspace]));
  const root = byDir.get('');
  if (root === undefined) throw new Error('The root is missing among the workspaces');
  const all = sources.map(readFacts);
  const single = all.flatMap((facts) => {
    const own = workspaceOf(facts.path, byDir) ?? root;
    return FILE_RULES.flatMap(({ name, check }) =>
      check(facts, own, { workspaces, root, byDir }).map((complaint) => ({
        rule: name,
        path: facts.path,
        ...complaint,
      })),
    );
  });
  return [...single, ...fragmentReaders(all), ...importCycles(all, workspaces)];
}

type Manifest = {
  name: string;
  workspaces?: string[];
  exports?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
};

function readWorkspace(root: string, dir: string): Workspace {
  const manifest = JSON.parse(readFileSync(join(root, dir, 'package.json'), 'utf8')) as Manifest;
  return {
    dir,
    name: manifest.name,
    dependencies: Object.keys(manifest.dependencies ?? {}),
    devDependencies: Object.keys(manifest.devDependencies ?? {}),
    exports: manifest.exports ?? {},
  };
}

/** The sources and the packages of the repository at `root`. */
export function readTree(root: string): { sources: Source[]; workspaces: Workspace[] } {
  const { workspaces = [] } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const folders = [...workspaces, 'scripts', 'vectors'].filter((dir) => existsSync(join(root, dir)));
  const paths = folders.flatMap((dir) =>
    globSync(`${dir}/**/*.{ts,tsx,mts,js,mjs}`, {
      cwd: root,
      exclude: (path) => /(^|[\\/])(node_modules|dist)$/.test(path),
    }),
  );
  const sources = paths.sort().map((path) => ({
    path: path.split(sep).join('/'),
    text: readFileSync(join(root, path), 'utf8'),
  }));
  return { sources, workspaces: ['', ...workspaces].map((dir) => readWorkspace(root, dir)) };
}

function main(): void {
  const { sources, workspaces } = readTree(resolve(import.meta.dirname, '..'));
  const findings = findBreaches(sources, workspaces);
  for (const { path, line, rule, message } of findings) console.log(`${path}:${line}  ${rule}  ${message}`);
  const verdict = findings.length === 0 ? 'all hold' : `${findings.length} breaches`;
  console.log(`walls: ${sources.length} files, ${verdict}`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}

if (import.meta.main) main();
