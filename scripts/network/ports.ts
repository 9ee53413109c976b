import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, isFree } from '@archipel/relay/services';

/** Links name the port: a host keeps the one it had when that is still free. Never one of `taken`. */
export async function portFor(folder: string, wished: number, taken: ReadonlySet<number>): Promise<number> {
  for (const port of [portBefore(folder), wished]) {
    if (port !== undefined && !taken.has(port) && (await isFree(port))) return port;
  }
  return freePort();
}

function portBefore(folder: string): number | undefined {
  const file = join(folder, 'archipel.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { port?: number }).port : undefined;
}
