// Two real hosts that keep one document together, each a process: what a client sees of it.
import { join } from 'node:path';
import type { KnownHost } from '@archipel/relay/services';
import { freePort, makeKnownHosts } from '@archipel/relay/services';
import { expect, it, onTestFinished } from 'vitest';
import { testClient, type, until, untilText } from './support/clients.ts';
import { temporaryFolder } from './support/relay.ts';

async function startPair(): Promise<[KnownHost, KnownHost]> {
  const folder = temporaryFolder();
  const ports = [await freePort(), await freePort()];
  const plans = ports.map((port, index) => ({
    folder: join(folder, `${index}`),
    settings: { host: '127.0.0.1', port, network: { people: 100 } },
  }));
  const [first, second] = makeKnownHosts(plans);
  if (first === undefined || second === undefined) throw new Error('two were planned');
  for (const host of [first, second]) {
    await host.start();
    onTestFinished(() => host.kill());
  }
  return [first, second];
}

it('CHK-7, CHK-9: a host is killed while people type: they go on at the other one, and nothing that two hosts had is lost', async () => {
  const [first, second] = await startPair();
  const relays = [first, second].map(({ id, origin }) => ({ hostId: id, url: origin }));
  const anna = await testClient().create({ relays });
  type(anna, 'one ');
  await until(
    () => anna.savedOn,
    (hosts) => hosts === 2,
  );
  const bob = await testClient().open(anna.links().edit ?? '', { relay: first.url });
  await untilText([bob], 'one ');
  await first.kill();
  type(anna, 'two ');
  await untilText([bob], 'one two ');
  const connected = [anna, bob].map((document) => document.relays.find(({ isConnected }) => isConnected)?.url);
  expect(connected).toEqual([second.origin, second.origin]);
  await until(
    () => [anna.state, anna.savedOn],
    ([state, hosts]) => state === 'saved' && hosts === 1,
  );
  await first.start();
  await until(
    () => anna.savedOn,
    (hosts) => hosts === 2,
  );
  const carol = await testClient().open(anna.links().view, { relay: first.url });
  await untilText([carol], 'one two ');
  expect([...anna.reports, ...bob.reports, ...carol.reports]).toEqual([]);
});
