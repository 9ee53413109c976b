import { describe, expect, test } from 'vitest';
import { isOver, type Manifest, staticFiles, table, weigh } from './budgets.ts';

const MANIFEST: Manifest = {
  'index.html': { file: 'assets/portal.js', isEntry: true, imports: ['_shared.js'] },
  'pad.html': {
    file: 'assets/pad.js',
    isEntry: true,
    imports: ['_shared.js', '_editor.js'],
    dynamicImports: ['src/qr.ts'],
  },
  '404.html': { file: 'assets/404.css', isEntry: true },
  '_shared.js': { file: 'assets/shared.js' },
  '_editor.js': { file: 'assets/editor.js', imports: ['_shared.js', '_yjs.js'] },
  '_yjs.js': { file: 'assets/yjs.js', imports: ['_editor.js'] },
  'src/qr.ts': { file: 'assets/qr.js' },
};

describe('page weights', () => {
  test('a file counts once, what is loaded later does not', () => {
    const files = staticFiles(MANIFEST, 'pad.html');
    expect(files).toEqual(['assets/pad.js', 'assets/shared.js', 'assets/editor.js', 'assets/yjs.js']);
  });

  test('a style sheet is not JavaScript', () => {
    expect(staticFiles(MANIFEST, '404.html')).toEqual([]);
  });

  test('a budget is a limit that may be reached and not passed', () => {
    const weights = weigh(MANIFEST, (file) => (file === 'assets/shared.js' ? 20_000 : 20_000.5));
    const [portal, pad] = weights;
    expect(portal).toEqual({ page: 'index.html', files: 2, bytes: 40_000.5, budgetBytes: 40_000 });
    expect(portal && isOver(portal)).toBe(true);
    expect(pad && isOver(pad)).toBe(false);
    expect(weigh(MANIFEST, () => 20_000).some(isOver)).toBe(false);
    expect(table(weights)).toMatch(/index\.html +2 +40\.0 +40\.0 {2}over budget/);
  });

  test('a page with a budget that is not built is an error', () => {
    const { 'pad.html': _, ...rest } = MANIFEST;
    expect(() => weigh(rest, () => 1)).toThrow('The manifest has no pad.html');
  });
});
