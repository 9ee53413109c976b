/** Commands as processes of their own, and what stands between them and a host. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface Counter {
  origin: string;
  up(): number;
  down(): number;
  at(bytes: number): void;
  /** The first request to such a path acts as well, and never arrives. */
  hold(path: RegExp): void;
}

/** Between a command and its host: counts what passes, and acts when so much has passed. */
export async function counter(target: string, then: () => void): Promise<Counter> {
  let [up, down, at] = [0, 0, Number.POSITIVE_INFINITY];
  const count = (): void => {
    if (up + down < at) return;
    at = Number.POSITIVE_INFINITY;
    then();
  };
  let held: RegExp | undefined;
  const server = createServer((asked, answer) => {
    if (held?.test(asked.url ?? '')) {
      held = undefined;
      then();
      return void answer.destroy();
    }
    const url = new URL(target);
    const { host: _, ...headers } = asked.headers;
    const passed = request({
      host: url.hostname,
      port: url.port,
      method: asked.method,
      path: asked.url,
      headers: { ...headers, host: asked.headers.host },
    });
    passed.on('response', (response: IncomingMessage) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      if (asked.method === 'GET')
        response.on('data', (bytes: Buffer) => {
          down += bytes.length;
          count();
        });
      response.on('error', () => answer.destroy()).pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    if (asked.method === 'PATCH')
      asked.on('data', (bytes: Buffer) => {
        up += bytes.length;
        count();
      });
    asked.on('error', () => passed.destroy()).pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    up: () => up,
    down: () => down,
    at: (bytes) => {
      at = bytes;
    },
    hold: (path) => {
      held = path;
    },
  };
}

/** The command as a process of its own, which can be killed; `state`: where it remembers what it sends. */
export function spawnCommand(state: string, ...args: string[]) {
  const env = { ...process.env, XDG_STATE_HOME: state };
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (text: Buffer) => {
    output += text.toString();
  });
  child.stderr.on('data', (text: Buffer) => {
    output += text.toString();
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, ended, output: () => output };
}
