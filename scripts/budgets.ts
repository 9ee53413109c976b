// Page weights: the compressed JavaScript that each page needs before it can work, held to a budget.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

/** One entry of Vite's `.vite/manifest.json`; `imports` are the keys of what it loads statically. */
export type ManifestChunk = { file: string; isEntry?: boolean; imports?: string[]; dynamicImports?: string[] };
export type Manifest = Record<string, ManifestChunk>;
export type PageWeight = { page: string; files: number; bytes: number; budgetBytes: number | undefined };

/** Bytes of gzip; 1 kB = 1,000 bytes. A page without a budget is only shown. */
export const BUDGET_BYTES: Record<string, number> = { 'index.html': 40_000, 'pad.html': 260_000 };

/** The JavaScript files that a page loads statically: its own and, through `imports`, theirs; each once. */
export function staticFiles(manifest: Manifest, key: string, seen: Set<string> = new Set()): string[] {
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`The manifest has no ${key}`);
  if (seen.has(key)) return [];
  seen.add(key);
  const own = chunk.file.endsWith('.js') ? [chunk.file] : [];
  return [...own, ...(chunk.imports ?? []).flatMap((next) => staticFiles(manifest, next, seen))];
}

/** @param gzipBytes compressed size of a file of the manifest, in bytes */
export function weigh(manifest: Manifest, gzipBytes: (file: string) => number): PageWeight[] {
  const pages = Object.keys(manifest).filter((key) => key.endsWith('.html') && manifest[key]?.isEntry === true);
  return [...new Set([...Object.keys(BUDGET_BYTES), ...pages])].map((page) => {
    const files = staticFiles(manifest, page);
    const bytes = files.reduce((sum, file) => sum + gzipBytes(file), 0);
    return { page, files: files.length, bytes, budgetBytes: BUDGET_BYTES[page] };
  });
}

export const isOver = ({ bytes, budgetBytes }: PageWeight): boolean => budgetBytes !== undefined && bytes > budgetBytes;

const kilobytes = (bytes: number | undefined): string => (bytes === undefined ? '-' : (bytes / 1000).toFixed(1));

export function table(weights: PageWeight[]): string {
  const row = (...cells: string[]): string => {
    const [page = '', ...numbers] = cells;
    return page.padEnd(18) + numbers.map((cell) => cell.padStart(12)).join('');
  };
  const lines = weights.map((weight) => {
    const { page, files, bytes, budgetBytes } = weight;
    return row(page, String(files), kilobytes(bytes), kilobytes(budgetBytes)) + (isOver(weight) ? '  over budget' : '');
  });
  return [row('page', 'js files', 'gzip kB', 'budget kB'), ...lines].join('\n');
}

function main(): void {
  const dist = resolve(import.meta.dirname, '..', 'packages', 'web', 'dist');
  const manifest = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8')) as Manifest;
  const weights = weigh(manifest, (file) => gzipSync(readFileSync(join(dist, file))).length);
  console.log(table(weights));
  process.exitCode = weights.some(isOver) ? 1 : 0;
}

if (import.meta.main) main();
