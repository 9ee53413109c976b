// The walls of ARCHITECTURE.md, one rule each.
import { type Facts, type Import, isRelative, packageOf, REACH, targetOf } from './facts.ts';

/** A package of the repository; `dir` is its path from the root, '' for the root itself. */
export type Workspace = {
  dir: string;
  name: string;
  dependencies: string[];
  devDependencies: string[];
  exports: Record<string, string>;
};
export type Finding = { rule: string; path: string; line: number; message: string };
type Context = { workspaces: Workspace[]; root: Workspace; byDir: Map<string, Workspace> };
type Complaint = { line: number; message: string };
/** Looks at one file; what is true of several files together is in `tree.ts`. */
type FileRule = { name: string; check: (facts: Facts, own: Workspace, context: Context) => Complaint[] };

const SECRET = '@archipel/protocol/secret';
const SECRET_HOLDERS = /^(packages\/(protocol|client|web|cli|testkit)|bench|e2e|vectors)\//;
const BLIND = /^packages\/(relay|directory)\//;
const ABOUT_CONTENTS = /^(yjs|lib0|preact|y-[^/]+|@preact\/.+|@tiptap\/.+|@archipel\/(client|web))$/;
const SQL = ['better-sqlite3', 'kysely', 'pg'];
/** RFC 9180, which WebCrypto does not have as a whole. */
const HPKE = ['hpke', '@panva/hpke-noble'];
const APPS = 'packages/web/src/apps/';

export const isTest = (path: string): boolean => /\.(test|sim|cluster|network|e2e)\.tsx?$|(^|\/)test\//.test(path);
/** What reaches a host or a browser, as opposed to tests and tools. */
export const isShipped = (path: string): boolean =>
  /^packages\/[^/]+\/src\//.test(path) && !path.startsWith('packages/testkit/') && !isTest(path);

const mayReadEnvironment = (path: string): boolean => !isShipped(path) || /^packages\/[^/]+\/src\/config\b/.test(path);
const mayUseSql = (path: string): boolean =>
  path.startsWith('packages/relay/src/store/') || !path.startsWith('packages/') || (BLIND.test(path) && isTest(path));

const complainOf = (imports: Import[], message: (specifier: string) => string): Complaint[] =>
  imports.map(({ line, specifier }) => ({ line, message: message(specifier) }));

const appOf = (path: string): string | undefined =>
  path.startsWith(APPS) && path.slice(APPS.length).includes('/') ? path.slice(APPS.length).split('/')[0] : undefined;

function isSecret(path: string, specifier: string): boolean {
  if (specifier === SECRET || specifier.startsWith(`${SECRET}/`)) return true;
  return isRelative(specifier) && targetOf(path, specifier).startsWith('packages/protocol/src/secret/');
}

function maySeeSecret(path: string): boolean {
  const isOpenProtocol = path.startsWith('packages/protocol/src/') && !path.startsWith('packages/protocol/src/secret/');
  return SECRET_HOLDERS.test(path) && (!isOpenProtocol || isTest(path));
}

const isHpke = (path: string, specifier: string): boolean =>
  /^packages\/protocol\/src\/secret\/hpke(-noble|-suite)?\.ts$/.test(path) && HPKE.includes(specifier);

function isNamed(specifier: string, path: string, own: Workspace, { root, workspaces }: Context): boolean {
  const name = packageOf(specifier);
  if (name === undefined || name === own.name || own.dependencies.includes(name)) return true;
  if (isShipped(path)) return false;
  const tools = [...own.devDependencies, ...root.devDependencies];
  return tools.includes(name) || (own === root && workspaces.some((workspace) => workspace.name === name));
}

export const FILE_RULES: FileRule[] = [
  {
    name: 'readable',
    check: ({ errors }) => errors.map((message) => ({ line: 1, message })),
  },
  {
    name: 'protocol-pure',
    check: ({ path, imports }) => {
      if (!path.startsWith('packages/protocol/src/') || isTest(path)) return [];
      const foreign = imports.filter(
        ({ specifier }) => !isRelative(specifier) && !specifier.startsWith('@noble/') && !isHpke(path, specifier),
      );
      return complainOf(
        foreign,
        (name) => `the protocol imports only @noble packages, and HPKE in secret/hpke, not ${name}`,
      );
    },
  },
  {
    name: 'secret',
    check: ({ path, imports }) => {
      const secrets = maySeeSecret(path) ? [] : imports.filter(({ specifier }) => isSecret(path, specifier));
      return complainOf(secrets, (name) => `${name} opens documents, and this part must not be able to`);
    },
  },
  {
    name: 'relay-blind',
    check: ({ path, imports }) => {
      const looking = imports.filter(({ specifier }) => ABOUT_CONTENTS.test(packageOf(specifier) ?? ''));
      return complainOf(BLIND.test(path) ? looking : [], (name) => `a relay never looks into a document: ${name}`);
    },
  },
  {
    name: 'package-wall',
    check: ({ path, imports }, own, { byDir }) => {
      const outside = imports.filter(({ specifier }) => {
        if (!isRelative(specifier)) return false;
        return specifier.startsWith('/') || workspaceOf(targetOf(path, specifier), byDir) !== own;
      });
      return complainOf(outside, (name) => `${name} leaves the package: import it by its name`);
    },
  },
  {
    name: 'sql',
    check: ({ path, imports }) => {
      const sql = imports.filter(({ specifier }) => SQL.includes(packageOf(specifier) ?? ''));
      return complainOf(mayUseSql(path) ? [] : sql, (name) => `${name} only in packages/relay/src/store`);
    },
  },
  {
    name: 'environment',
    check: ({ path, mentions }) => {
      const reads = mayReadEnvironment(path) ? [] : mentions.filter(({ name }) => name === 'process.env');
      return reads.map(({ line }) => ({ line, message: 'process.env is read only in src/config' }));
    },
  },
  {
    name: 'app-reach',
    check: ({ path, mentions }) => {
      const reaching = path.startsWith(APPS) ? mentions.filter(({ name }) => REACH.includes(name)) : [];
      return reaching.map(({ line, name }) => ({ line, message: `an app gets a document, it does not use ${name}` }));
    },
  },
  {
    name: 'app-neighbour',
    check: ({ path, imports }) => {
      const own = appOf(path);
      const neighbours = imports.filter(({ specifier }) => {
        const other = isRelative(specifier) ? appOf(targetOf(path, specifier)) : undefined;
        return other !== undefined && other !== own;
      });
      return complainOf(own === undefined ? [] : neighbours, (name) => `an app never imports another: ${name}`);
    },
  },
  {
    name: 'silent-catch',
    check: ({ path, mentions }) => {
      const silent = isShipped(path) ? mentions.filter(({ name }) => name === 'silent catch') : [];
      return silent.map(({ line }) => ({
        line,
        message: 'a failure is caught and ignored: handle it or let it go up',
      }));
    },
  },
  {
    name: 'named-dependency',
    check: ({ path, imports }, own, context) => {
      const unnamed = imports.filter(({ specifier }) => !isNamed(specifier, path, own, context));
      const where = own.dir === '' ? 'package.json' : `${own.dir}/package.json`;
      const kind = isShipped(path) ? 'dependencies' : 'dependencies or devDependencies';
      return complainOf(unnamed, (name) => `${name} is not among the ${kind} of ${where}`);
    },
  },
];

/** The package that a path belongs to: the longest folder that holds it, else the root. */
export function workspaceOf(path: string, byDir: Map<string, Workspace>): Workspace | undefined {
  const parts = path.split('/');
  for (let length = parts.length - 1; length >= 0; length -= 1) {
    const found = byDir.get(parts.slice(0, length).join('/'));
    if (found) return found;
  }
  return undefined;
}
