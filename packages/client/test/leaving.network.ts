// A host leaves while people type: others get what it alone holds, and the people, before it stops.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { KnownHost } from '@archipel/relay/services';
import { expect, it } from 'vitest';
import { createAt, finish, isOn, missing, pause, readAt, seat, untilAll, untilTwice } from './support/crowd.ts';
import { figure } from './support/figure.ts';
import { startHosts } from './support/hosts.ts';
import { askStatement } from './support/statements.ts';
import type { Typist } from './support/typist.ts';

/** `npm run test:network` has a few documents; ARCHIPEL_NETWORK_DOCUMENTS=200 more. */
const DOCUMENTS = Number(process.env.ARCHIPEL_NETWORK_DOCUMENTS ?? 12);
const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const SECOND_MS = 1000;
const GO_ON_MS = 5 * SECOND_MS;

/** `npm run archipel -- drain`, as an operator types it. */
async function drain(host: KnownHost): Promise<string> {
  const child = spawn('npm', ['run', '--silent', 'archipel', '--', 'drain'], {
    cwd: ROOT,
    env: { ...process.env, ARCHIPEL_CONFIG: host.file },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [code] = await once(child, 'close');
  expect({ code, output }).toMatchObject({ code: 0 });
  return output;
}

/** Those that serve the document. */
async function holders(link: string, hosts: readonly KnownHost[]): Promise<KnownHost[]> {
  const served = await Promise.all(
    hosts.map((host) =>
      askStatement(host, link).then(
        () => true,
        () => false,
      ),
    ),
  );
  return hosts.filter((_, index) => served[index]);
}

it(`a host that leaves holds no document alone afterwards, though people keep typing in all ${DOCUMENTS}; they go on elsewhere when it stops`, {
  timeout: (90 + DOCUMENTS) * SECOND_MS,
}, async () => {
  const hosts = await startHosts([
    { network: { people: 400 } },
    { network: { people: 400 } },
    { network: { people: 400 } },
  ]);
  const leaving = hosts.at(0);
  const staying = [hosts.at(1), hosts.at(2)];
  const seats: { link: string; typist: Typist }[] = [];
  for (let index = 0; index < DOCUMENTS; index++) {
    // Every third is on two hosts from the start.
    const link = await createAt(index % 3 === 0 ? hosts.all.slice(0, 2) : [leaving]);
    seats.push({ link, typist: await seat(link, { host: leaving, name: `p${index}`, everyMs: SECOND_MS }) });
  }
  const typists = seats.map(({ typist }) => typist);
  await untilAll(typists, (typist) => isOn(typist, leaving) && typist.saved > 0);
  const before = await Promise.all(seats.map(({ link }) => holders(link, staying)));
  const alone = before.filter((found) => found.length === 0).length;
  expect(alone, 'documents that it alone holds').toBe(DOCUMENTS - Math.ceil(DOCUMENTS / 3));

  const drainedMs = Date.now();
  const words = typists.reduce((sum, { typed }) => sum + typed, 0);
  expect(await drain(leaving)).toContain('is on another host too. This host can be stopped.');
  const tookMs = Date.now() - drainedMs;
  const meanwhile = typists.reduce((sum, { typed }) => sum + typed, 0) - words;
  await untilTwice(typists);
  const homes: KnownHost[] = [];
  for (const { link, typist } of seats) {
    const safe = typist.wordsSavedTwice();
    const [home] = await holders(link, staying);
    expect(home, 'a document whose only copy is on the host that leaves').toBeDefined();
    homes.push(home as KnownHost);
    expect(missing(await readAt(home as KnownHost, link), safe), 'words').toEqual([]);
  }

  const stoppedMs = Date.now();
  await leaving.stop();
  await untilAll(typists, (typist) => staying.some((host) => isOn(typist, host)));
  const waitedMs = Date.now() - stoppedMs;
  expect(waitedMs, 'all go on after so many ms').toBeLessThan(GO_ON_MS);
  const then = typists.map(({ typed }) => typed);
  await untilAll(typists, (typist) => typist.saved > (then[typists.indexOf(typist)] ?? 0));
  await pause(SECOND_MS);
  for (const [index, { link, typist }] of seats.entries()) await finish([typist], link, [homes[index] as KnownHost]);
  figure(
    `drain of ${DOCUMENTS} documents, ${alone} of them nowhere else, took ${tookMs} ms while ${meanwhile} words were typed; ` +
      `all went on elsewhere ${waitedMs} ms after its stop began`,
  );
});
