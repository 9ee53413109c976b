import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

type Manifest = { workspaces?: string[]; dependencies?: Record<string, string> };
const readManifest = (dir: string): Manifest =>
  JSON.parse(readFileSync(join(ROOT, dir, 'package.json'), 'utf8')) as Manifest;

/** `package (workspace, …)` for each runtime dependency from outside, sorted. */
function inManifests(): string[] {
  const users = new Map<string, string[]>();
  for (const dir of readManifest('.').workspaces ?? []) {
    for (const name of Object.keys(readManifest(dir).dependencies ?? {})) {
      if (!name.startsWith('@archipel/')) users.set(name, [...(users.get(name) ?? []), dir.replace('packages/', '')]);
    }
  }
  return [...users].map(([name, dirs]) => `${name} (${dirs.sort().join(', ')})`).sort();
}

/** Lines such as: - `ws` (relay): the reason. */
function inDocument(): string[] {
  const text = readFileSync(join(ROOT, 'docs', 'dependencies.md'), 'utf8');
  return [...text.matchAll(/^- `([^`]+)` \(([^)]+)\): \S.*\.$/gm)]
    .map(([, name, users]) => `${name} (${users})`)
    .sort();
}

test('docs/dependencies.md gives a reason for each runtime dependency, and for nothing else', () => {
  expect(inDocument()).toEqual(inManifests());
});
