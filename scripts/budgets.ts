// Page weights: the compressed JavaScript that each page needs before it can work, held to a budget.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

/** One entry of Vite's `.vite/manifest.json`; `imports` are the keys of what it loads statically. */
export type ManifestChunk = { file: string; isEntry?: boolean; imports?: string[]; dynamicImports?: string[] };
export type Manifest = Record<string, ManifestChunk>;
/** `bytes`, in `files`, come before the page works; `allBytes` are with everything it may load later, seen but not bounded. */
export type PageWeight = {
  page: string;
  files: number;
  bytes: number;
  allBytes: number;
  budgetBytes: number | undefined;
};

/** Bytes of gzip; 1 kB = 1,000 bytes. A page without a budget is only shown. */
export const BUDGET_BYTES: Record<string, number> = {
  'index.html': 40_000,
  'pad.html': 280_000,
  'drop.html': 120_000,
  'hosts.html': 60_000,
};

/** Each file is asked for by itself: many small ones are slower than few, however little they weigh. */
export const MOST_FILES = 20;

/** The JavaScript files that a page loads, its own and, through `next`, those of other chunks; each once. */
function reach(manifest: Manifest, page: string, next: (chunk: ManifestChunk) => string[]): string[] {
  const keys = new Set([page]);
  const files: string[] = [];
  for (const key of keys) {
    const chunk = manifest[key];
    if (chunk === undefined) throw new Error(`The manifest has no ${key}`);
    if (chunk.file.endsWith('.js')) files.push(chunk.file);
    for (const found of next(chunk)) keys.add(found);
  }
  return files;
}

const now = ({ imports = [] }: ManifestChunk): string[] => imports;
const nowOrLater = ({ imports = [], dynamicImports = [] }: ManifestChunk): string[] => [...imports, ...dynamicImports];

/** @param gzipBytes compressed size of a file of the manifest, in bytes */
export function weigh(manifest: Manifest, gzipBytes: (file: string) => number): PageWeight[] {
  const pages = Object.keys(manifest).filter((key) => key.endsWith('.html') && manifest[key]?.isEntry === true);
  const sum = (files: string[]): number => files.reduce((total, file) => total + gzipBytes(file), 0);
  return [...new Set([...Object.keys(BUDGET_BYTES), ...pages])].map((page) => {
    const first = reach(manifest, page, now);
    return {
      page,
      files: first.length,
      bytes: sum(first),
      allBytes: sum(reach(manifest, page, nowOrLater)),
      budgetBytes: BUDGET_BYTES[page],
    };
  });
}

export const isOver = ({ files, bytes, budgetBytes }: PageWeight): boolean =>
  files > MOST_FILES || (budgetBytes !== undefined && bytes > budgetBytes);

const kilobytes = (bytes: number | undefined): string => (bytes === undefined ? '-' : (bytes / 1000).toFixed(1));

export function table(weights: PageWeight[]): string {
  const row = (...cells: string[]): string => {
    const [page = '', ...numbers] = cells;
    return page.padEnd(18) + numbers.map((cell) => cell.padStart(12)).join('');
  };
  const lines = weights.map((weight) => {
    const { page, files, bytes, allBytes, budgetBytes } = weight;
    const cells = [`${files}`, ...[bytes, budgetBytes, allBytes].map(kilobytes)];
    return row(page, ...cells) + (isOver(weight) ? '  over budget' : '');
  });
  return [row('js, gzip', 'files', 'kB', 'budget kB', 'all, kB'), ...lines].join('\n');
}

function main(): void {
  const dist = resolve(import.meta.dirname, '..', 'packages', 'web', 'dist');
  const manifest = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8')) as Manifest;
  const weights = weigh(manifest, (file) => gzipSync(readFileSync(join(dist, file))).length);
  console.log(table(weights));
  process.exitCode = weights.some(isOver) ? 1 : 0;
}

if (import.meta.main) main();
