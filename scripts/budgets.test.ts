import { describe, expect, test } from 'vitest';
import { isOver, type Manifest, MOST_FILES, table, weigh } from './budgets.ts';

const MANIFEST: Manifest = {
  'index.html': { file: 'assets/portal.js', isEntry: true, imports: ['_shared.js'] },
  'pad.html': {
    file: 'assets/pad.js',
    isEntry: true,
    imports: ['_shared.js', '_editor.js'],
    dynamicImports: ['src/qr.ts'],
  },
  'drop.html': { file: 'assets/drop.js', isEntry: true },
  'hosts.html': { file: 'assets/hosts.js', isEntry: true },
  '404.html': { file: 'assets/404.css', isEntry: true },
  '_shared.js': { file: 'assets/shared.js' },
  '_editor.js': { file: 'assets/editor.js', imports: ['_shared.js', '_yjs.js'] },
  '_yjs.js': { file: 'assets/yjs.js', imports: ['_editor.js'] },
  'src/qr.ts': { file: 'assets/qr.js' },
};

const BYTES: Record<string, number> = {
  'assets/portal.js': 1,
  'assets/shared.js': 10,
  'assets/pad.js': 1101,
  'assets/editor.js': 4_000,
  'assets/yjs.js': 6_000,
  'assets/qr.js': 100_000,
  'assets/drop.js': 3,
  'assets/hosts.js': 2,
};

describe('page weights', () => {
  const gzipBytes = (file: string): number => BYTES[file] ?? Number.NaN;

  test('a file counts once, what is loaded later apart, a style sheet not at all', () => {
    expect(weigh(MANIFEST, gzipBytes)).toEqual([
      { page: 'index.html', files: 2, bytes: 11, allBytes: 11, budgetBytes: 40_000 },
      { page: 'pad.html', files: 4, bytes: 1101 + 10_010, allBytes: 111_111, budgetBytes: 280_000 },
      { page: 'drop.html', files: 1, bytes: 3, allBytes: 3, budgetBytes: 120_000 },
      { page: 'hosts.html', files: 1, bytes: 2, allBytes: 2, budgetBytes: 60_000 },
      { page: '404.html', files: 0, bytes: 0, allBytes: 0, budgetBytes: undefined },
    ]);
  });

  test('a budget is a limit that may be reached and not passed', () => {
    const weights = weigh(MANIFEST, (file) => (file === 'assets/shared.js' ? 20_000 : 20_000.5));
    const [portal, pad] = weights;
    expect(portal).toEqual({ page: 'index.html', files: 2, bytes: 40_000.5, allBytes: 40_000.5, budgetBytes: 40_000 });
    expect(portal && isOver(portal)).toBe(true);
    expect(pad && isOver(pad)).toBe(false);
    expect(weigh(MANIFEST, () => 20_000).some(isOver)).toBe(false);
    expect(table(weights)).toMatch(/index\.html +2 +40\.0 +40\.0 +40\.0 {2}over budget/);
  });

  test('a page that begins with many files is over, however little they weigh', () => {
    const names = Array.from({ length: MOST_FILES }, (_, index) => `_piece-${index}.js`);
    const pieces = Object.fromEntries(names.map((name) => [name, { file: `assets/${name}` }]));
    const over = (imports: string[]): boolean | undefined => {
      const page = { file: 'assets/drop.js', isEntry: true, imports };
      const weights = weigh({ ...MANIFEST, ...pieces, 'drop.html': page }, () => 1);
      return weights.filter(isOver).length > 0;
    };
    expect(over(names.slice(1))).toBe(false);
    expect(over(names)).toBe(true);
  });

  test('a page with a budget that is not built is an error', () => {
    const { 'pad.html': _, ...rest } = MANIFEST;
    expect(() => weigh(rest, () => 1)).toThrow('The manifest has no pad.html');
  });
});
