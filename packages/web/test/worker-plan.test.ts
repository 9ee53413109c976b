import { describe, expect, it } from 'vitest';
import { assetsOf, swManifest } from '../build/finish.ts';
import { hasScript, pageAt, pagesToKeep, staleAssets, stalePageCaches, treatmentOf } from '../src/sw/plan.ts';

const EMOJI = '../../node_modules/emojibase-data/fr/compact.json';
const CHUNKS = {
  'index.html': { file: 'assets/portal-1.js', imports: ['_shell.js'], css: ['assets/portal-1.css'] },
  'documents.html': { file: 'assets/documents-1.js', imports: ['_shell.js'] },
  'pad.html': { file: 'assets/pad-1.js', imports: ['_shell.js'], dynamicImports: ['src/apps/pad/odt.ts', EMOJI] },
  '_shell.js': {
    file: 'assets/shell-1.js',
    imports: ['_shell.js'],
    dynamicImports: ['src/locales/fr.json'],
    assets: ['assets/x-latin-wght-1.woff2', 'assets/x-latin-ext-wght-1.woff2'],
  },
  'src/locales/fr.json': { file: 'assets/fr-1.js' },
  [EMOJI]: { file: 'assets/compact-1.js' },
  'src/apps/pad/odt.ts': { file: 'assets/odt-1.js' },
};
const ORIGIN = 'https://archipel.example.org';
const manifest = swManifest(CHUNKS, '0123456789abcdef0123');

const treat = (path: string, change: { method?: string; mode?: string } = {}): string => {
  const request = { method: 'GET', mode: 'cors', url: new URL(path, ORIGIN).href, ...change };
  return treatmentOf(request, ORIGIN, manifest).kind;
};

describe('the manifest made by the build', () => {
  it('has for each page all it may load, each once, without the fonts of rarer alphabets and the names of emoji', () => {
    expect(manifest.version).toBe('0123456789abcdef');
    expect(manifest.pages['/']?.assets).toEqual([
      '/assets/fr-1.js',
      '/assets/portal-1.css',
      '/assets/portal-1.js',
      '/assets/shell-1.js',
      '/assets/x-latin-wght-1.woff2',
    ]);
    expect(assetsOf('pad.html', CHUNKS)).toContain('/assets/odt-1.js');
    expect(assetsOf('pad.html', CHUNKS)).not.toContain('/assets/compact-1.js');
    expect(manifest.pages['/']?.assets).not.toContain('/assets/pad-1.js');
  });
});

describe('what the worker does with a request', () => {
  it.each([
    ['a page we serve', '/pad?new&keep=7d', 'page', { mode: 'navigate' }],
    ['the portal', '/', 'page', { mode: 'navigate' }],
    ['a page by its file name', '/documents.html', 'page', { mode: 'navigate' }],
    ['a page that does not exist', '/nowhere', 'pass', { mode: 'navigate' }],
    ['an object key that is no page', '/constructor', 'pass', { mode: 'navigate' }],
    ['a hashed asset', '/assets/pad-1.js', 'asset', {}],
    ['a file that all pages use', '/theme.js', 'common', {}],
    ['what the host says', '/host.json', 'pass', {}],
    ['the relay', '/health', 'pass', {}],
    ['something sent', '/pad', 'pass', { method: 'POST', mode: 'navigate' }],
    ['another origin', 'https://elsewhere.example.org/assets/pad-1.js', 'pass', {}],
  ])('%s', (_what, path, kind, change) => expect(treat(path, change)).toBe(kind));

  it('knows a page by each of its addresses', () => {
    expect(['/', '/index.html', '/pad', '/pad/', '/pad.html'].map((path) => pageAt(path, manifest))).toEqual([
      '/',
      '/',
      '/pad',
      '/pad',
      '/pad',
    ]);
  });
});

describe('from one version to the next', () => {
  it('keeps the pages that were kept, and the first ones, and no page that is gone', () => {
    expect(pagesToKeep([], manifest)).toEqual(['/', '/documents']);
    expect(pagesToKeep(['/pad', '/', '/gone'], manifest)).toEqual(['/', '/documents', '/pad']);
  });

  it('drops the assets of the old version and spares the fonts', () => {
    const kept = ['/assets/pad-0.js', '/assets/pad-1.js', '/assets/x-latin-ext-wght-1.woff2'];
    expect(staleAssets(kept, manifest)).toEqual(['/assets/pad-0.js']);
  });

  it('drops the page caches of other versions only', () => {
    const names = ['archipel-pages-0123456789abcdef', 'archipel-pages-old', 'archipel-assets', 'elsewhere'];
    expect(stalePageCaches(names, manifest)).toEqual(['archipel-pages-old']);
  });

  it('recognises the script of a page that is already new', () => {
    expect(hasScript('/assets/pad-1.js', manifest)).toBe(true);
    expect(hasScript('/assets/pad-0.js', manifest)).toBe(false);
  });
});
