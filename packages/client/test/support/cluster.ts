/** Relay processes on one PostgreSQL and one NATS of their own, behind a balancer that gives connections to each in turn. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { connectTo, cutProxy, startNats, startPostgres, urlOf } from '@archipel/relay/services';
import { onTestFinished } from 'vitest';
import type { RelayProcess } from './relay-process.ts';
import { startRelayProcess } from './relay-process.ts';

const DATABASE = 'postgres';
const DOWN_MS = 500;

export interface Cluster {
  /** Of the balancer. */
  url: string;
  /** Of each process. */
  urls(): string[];
  killAndRestart(index: number): Promise<void>;
  /** In order, as for an upgrade. */
  restart(index: number): Promise<void>;
  restartNats(): Promise<void>;
  restartPostgres(): Promise<void>;
  /** Nothing passes between NATS and the processes for so long. */
  cutNats(ms: number): Promise<void>;
  /** The rows of all documents are locked by somebody else for so long. */
  lockDocuments(ms: number): Promise<void>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function startCluster(processes: number): Promise<Cluster> {
  const [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
  const line = await cutProxy(nats.port);
  onTestFinished(async () => {
    await line.close();
    await nats.kill();
    await postgres.stop();
  });
  const settings = { store: urlOf(postgres, DATABASE), bus: `nats://127.0.0.1:${line.port}` };
  const relays: RelayProcess[] = [];
  for (let index = 0; index < processes; index++) relays.push(await startRelayProcess(settings));
  const at = (index: number): RelayProcess => relays[index % processes] as RelayProcess;
  return {
    url: `ws://127.0.0.1:${await balance(relays.map(({ port }) => port))}/relay`,
    urls: () => relays.map(({ url }) => url),
    async killAndRestart(index) {
      await at(index).kill();
      await pause(DOWN_MS);
      await at(index).start();
    },
    async restart(index) {
      await at(index).stop();
      await at(index).start();
    },
    async restartNats() {
      await nats.kill();
      await pause(DOWN_MS);
      await nats.restart();
    },
    restartPostgres: () => postgres.restart(),
    async cutNats(ms) {
      line.cut();
      await pause(ms);
      line.mend();
    },
    async lockDocuments(ms) {
      const somebody = await connectTo(postgres, DATABASE);
      await somebody.query('begin');
      await somebody.query('select doc_id from archipel.document for update');
      await pause(ms);
      await somebody.query('rollback');
      await somebody.end();
    },
  };
}

/** As a load balancer without health checks: each connection goes to the next port, and to the one after when none listens there. */
async function balance(ports: readonly number[]): Promise<number> {
  let turn = 0;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    sockets.add(near);
    near.on('error', () => near.destroy());
    near.on('close', () => sockets.delete(near));
    near.pause();
    dial(near, turn++, ports.length);
  });
  const dial = (near: Socket, index: number, tries: number): void => {
    if (tries === 0 || near.destroyed) return void near.destroy();
    const far = connect({ port: ports[index % ports.length] as number, host: '127.0.0.1' });
    let isThrough = false;
    far.once('connect', () => {
      isThrough = true;
      near.pipe(far).pipe(near);
      near.once('close', () => far.destroy());
    });
    far.on('error', () => (isThrough ? near.destroy() : dial(near, index + 1, tries - 1)));
    far.on('close', () => isThrough && near.destroy());
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}
