// Hosts fail while people type in documents that other hosts keep too.
import type { KnownHost } from '@archipel/relay/services';
import { expect, it } from 'vitest';
import {
  createAt,
  finish,
  isOn,
  missing,
  pause,
  reaching,
  readAt,
  seat,
  untilAll,
  untilTwice,
} from './support/crowd.ts';
import { figure } from './support/figure.ts';
import { startHosts } from './support/hosts.ts';
import type { Typist } from './support/typist.ts';

/** `npm run test:network` makes 1 round of each; ARCHIPEL_NETWORK_ROUNDS=10 more. */
const ROUNDS = Number(process.env.ARCHIPEL_NETWORK_ROUNDS ?? 1);
const SECOND_MS = 1000;
const PEOPLE = 50;
/** Fifty clients in one process: each word is verified and opened fifty times. */
const WORD_MS = 10 * SECOND_MS;
const FAILOVER_MS = 3 * SECOND_MS;
const DOWN_MS = 5 * SECOND_MS;
const APART_MS = 15 * SECOND_MS;

const wish = (people: number) => ({ network: { people } });
it(`kill -9 of the host on which fifty people type: all go on within three seconds, nothing that two hosts had is lost, ${ROUNDS} rounds`, {
  timeout: (60 + ROUNDS * 60) * SECOND_MS,
}, async () => {
  const hosts = await startHosts([wish(200), wish(200), wish(200)]);
  const both = [hosts.at(0), hosts.at(1)] as const;
  const link = await createAt(both);
  const typists: Typist[] = [];
  for (let index = 0; index < PEOPLE; index++) {
    typists.push(await seat(link, { host: both[0], name: `p${index}`, everyMs: WORD_MS }));
  }
  for (let round = 0; round < ROUNDS; round++) {
    await untilAll(typists, ({ twice }) => twice > 0);
    await untilTwice(typists);
    await pause(Math.random() * 5 * SECOND_MS);
    const serving = both.find((host) => isOn(typists[0] as Typist, host)) as KnownHost;
    const other = both.find((host) => host !== serving) as KnownHost;
    await untilAll(typists, (typist) => isOn(typist, serving));
    const killedMs = Date.now();
    await serving.kill();
    const safe = typists.flatMap((typist) => typist.wordsSavedTwice());
    await untilAll(typists, (typist) => isOn(typist, other));
    const waitedMs = Date.now() - killedMs;
    expect(waitedMs, 'all go on after so many ms').toBeLessThan(FAILOVER_MS);
    expect(safe.length).toBeGreaterThan(PEOPLE);
    expect(missing(await readAt(other, link), safe), 'words that two hosts had').toEqual([]);
    await pause(DOWN_MS);
    await serving.start();
    const backMs = Date.now();
    await untilTwice(typists);
    figure(
      `kill -9 under ${PEOPLE} people: all go on after ${waitedMs} ms, none of ${safe.length} words that two hosts had is missing, ` +
        `on two hosts again ${Date.now() - backMs} ms after the return`,
    );
  }
  await finish(typists, link, both);
});

it(`two hosts are cut off from each other while people write on both: the document heals to one, ${ROUNDS} rounds`, {
  timeout: (60 + ROUNDS * 60) * SECOND_MS,
}, async () => {
  const hosts = await startHosts([wish(200), wish(200)]);
  const both = [hosts.at(0), hosts.at(1)] as const;
  const link = await createAt(both);
  const typists: Typist[] = [];
  for (const [side, host] of both.entries()) {
    for (let index = 0; index < 5; index++) {
      const options = { socket: reaching([host]) };
      typists.push(await seat(link, { host, name: `side${side}-${index}`, everyMs: 2 * SECOND_MS, options }));
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    await untilTwice(typists);
    hosts.cut(0, 1);
    const before = typists.map(({ typed }) => typed);
    await pause(APART_MS);
    // Everybody went on, on their side.
    await untilAll(typists, (typist) => typist.saved > (before[typists.indexOf(typist)] ?? 0));
    const [here, there] = [typists[0], typists.at(-1)] as [Typist, Typist];
    expect(missing(here.document, there.savedWords()), 'words that cannot have come').not.toEqual([]);
    expect(missing(there.document, here.savedWords()), 'words that cannot have come').not.toEqual([]);
    hosts.mend(0, 1);
    const mendedMs = Date.now();
    await untilTwice(typists);
    figure(
      `two hosts apart for ${APART_MS / SECOND_MS} s: on both again ${Date.now() - mendedMs} ms after the line was mended`,
    );
  }
  await finish(typists, link, both);
});
