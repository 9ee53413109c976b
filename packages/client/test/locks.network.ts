// "Change the locks" of a document that two hosts keep, while the line between them is cut.
import type { KnownHost } from '@archipel/relay/services';
import { expect, it } from 'vitest';
import { testClient, textOf, type, until, untilText } from './support/clients.ts';
import { placesOf, reaching, readAt } from './support/crowd.ts';
import { startHosts } from './support/hosts.ts';

const wish = (people: number) => ({ network: { people } });

it('PEER-13: what was written with an old link on a host that had not heard of the new ones is kept, and the copies follow', {
  timeout: 180_000,
}, async () => {
  const hosts = await startHosts([wish(200), wish(200)]);
  const both = [hosts.at(0), hosts.at(1)] as const;
  const [here, there] = both;
  const at = (host: KnownHost) => testClient({ socket: reaching([host]) });

  const anna = await at(here).create({ relays: placesOf(both) });
  type(anna, 'text');
  await anna.flush();
  const old = anna.links();
  const ben = await at(there).open(old.edit ?? '', { relay: there.url });
  await until(
    () => [textOf(ben), anna.savedOn],
    ([text, savedOn]) => text === 'text' && savedOn === 2,
  );
  hosts.cut(0, 1);
  type(ben, ' of Ben');
  await ben.flush();
  expect(await anna.changeLocks()).toMatchObject({ ok: true });
  expect([textOf(anna), ben.state]).toEqual(['text', 'saved']);

  hosts.mend(0, 1);
  await until(
    () => ben.error,
    (error) => error === 'wrong_generation',
  );
  await untilText([anna], 'text of Ben');
  const fresh = anna.links();
  const found = await Promise.all(both.map((host) => readAt(host, fresh.edit ?? '')));
  await untilText(found, 'text of Ben');
  type(anna, '!');
  await untilText(found, 'text of Ben!');
  for (const host of both) {
    const late = await at(host).open(old.view, { relay: host.url });
    await expect(late.synced()).rejects.toMatchObject({ code: 'wrong_generation' });
  }
  for (const { reports } of [anna, ben, ...found]) expect(reports).toEqual([]);
});
