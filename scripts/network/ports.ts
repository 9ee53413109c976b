import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePort } from '@archipel/relay/services';

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

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
