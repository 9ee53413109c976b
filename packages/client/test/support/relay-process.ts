/** A real relay as a process of its own, that can be killed. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from '@archipel/relay';
import { freePort } from '@archipel/relay/services';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './relay.ts';

export interface RelayProcess {
  url: string;
  port: number;
  /** Where its data lie. */
  data: string;
  /** Its settings. */
  file: string;
  start(): Promise<void>;
  /** As a power cut would: no time to commit anything. */
  kill(): Promise<void>;
  /** In order (CON-8). */
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.resolve('@archipel/relay')));

export async function startRelayProcess(settings: Settings = {}): Promise<RelayProcess> {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  const port = await freePort();
  const file = join(folder, 'archipel.json');
  writeFileSync(file, JSON.stringify({ host: '127.0.0.1', logLevel: 'error', ...settings, port, data }));
  let child: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  const relay: RelayProcess = {
    url: `ws://127.0.0.1:${port}/relay`,
    port,
    data,
    file,
    start: async () => {
      const started = spawn(process.execPath, [MAIN], {
        env: { ...process.env, ARCHIPEL_CONFIG: file },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child = started;
      const ended = once(started, 'exit').then(([code]) => Promise.reject(new Error(`relay ended with ${code}`)));
      await Promise.race([once(started.stdout, 'data'), ended]);
      ended.catch(() => undefined);
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
  await relay.start();
  onTestFinished(() => relay.kill());
  return relay;
}
