import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { deviceWrittenBytes } from '../harness/disk.ts';
import { NatsServer } from '../harness/nats.ts';
import { PostgresServer } from '../harness/postgres.ts';
import { ServerProcess } from '../harness/server-process.ts';
import { archipel } from '../peers/archipel.ts';

/** The servers share one core, the generator has the other. */
const SERVERS_CORE = 0;

/** What runs behind the load. */
export interface Setup {
  name: string;
  /** Relay processes. */
  processes: number;
  /** On PostgreSQL and NATS rather than on the embedded store and no bus. */
  isShared: boolean;
}

export const setups: readonly Setup[] = [
  { name: 'embedded', processes: 1, isShared: false },
  ...[1, 2, 4].map((processes) => ({ name: `shared-${processes}`, processes, isShared: true })),
];

/** What each part has used so far. */
export interface PartUsage {
  relaysCpuMs: number;
  postgresCpuMs: number;
  natsCpuMs: number;
  /** Bytes that the disk was told to write, by whomever. */
  writtenBytes: number;
  walBytes: number;
  busMessages: number;
  busBytes: number;
}

export class Servers {
  readonly #folder: string;
  readonly #relays: ServerProcess[] = [];
  #postgres: PostgresServer | undefined;
  #nats: NatsServer | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start({ processes, isShared }: Setup, folder: string): Promise<Servers> {
    const servers = new Servers(folder);
    if (isShared) {
      servers.#postgres = await PostgresServer.start(SERVERS_CORE);
      servers.#nats = await NatsServer.start(SERVERS_CORE);
    }
    const settings = isShared ? { store: servers.#postgres?.url, bus: servers.#nats?.url } : {};
    for (let process = 0; process < processes; process++) {
      const data = join(folder, `relay${process}`);
      mkdirSync(data);
      const words = [...archipel.serverArguments, JSON.stringify(settings)];
      servers.#relays.push(await ServerProcess.start(words, data));
    }
    return servers;
  }

  get ports(): number[] {
    return this.#relays.map(({ port }) => port);
  }

  async usage(): Promise<PartUsage> {
    const walBytes = (await this.#postgres?.walBytes()) ?? 0;
    const { messages, bytes } = (await this.#nats?.traffic()) ?? { messages: 0, bytes: 0 };
    return {
      relaysCpuMs: this.#relays.reduce((sum, relay) => sum + relay.cpuMs(), 0),
      postgresCpuMs: this.#postgres?.cpuMs() ?? 0,
      natsCpuMs: this.#nats?.cpuMs() ?? 0,
      writtenBytes: deviceWrittenBytes(this.#folder),
      walBytes,
      busMessages: messages,
      busBytes: bytes,
    };
  }

  /** Resident memory of one relay process on average, in bytes. */
  relayMemory(): number {
    return this.#relays.reduce((sum, relay) => sum + relay.memory().rss, 0) / this.#relays.length;
  }

  async stop(): Promise<void> {
    for (const relay of this.#relays) await relay.crash();
    await this.#nats?.stop();
    await this.#postgres?.stop();
  }
}
