/** A real relay for tests: by sockets with SQLite on disk, on a port of its own choice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RelayServer, Settings } from '@archipel/relay';
import { makeConfig, startServer } from '@archipel/relay';
import { freePort } from '@archipel/relay/services';
import { onTestFinished } from 'vitest';

export interface TestRelay {
  url: string;
  port: number;
  folder: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'archipel-client-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Stops with the test; `stop` and `start` in between keep port and data. */
export async function startRelay(settings: Settings = {}): Promise<TestRelay> {
  const folder = settings.data ?? temporaryFolder();
  let server: RelayServer | undefined;
  const relay: TestRelay = {
    url: '',
    port: settings.port ?? (await freePort()),
    folder,
    stop: async () => {
      await server?.stop();
      server = undefined;
    },
    start: async () => {
      const base = { host: '127.0.0.1', logLevel: 'silent' as const, ...settings };
      server = await startServer(makeConfig({ ...base, data: folder, port: relay.port }));
      relay.url = `ws://127.0.0.1:${server.port}/relay`;
    },
  };
  await relay.start();
  onTestFinished(() => relay.stop());
  return relay;
}
