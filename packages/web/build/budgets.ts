/** `npm run budgets -w @archipel/web`: the compressed JavaScript of each page, beside what it may weigh. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { assetsOf, type BuiltChunks } from './finish.ts';

/** In kB (1,000 bytes) of gzip, all that the page may ever load, each language included. */
const BUDGETS_KB: Record<string, number> = { 'index.html': 40, 'documents.html': 40, '404.html': 40, 'pad.html': 260 };

const dist = join(import.meta.dirname, '../dist');
const chunks: BuiltChunks = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

for (const [page, budgetKb] of Object.entries(BUDGETS_KB)) {
  const scripts = assetsOf(page, chunks).filter((file) => file.endsWith('.js'));
  const bytes = scripts.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).length, 0);
  const over = bytes > budgetKb * 1000;
  process.stdout.write(`${page}: ${(bytes / 1000).toFixed(1)} kB of ${budgetKb} kB${over ? ', TOO MUCH' : ''}\n`);
  if (over) process.exitCode = 1;
}
