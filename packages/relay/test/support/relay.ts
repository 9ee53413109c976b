/** Relays for tests: in this process on a free port, or as a process of their own that can be killed. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { RelayServer, Settings } from '../../src/index.ts';
import { makeConfig, startServer } from '../../src/index.ts';
import { TestClient } from './client.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const READY = /Archipel is ready: http:\/\/[^\s]*:(\d+)/;

/** A folder that goes when the test ends. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'archipel-relay-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface TestRelay {
  server: RelayServer;
  folder: string;
  /** A greeted client that is closed when the test ends. */
  client(headers?: Record<string, string>): Promise<TestClient>;
}

export async function startRelay(settings: Settings = {}): Promise<TestRelay> {
  const folder = settings.data ?? makeFolder();
  const config = makeConfig({ host: '127.0.0.1', port: 0, logLevel: 'silent', ...settings, data: folder });
  const server = await startServer(config);
  onTestFinished(() => server.stop());
  const client = async (headers?: Record<string, string>): Promise<TestClient> => {
    const connected = await TestClient.connect(server.port, headers);
    onTestFinished(() => connected.close());
    return connected;
  };
  return { server, folder, client };
}

export interface RelayProcess {
  child: ChildProcess;
  port: number;
  output: () => string;
  /** Waits for its end; resolves with code and signal. */
  ended: Promise<[number | null, NodeJS.Signals | null]>;
}

/** Starts main.ts; `ready` is false when it ended before it was. */
export async function startProcess(
  env: Record<string, string>,
  prefix: string[] = [],
): Promise<RelayProcess & { ready: boolean }> {
  const [command = process.execPath, ...args] = [...prefix, process.execPath, MAIN];
  const child = spawn(command, args, {
    cwd: tmpdir(),
    env: { ...process.env, ARCHIPEL_HOST: '127.0.0.1', ARCHIPEL_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const port = await new Promise<number>((resolve) => {
    const hear = (text: Buffer): void => {
      output += text.toString();
      const ready = READY.exec(output);
      if (ready !== null) resolve(Number(ready[1]));
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    void ended.then(() => resolve(0));
  });
  return { child, port, output: () => output, ended, ready: port > 0 };
}
