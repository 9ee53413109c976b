import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { endWithUs, freePort, listening } from './children.ts';
import { cpuMs } from './process-usage.ts';
import { pinned } from './server-process.ts';

/** Where packages put it when it is not on the path of this user. */
const PLACES = ['/usr/sbin/nats-server', '/usr/local/bin/nats-server'];

/** What went through the bus so far, in both directions: each message is counted once in and once per receiver out. */
export interface Traffic {
  messages: number;
  bytes: number;
}

/** A NATS server of the bench's own, every setting at its default. */
export class NatsServer {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #watchPort: number;

  private constructor(child: ChildProcess, port: number, watchPort: number) {
    this.#child = child;
    this.#watchPort = watchPort;
    this.url = `nats://127.0.0.1:${port}`;
  }

  static async start(core: number | undefined): Promise<NatsServer> {
    const program = PLACES.find((place) => existsSync(place)) ?? 'nats-server';
    const port = await freePort();
    const watchPort = await freePort();
    const words = [program, '-a', '127.0.0.1', '-p', String(port), '-m', String(watchPort)];
    const [command, ...rest] = pinned(core, words);
    const child = spawn(command, rest, { stdio: 'ignore' });
    endWithUs(child);
    await listening(child, port, 'nats-server');
    return new NatsServer(child, port, watchPort);
  }

  cpuMs(): number {
    return cpuMs(this.#child.pid as number);
  }

  async traffic(): Promise<Traffic> {
    const answer = await fetch(`http://127.0.0.1:${this.#watchPort}/varz`);
    const { in_msgs, out_msgs, in_bytes, out_bytes } = (await answer.json()) as Record<string, number>;
    return { messages: (in_msgs ?? 0) + (out_msgs ?? 0), bytes: (in_bytes ?? 0) + (out_bytes ?? 0) };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }
}
