/** NATS for tests and the bench: the server of this machine, or one of the test's own that can be killed and started again. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { freePort } from './free-port.ts';
import type { Launch } from './postgres-server.ts';
import { asItIs } from './postgres-server.ts';

const SHARED_PORT = 4222;
const PROGRAMS = ['/usr/sbin/nats-server', '/usr/local/bin/nats-server', '/opt/homebrew/bin/nats-server'];
const READY = /Server is ready/;
const PORT = /Listening for client connections on [\d.]+:(\d+)/;

export interface NatsServer {
  /** `nats://127.0.0.1:port`, the same after a restart. */
  url: string;
  port: number;
  child: ChildProcess;
  /** Tells its clients and ends. */
  stop(): Promise<void>;
  /** Ends without a word. */
  kill(): Promise<void>;
  /** After `stop` or `kill`: the same port again. */
  restart(): Promise<void>;
}

/** Starts a server on a free port; `args` as its command line takes them. */
export async function startNats(args: readonly string[] = [], launch: Launch = asItIs): Promise<NatsServer> {
  const program = PROGRAMS.find((path) => existsSync(path));
  if (program === undefined)
    throw new Error('NATS is not installed on this machine. Type: apt-get install nats-server');
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const { child } = server;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  const command = (port: number) => launch([program, '-a', '127.0.0.1', '-p', String(port), ...args]);
  const first = await run(command(await freePort()));
  const server: NatsServer = {
    url: `nats://127.0.0.1:${first.port}`,
    port: first.port,
    child: first.child,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async restart() {
      server.child = (await run(command(first.port))).child;
    },
  };
  return server;
}

async function run([program, ...words]: ReturnType<Launch>): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));
  let output = '';
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (text: Buffer) => {
      output += text.toString();
      if (READY.test(output)) resolve({ child, port: Number(PORT.exec(output)?.[1]) });
    });
    child.once('exit', () => reject(new Error(`nats-server ended: ${output}`)));
    child.once('error', reject);
  });
}

let shared: Promise<{ url: string; port: number }> | undefined;

/** A server that is not to be disturbed: the one that runs on this machine, else one for all tests of this process. */
export function sharedNats(): Promise<{ url: string; port: number }> {
  shared ??= isListening(SHARED_PORT).then((isThere) =>
    isThere ? { url: `nats://127.0.0.1:${SHARED_PORT}`, port: SHARED_PORT } : startNats(),
  );
  return shared;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
