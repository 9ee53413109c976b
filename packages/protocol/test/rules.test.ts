/** The rules of docs/protocol.md and the tests are the same list. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const RULE = /\*\*([A-Z]+-\d+)\*\*/g;
/** A text before a function or options: the title of a test, of a group, or of a table of tests. */
const TITLE = /(['"`])((?:\\.|(?!\1)[^\\])*)\1\s*,\s*(?:async\b|function\b|\(|\{|\w+ =>)/g;

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function files(...patterns: string[]): string[] {
  return globSync(patterns, { cwd: ROOT, exclude: (path) => /(^|[\\/])(node_modules|dist)$/.test(path) }).sort();
}

const rules = [...read('docs/protocol.md').matchAll(RULE)].map(([, id]) => id as string);
const families = [...new Set(rules.map((id) => id.split('-')[0]))];
const ID = new RegExp(`\\b(?:${families.join('|')})-\\d+\\b`, 'g');

function idsIn(text: string): string[] {
  return text.match(ID) ?? [];
}

/** Rule id and file, for each naming. */
function named(): [string, string][] {
  const tests = files('packages/**/*.{test,sim,e2e}.{ts,tsx}', 'e2e/**/*.{test,sim,e2e}.ts');
  const byTests = tests.flatMap((path) =>
    [...read(path).matchAll(TITLE)].flatMap(([, , title]) => idsIn(title as string).map((id) => [id, path])),
  );
  const byVectors = files('vectors/*/*.json').flatMap((path) => {
    const { rules: ids } = JSON.parse(read(path)) as { rules: string[] };
    return ids.map((id) => [id, path]);
  });
  return [...byTests, ...byVectors] as [string, string][];
}

describe('the rules of docs/protocol.md', () => {
  it('have a number each', () => {
    expect(rules.length).toBeGreaterThan(50);
    expect(new Set(rules).size).toBe(rules.length);
  });

  it('have a test each', () => {
    const tested = new Set(named().map(([id]) => id));
    expect(rules.filter((id) => !tested.has(id)).join(' ')).toBe('');
  });

  it('are the only ones that tests and vectors name', () => {
    const unknown = named().filter(([id]) => !rules.includes(id));
    expect(unknown.map(([id, path]) => `${id} in ${path}`).join(', ')).toBe('');
  });
});
