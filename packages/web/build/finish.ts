/** The last step of the build: the service worker's manifest is written into it, and every text file gets its .br and .gz. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, type Plugin } from 'vite';
import type { SwManifest } from '../src/sw/plan.ts';

/** What `.vite/manifest.json` says of a source file. */
export interface BuiltChunk {
  file: string;
  imports?: string[];
  dynamicImports?: string[];
  css?: string[];
  assets?: string[];
}
export type BuiltChunks = Record<string, BuiltChunk>;

/** Files at fixed addresses that pages use. */
const COMMON = ['/theme.js', '/favicon.svg', '/icon-192.png', '/app.webmanifest'];
/** The pages kept for offline use, and where they are served. */
const PAGES: Record<string, string> = {
  'index.html': '/',
  'documents.html': '/documents',
  'hosts.html': '/hosts',
  'pad.html': '/pad',
  'drop.html': '/drop',
};
const COMPRESSIBLE = /\.(html|js|css|svg|json|webmanifest|txt)$/;
/** Below this a compressed copy saves nothing worth a file. */
const COMPRESS_MIN_BYTES = 512;

/** Large and not wanted by most: kept from its first use on. */
const RARE = /\/emojibase-data\//;

/** Everything a page may load, lazy parts included, as addresses. Fonts of rarer alphabets and the names of emoji are left to their first use. */
export function assetsOf(entry: string, chunks: BuiltChunks): string[] {
  const files = new Set<string>();
  const seen = new Set<string>();
  const visit = (key: string): void => {
    const chunk = chunks[key];
    if (chunk === undefined || seen.has(key) || RARE.test(key)) return;
    seen.add(key);
    for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(`/${file}`);
    for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) visit(next);
  };
  visit(entry);
  return [...files].filter((file) => !/-(latin-ext|vietnamese|cyrillic|greek)-.*\.woff2$/.test(file)).sort();
}

/** The manifest of the service worker. `digest` is over all files of the build. */
export function swManifest(chunks: BuiltChunks, digest: string): SwManifest {
  const pages: SwManifest['pages'] = {};
  for (const [file, path] of Object.entries(PAGES)) pages[path] = { file, assets: assetsOf(file, chunks) };
  return { version: digest.slice(0, 16), pages, common: COMMON };
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function digestOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function compress(file: string): void {
  const bytes = readFileSync(file);
  if (!COMPRESSIBLE.test(file) || bytes.length < COMPRESS_MIN_BYTES) return;
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
}

/**
 * One file of its own: browsers run it as a classic script, which imports nothing, so it shares no chunk with the pages. It keeps its
 * address from one version to the next, or browsers would keep the old one.
 */
async function buildWorker(root: string, outDir: string): Promise<void> {
  const output = { format: 'iife', entryFileNames: 'sw.js' } as const;
  const rolldownOptions = { input: join(root, 'src/sw/worker.ts'), output };
  const options = { outDir, emptyOutDir: false, copyPublicDir: false, rolldownOptions };
  await build({ root, configFile: false, logLevel: 'warn', build: options });
}

/** Vite plugin: runs once all files are on the disk. */
export function finishBuild(): Plugin {
  let folder = '';
  let root = '';
  let isWritten = false;
  return {
    name: 'archipel:finish-build',
    apply: 'build',
    configResolved(config) {
      root = config.root;
      folder = join(root, config.build.outDir);
    },
    writeBundle() {
      isWritten = true;
    },
    async closeBundle() {
      // What went wrong is said, not what is missing because of it.
      if (!isWritten) return;
      await buildWorker(root, folder);
      const chunks: BuiltChunks = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'));
      const files = filesUnder(folder);
      const worker = join(folder, 'sw.js');
      const source = readFileSync(worker, 'utf8');
      // Not every browser runs a worker that is made of several files.
      if (/\bimport\b/.test(source)) throw new Error('sw.js shares code with a page: import types alone from src/sw');
      const manifest = JSON.stringify(swManifest(chunks, digestOf(files)));
      if (!source.includes('__SW_MANIFEST__')) throw new Error('sw.js has no place for its manifest');
      writeFileSync(
        worker,
        source.replace('__SW_MANIFEST__', () => manifest),
      );
      for (const file of files) compress(file);
    },
  };
}
