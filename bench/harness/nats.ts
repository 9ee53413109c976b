import { freePort, type NatsServer as Server, startNats } from '@archipel/relay/services';
import { cpuMs } from './process-usage.ts';
import { pinned } from './server-process.ts';

/** What went through the bus so far, in both directions: each message is counted once in and once per receiver out. */
export interface Traffic {
  messages: number;
  bytes: number;
}

/** A NATS server of the bench's own, every setting at its default. */
export class NatsServer {
  readonly #server: Server;
  readonly #watchPort: number;

  private constructor(server: Server, watchPort: number) {
    this.#server = server;
    this.#watchPort = watchPort;
  }

  /** `core`: the one that it is bound to, if any. */
  static async start(core: number | undefined): Promise<NatsServer> {
    const watchPort = await freePort();
    const server = await startNats(['-m', String(watchPort)], (command) => pinned(core, command));
    return new NatsServer(server, watchPort);
  }

  get url(): string {
    return this.#server.url;
  }

  cpuMs(): number {
    return cpuMs(this.#server.child.pid as number);
  }

  async traffic(): Promise<Traffic> {
    const answer = await fetch(`http://127.0.0.1:${this.#watchPort}/varz`);
    const { in_msgs, out_msgs, in_bytes, out_bytes } = (await answer.json()) as Record<string, number>;
    return { messages: (in_msgs ?? 0) + (out_msgs ?? 0), bytes: (in_bytes ?? 0) + (out_bytes ?? 0) };
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}
