/** A host as a process of its own, that can be killed and started again. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../../src/index.ts';

const MAIN = fileURLToPath(new URL('./kept-host.ts', import.meta.url));

export interface HostPlan {
  /** Of this host alone: `archipel.json` is written there, and the data go to a folder in it. */
  folder: string;
  /** `host` and `port` say where it listens. */
  settings: Settings & { host: string; port: number };
  /** A command that runs it, as `ip netns exec NAME`. */
  within?: readonly string[];
}

export interface HostProcess {
  /** Of the relay socket. */
  url: string;
  port: number;
  /** Where its data lie. */
  data: string;
  /** Its settings. */
  file: string;
  readonly isRunning: boolean;
  /** Undefined: it was never started. */
  readonly pid: number | undefined;
  /** Called when it ended though nobody asked for that. */
  whenFailed: ((code: number | null) => void) | undefined;
  /** Resolves when it serves; rejects when it ends instead. */
  start(): Promise<void>;
  /** As a power cut would: no time to commit anything. */
  kill(): Promise<void>;
  /** In order (CON-8). */
  stop(): Promise<void>;
}

/** Writes its settings; it does not run yet. */
export function hostProcess({ folder, settings, within = [] }: HostPlan): HostProcess {
  const data = join(folder, 'data');
  const file = join(folder, 'archipel.json');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ logLevel: 'error', ...settings, data }, undefined, 2)}\n`);
  let child: ChildProcess | undefined;
  const isRunning = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  let isAsked = false;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || !isRunning()) return;
    isAsked = true;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  const host: HostProcess = {
    url: `ws://${settings.host}:${settings.port}/relay`,
    port: settings.port,
    data,
    file,
    get isRunning() {
      return isRunning();
    },
    get pid() {
      return child?.pid;
    },
    whenFailed: undefined,
    start: async () => {
      isAsked = false;
      child = launch(file, within);
      await untilReady(child);
      child.once('exit', (code) => isAsked || host.whenFailed?.(code));
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
  return host;
}

function launch(file: string, within: readonly string[]): ChildProcess {
  const [command = process.execPath, ...args] = [...within, process.execPath, MAIN, String(process.pid)];
  return spawn(command, args, { env: { ...process.env, ARCHIPEL_CONFIG: file }, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function untilReady(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the host ended with ${code}`)));
  await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), ended]);
  ended.catch(() => undefined);
}
