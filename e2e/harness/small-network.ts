/** A portal, another host and a service of other software on this machine: what the pages of the network show. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type KnownHost, makeKnownHosts } from '@archipel/relay/services';

export interface SmallNetwork {
  portal: KnownHost;
  other: KnownHost;
  close(): Promise<void>;
}

/** Answers as Etherpad does when it is asked how it fares. */
async function startEtherpad(): Promise<Server> {
  const server = createServer((asked, answer) => {
    const isKnown = asked.url === '/health' || asked.url === '/stats';
    answer.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' });
    answer.end(asked.url === '/stats' ? '{"totalUsers":12,"activePads":5}' : '{"status":"pass","releaseId":"2.5.0"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

export async function startSmallNetwork(): Promise<SmallNetwork> {
  const folder = await mkdtemp(join(tmpdir(), 'archipel-e2e-hosts-'));
  const etherpad = await startEtherpad();
  const url = `http://127.0.0.1:${(etherpad.address() as AddressInfo).port}`;
  const thirdParty = [
    { software: 'etherpad', url, name: 'Pads du quartier', organisation: 'La Maison commune', country: 'FR' },
  ];
  const people = { people: 100, capacity: '200 new pads a day, 5 GB of files', languages: ['fr', 'en'] };
  const hosts = makeKnownHosts([
    {
      folder: join(folder, 'portal'),
      settings: {
        host: '127.0.0.1',
        port: await freePort(),
        name: 'Port-aux-Pins',
        operator: 'Les Gardiens du phare',
        country: 'FR',
        contact: 'phare@example.org',
        network: { ...people, position: { latitude: 48.4, longitude: -4.5 }, portal: { thirdParty } },
      },
    },
    {
      folder: join(folder, 'other'),
      settings: {
        host: '127.0.0.1',
        port: await freePort(),
        name: 'Inselgarten',
        operator: 'Inselgarten e.V.',
        country: 'DE',
        network: { ...people, position: { latitude: 53.6, longitude: 10 } },
      },
    },
  ]);
  const close = async (): Promise<void> => {
    await Promise.all(hosts.map((host) => host.kill()));
    etherpad.close();
    await rm(folder, { recursive: true, force: true });
  };
  await Promise.all(hosts.map((host) => host.start()));
  const [portal, other] = hosts as [KnownHost, KnownHost];
  return { portal, other, close };
}
