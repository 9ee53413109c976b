import { describe, expect, it } from 'vitest';
import { probeService } from '../../src/probe/index.ts';
import { type Software, softwareById } from '../../src/third-party/index.ts';
import { datagramPeer, ok, peer, prober } from './peers.ts';

const IDENT = Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1);

function known(id: string): Software {
  const software = softwareById(id);
  if (software === undefined) throw new Error(`${id} is not in the catalogue`);
  return software;
}

function ask(id: string, baseUrl: string, allowLoopback: boolean | readonly string[] = ['127.0.0.1']) {
  const asked = { software: known(id), baseUrl, ident: IDENT, nowMs: 0 };
  return probeService(prober({ allowLoopback }), asked);
}

/** Answers by path; anything else does not exist. */
function site(pages: Record<string, unknown>) {
  return peer({
    talk: (socket, request) => {
      const path = /^GET (\S+)/.exec(request)?.[1] ?? '';
      const found = pages[path];
      socket.end(
        found === undefined ? 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n' : ok(JSON.stringify(found)),
      );
    },
  });
}

describe('probing a service', () => {
  it('asks for pages below its address', async () => {
    const pads = await site({
      '/pads/health': { status: 'pass', releaseId: '2.2.7' },
      '/pads/stats': { totalUsers: 3, activePads: 2 },
    });
    expect(await ask('etherpad', `${pads.url}pads`)).toMatchObject({
      health: 'up',
      version: '2.2.7',
      load: { users: 3, documents: 2 },
    });
    expect(pads.heard).toHaveLength(2);
  });

  it('follows what an answer names on the same host, and nowhere else', async () => {
    const rel = 'http://nodeinfo.diaspora.software/ns/schema/2.0';
    const pages: Record<string, unknown> = {
      '/nodeinfo/2.0': { software: { name: 'peertube', version: '6.0.0' }, usage: { users: { total: 9 } } },
    };
    const tube = await site(pages);
    pages['/.well-known/nodeinfo'] = { links: [{ rel, href: `${tube.url}nodeinfo/2.0` }] };
    expect(await ask('peertube', tube.url)).toMatchObject({ health: 'up', load: { accounts: 9 } });
    pages['/.well-known/nodeinfo'] = { links: [{ rel, href: 'http://inner.example/nodeinfo/2.0' }] };
    expect(await ask('peertube', tube.url)).toMatchObject({ health: 'down', reason: 'bad_url' });
  });

  it('says why there is no answer', async () => {
    expect(await ask('nextcloud', 'http://192.168.1.1/')).toMatchObject({ health: 'down', reason: 'refused_address' });
    expect(await ask('nextcloud', 'no address')).toMatchObject({ health: 'down', reason: 'bad_url' });
    expect(await ask('nextcloud', 'mumble:')).toMatchObject({ health: 'down', reason: 'bad_url' });
  });

  it('sends Mumble twelve bytes', async () => {
    const heard: Buffer[] = [];
    const port = await datagramPeer((message) => {
      heard.push(message);
      const pong = Buffer.alloc(24);
      pong.set([0, 1, 4, 230]);
      message.copy(pong, 4, 4, 12);
      pong.writeUInt32BE(7, 12);
      pong.writeUInt32BE(50, 16);
      return pong;
    });
    expect(await ask('mumble', `mumble://127.0.0.1:${port}/`)).toMatchObject({
      health: 'up',
      version: '1.4.230',
      load: { users: 7, usersMax: 50 },
    });
    expect(heard.map((message) => [...message])).toEqual([[0, 0, 0, 0, ...IDENT]]);
  });
});
