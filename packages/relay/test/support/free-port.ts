import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what systems give to whoever asks for any port, so that a host that restarts finds its own again. */
const FIRST = 20_000;
const PER_WORKER = 1000;
const WORKERS = 12;

/** Test files run side by side: each worker of vitest has ports of its own. */
const first = FIRST + (Number(process.env.VITEST_POOL_ID ?? 0) % WORKERS) * PER_WORKER;
let next = Math.floor(Math.random() * PER_WORKER);

/** A port of this machine that nobody listens on now, and that nobody is given who asks for any. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PER_WORKER; tries++) {
    const port = first + (next++ % PER_WORKER);
    if (await isFree(port)) return port;
  }
  throw new Error(`no port is free from ${first} to ${first + PER_WORKER - 1}`);
}

/** Whether somebody could listen on `port` now. */
export async function isFree(port: number): Promise<boolean> {
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
