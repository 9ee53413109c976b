// A portal that is part of a relay's process, over real sockets: what it tells of itself and of another host, and what it keeps.
import type { HostPage, HostsPage } from '@archipel/directory/portal';
import { checkDirectory, fromHex, hostIdOf, toHex } from '@archipel/protocol';
import { expect, it, onTestFinished } from 'vitest';
import { makeConfig, type Settings, startServer, verify } from '../../src/index.ts';
import { loadIdentity } from '../../src/network/identity.ts';
import { freePort } from '../support/free-port.ts';
import { makeFolder } from '../support/relay.ts';

interface Party {
  id: string;
  url: string;
  start(network?: Partial<NonNullable<Settings['network']>>): Promise<{ stop(): Promise<void> }>;
}

async function party(name: string): Promise<Party> {
  const data = makeFolder();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  return {
    id: toHex(hostIdOf(loadIdentity(data).publicKey)),
    url,
    start: async (network = {}) => {
      const about = { name, country: 'FR', host: '127.0.0.1', port, data, logLevel: 'silent' as const };
      const server = await startServer(makeConfig({ ...about, network: { url, people: 100, ...network } }));
      onTestFinished(() => server.stop());
      return server;
    },
  };
}

async function json<Answer>(url: string): Promise<Answer> {
  return (await (await fetch(url)).json()) as Answer;
}

const states = async (url: string) =>
  (await json<HostsPage>(`${url}/hosts.json`)).hosts.map(({ id, state }) => [id, state]).sort();

it('tells of itself and of the hosts of its settings, signs the directory with its own key, and remembers', async () => {
  const [portal, other] = [await party('Phare'), await party('Quai')];
  await other.start();
  const running = await portal.start({ portal: { hosts: [other.url] } });
  const both = [
    [other.id, 'room'],
    [portal.id, 'room'],
  ].sort();
  await expect.poll(() => states(portal.url), { timeout: 30_000, interval: 500 }).toEqual(both);
  expect(await json(`${portal.url}/host.json`)).toMatchObject({ portal: true });
  expect(await json(`${other.url}/host.json`)).toMatchObject({ portal: false });

  const one = await json<HostPage>(`${portal.url}/hosts/${other.id}.json`);
  expect(one.host).toMatchObject({ name: 'Quai', url: other.url, vouched: true, waiting: false });
  expect(one.hours.answered.at(-1)).toBe(1);
  expect(one.hours.fullest.at(-1)).toBe(0);
  for (const path of [`/hosts/${'0'.repeat(40)}.json`, '/hosts/x.json', '/hosts/..%2fportal.json']) {
    expect((await fetch(`${portal.url}${path}`)).status).toBe(404);
  }
  expect((await fetch(`${other.url}/hosts.json`)).status).toBe(404);

  const answer = await fetch(`${portal.url}/.well-known/archipel/directory`);
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const wanted = { nowSeconds: Math.floor(Date.now() / 1000), host: fromHex(portal.id) as Uint8Array };
  const checked = await checkDirectory(bytes, wanted, verify);
  expect(checked.ok && checked.value.fact.portal).toBe('Phare');

  const known = one.host.knownSince;
  await running.stop();
  await portal.start({ portal: { hosts: [other.url] } });
  const again = await json<HostPage>(`${portal.url}/hosts/${other.id}.json`);
  expect(again.host.knownSince).toBe(known);
  expect(again.hours.answered.at(-1)).toBe(1);
}, 60_000);
