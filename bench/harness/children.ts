import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { sleep } from './pool.ts';

const START_LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 50;

const running = new Set<ChildProcess>();
const afterwards = new Set<() => void>();

/** No child outlives the process that started it, also when that fails. `clean` is called when all are told to end. */
export function endWithUs(child: ChildProcess, clean?: () => void): void {
  if (running.size === 0) process.once('exit', endAll);
  running.add(child);
  child.once('exit', () => running.delete(child));
  if (clean !== undefined) afterwards.add(clean);
}

function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
  for (const clean of afterwards) clean();
}

/** A port of this machine that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** Resolves when something listens on the port. Throws when the child ends or 30 s pass before. */
export async function listening(child: ChildProcess, port: number, name: string): Promise<void> {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (const started = performance.now(); performance.now() - started < START_LIMIT_MS; await sleep(LOOK_EVERY_MS)) {
    if (failure !== undefined) throw failure;
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    if (await answers(port)) return;
  }
  throw new Error(`${name} does not listen on port ${port}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
