import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Workspace } from './walls/rules.ts';
import { findBreaches, readTree } from './walls.ts';

const workspace = (dir: string, name: string, dependencies: string[], devDependencies: string[] = []): Workspace => ({
  dir,
  name,
  dependencies,
  devDependencies,
  exports: { '.': './src/index.ts' },
});

const WORKSPACES: Workspace[] = [
  workspace('', 'archipel', [], ['vitest', 'fast-check']),
  {
    ...workspace('packages/protocol', '@archipel/protocol', ['@noble/hashes', 'lib0', 'hpke']),
    exports: { '.': './src/index.ts', './secret': './src/secret/index.ts' },
  },
  workspace('packages/relay', '@archipel/relay', ['@archipel/protocol', 'ws', 'kysely', 'yjs', 'y-protocols']),
  workspace('packages/directory', '@archipel/directory', ['@archipel/protocol', 'preact']),
  workspace('packages/client', '@archipel/client', ['@archipel/protocol', 'yjs', 'kysely'], ['fake-indexeddb']),
  workspace('packages/web', '@archipel/web', ['@archipel/client', '@archipel/protocol', 'preact']),
  workspace('packages/testkit', '@archipel/testkit', ['@archipel/protocol', '@archipel/relay']),
  workspace('bench', '@archipel/bench', ['@archipel/protocol']),
];

const breaches = (files: Record<string, string>): string[] =>
  findBreaches(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    WORKSPACES,
  ).map(({ rule, path, line }) => `${rule} ${path}:${line}`);

const APP = 'packages/web/src/apps/pad/model.ts';
const SECRET = "import { open } from '@archipel/protocol/secret';";

/** One file that breaks exactly one wall: the rule, the path, the text whose last line is the breach. */
const REFUSED: [rule: string, path: string, text: string][] = [
  ['readable', 'packages/relay/src/a.ts', 'const = 1;'],
  ['protocol-pure', 'packages/protocol/src/a.ts', "import { readFile } from 'node:fs';"],
  ['protocol-pure', 'packages/protocol/src/a.ts', "\nexport * from 'lib0';"],
  ['protocol-pure', 'packages/protocol/src/secret/a.ts', "import { CipherSuite } from 'hpke';"],
  ['protocol-pure', 'packages/protocol/src/a.ts', "export const lazy = () => import('lib0');"],
  ['secret', 'packages/relay/src/a.ts', SECRET],
  ['secret', 'packages/relay/src/a.ts', "import type { Keys } from '@archipel/protocol/secret';"],
  ['secret', 'packages/relay/src/a.ts', "type Keys = import('@archipel/protocol/secret').Keys;"],
  ['secret', 'packages/relay/test/a.test.ts', SECRET],
  ['secret', 'packages/directory/src/a.ts', "export { open } from '@archipel/protocol/secret';"],
  ['secret', 'packages/protocol/src/index.ts', "export { open } from './secret/seal.ts';"],
  ['relay-blind', 'packages/relay/src/a.ts', "import * as Y from 'yjs';"],
  ['relay-blind', 'packages/relay/src/a.ts', "import { encode } from 'y-protocols/sync';"],
  ['relay-blind', 'packages/directory/src/a.ts', "import { h } from 'preact';"],
  ['package-wall', 'packages/relay/src/a.ts', "import { id } from '../../protocol/src/ids.ts';"],
  ['package-wall', 'packages/relay/src/a.ts', "import { gate } from '../../../scripts/gate.ts';"],
  ['sql', 'packages/relay/src/http/a.ts', "import { sql } from 'kysely';"],
  ['sql', 'packages/client/src/a.ts', "import { sql } from 'kysely';"],
  ['environment', 'packages/relay/src/relay.ts', 'export const port = process.env.PORT;'],
  ['environment', 'packages/relay/src/relay.ts', "export const port = globalThis.process['env'].PORT;"],
  ['environment', 'packages/relay/src/relay.ts', 'export const { env } = process;'],
  ['environment', 'packages/relay/src/relay.ts', "import { env } from 'node:process';"],
  ['app-reach', APP, 'export const load = () => fetch("/x");'],
  ['app-reach', APP, 'export const load = () => window.fetch("/x");'],
  ['app-reach', APP, "export const load = () => globalThis['fetch']('/x');"],
  ['app-reach', APP, 'export const open = () => new WebSocket("/x");'],
  ['app-reach', APP, 'export const open = () => new XMLHttpRequest();'],
  ['app-reach', APP, 'export const kept = localStorage.length;'],
  ['app-reach', APP, 'export const kept = sessionStorage.length;'],
  ['app-reach', APP, 'export const kept = indexedDB;'],
  ['app-reach', APP, 'export const { localStorage: kept } = window;'],
  ['app-neighbour', APP, "import { cells } from '../sheet/model.ts';"],
  ['silent-catch', 'packages/relay/src/a.ts', 'try {\n  a();\n} catch {}'],
  ['silent-catch', 'packages/relay/src/a.ts', 'promise.catch(() => {});'],
  ['named-dependency', 'packages/relay/src/a.ts', "import { ulid } from 'ulid';"],
  ['named-dependency', 'packages/client/src/a.ts', "import 'fake-indexeddb/auto';"],
  ['named-dependency', 'packages/client/src/a.ts', "import { test } from 'vitest';"],
  ['named-dependency', 'bench/a.ts', "import { relay } from '@archipel/relay';"],
];

describe('a wall refuses', () => {
  test.each(REFUSED)('%s in %s: %s', (rule, path, text) => {
    expect(breaches({ [path]: text })).toEqual([`${rule} ${path}:${text.split('\n').length}`]);
  });

  test('fragment: a second file that reads it', () => {
    const found = breaches({
      'packages/web/src/shell/link.ts': 'export const fragment = () => location.hash;',
      'packages/web/src/portal/a.ts': 'export const whole = () => new URL(window.location.href);',
    });
    expect(found).toEqual(['fragment packages/web/src/shell/link.ts:1', 'fragment packages/web/src/portal/a.ts:1']);
  });

  test('cycle: within a package', () => {
    const found = breaches({
      'packages/relay/src/a.ts': "import { b } from './b.ts';",
      'packages/relay/src/b.ts': "import { c } from './c.ts';",
      'packages/relay/src/c.ts': "import { b } from './b.ts';",
    });
    expect(found).toEqual(['cycle packages/relay/src/c.ts:1']);
  });

  test('cycle: through the names of packages', () => {
    const found = breaches({
      'packages/testkit/src/index.ts': "import { relay } from '@archipel/relay';",
      'packages/relay/src/index.ts': "import { clock } from '@archipel/testkit';",
    });
    expect(found).toContain('cycle packages/relay/src/index.ts:1');
  });
});

const ALLOWED: [path: string, text: string][] = [
  ['packages/protocol/src/a.ts', "import { sha256 } from '@noble/hashes/sha2.js';"],
  ['packages/protocol/src/secret/a.ts', "import { open } from './seal.ts';"],
  ['packages/protocol/src/secret/hpke.ts', "import { CipherSuite } from 'hpke';"],
  ['packages/protocol/test/a.test.ts', "import { readFile } from 'node:fs';"],
  ['packages/client/src/a.ts', SECRET],
  ['packages/web/src/a.tsx', SECRET],
  ['bench/a.ts', SECRET],
  ['vectors/make.ts', SECRET],
  ['packages/client/src/a.ts', "import * as Y from 'yjs';"],
  ['packages/client/src/a.test.ts', "import 'fake-indexeddb/auto';\nimport { test } from 'vitest';"],
  ['packages/relay/src/store/sqlite.ts', "import { sql } from 'kysely';"],
  ['packages/relay/src/config.ts', 'export const port = process.env.PORT;'],
  ['packages/relay/src/a.ts', "import { join } from 'node:path';\nexport const env = { env: 1 }.env;"],
  ['bench/main.ts', 'export const seeds = process.env.SEEDS;'],
  ['packages/web/src/shell/a.ts', 'export const load = () => fetch("/x");'],
  ['packages/web/src/portal/a.ts', 'location.href = "/pad";'],
  ['packages/relay/src/a.ts', 'try {\n  a();\n} catch (error) {\n  log(error);\n}\nconst nothing = () => {};'],
  [APP, "import { view } from './view.ts';\nimport { button } from '../../ui/button.ts';"],
  [APP, '// fetch and localStorage are for others\nexport const a = { fetch: 1 }.fetch;'],
  ['packages/web/src/apps/registry.ts', "import { meta } from './pad/meta.ts';"],
];

describe('a wall lets through', () => {
  test.each(ALLOWED)('%s: %s', (path, text) => {
    expect(breaches({ [path]: text })).toEqual([]);
  });

  test('a cycle of types', () => {
    const found = breaches({
      'packages/relay/src/a.ts': "import { b } from './b.ts';",
      'packages/relay/src/b.ts': "import type { A } from './a.ts';",
    });
    expect(found).toEqual([]);
  });
});

test('every wall holds in this repository', () => {
  const { sources, workspaces } = readTree(resolve(import.meta.dirname, '..'));
  expect(sources.map(({ path }) => path)).toContain('scripts/walls.test.ts');
  expect(findBreaches(sources, workspaces)).toEqual([]);
});
