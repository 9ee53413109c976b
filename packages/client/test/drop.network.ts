// Drops on several hosts that are killed: the same bytes everywhere, whoever ends in the middle of what.
import { setTimeout as wait } from 'node:timers/promises';
import type { KnownHost } from '@archipel/relay/services';
import { expect, it } from 'vitest';
import {
  changeDrop,
  type Drop,
  type DropFacts,
  type DropLine,
  dropCopies,
  newTicket,
  readDropFacts,
} from '../src/drop/index.ts';
import { nodeSuite } from '../src/node/suite.ts';
import { bigFile, dropFor, send, take, ticketFor } from './support/drops.ts';
import { figure } from './support/figure.ts';
import { startHosts } from './support/hosts.ts';

const MIB = 2 ** 20;
const SIZE_MIB = 96;
/** For tests that kill programs while others use the machine. */
const KILLS_MS = 240_000;
/** A host that is gone is done without within two seconds; what is on its way then is asked for again. */
const FAILOVER_MS = 5000;

const settings = () => ({ network: { people: 100 } });

async function again(host: KnownHost, afterMs = 300): Promise<void> {
  await host.kill();
  await wait(afterMs);
  await host.start();
}

/** All of it is on two hosts. */
async function untilTwice(line: DropLine): Promise<void> {
  const copies = async (): Promise<number> => {
    const said = await dropCopies(line);
    return said.ok ? said.value.copies : 0;
  };
  await expect.poll(copies, { timeout: 60_000 }).toBe(2);
}

/** Bytes of drops that the process gave out. */
async function sentBy({ origin }: KnownHost): Promise<number> {
  const page = await (await fetch(`${origin}/metrics`)).text();
  return Number(/^archipel_blob_bytes_sent_total (\d+)/m.exec(page)?.[1] ?? Number.NaN);
}

it('[COPY-1, COPY-3] is on two hosts and byte-equal, though both are killed in the middle of upload and copy', {
  timeout: KILLS_MS,
}, async () => {
  const hosts = await startHosts([settings(), settings()]);
  const [a, b] = [hosts.at(0), hosts.at(1)];
  const source = bigFile(SIZE_MIB);
  let kills = 0;
  let killing = Promise.resolve();
  const marks = [0.2, 0.45, 0.7];
  const sent = await send(a.origin, source, {
    onProgress(bytes, total) {
      if (bytes / total < (marks[0] ?? 2)) return;
      marks.shift();
      // In turn: who takes the upload, who takes the copy.
      const host = kills++ % 2 === 0 ? a : b;
      killing = killing.then(() => again(host));
    },
  });
  await killing;
  expect(kills).toBe(3);
  const own = await dropFor(sent.own, a.origin, [a.origin]);
  await untilTwice(own.line);
  for (const host of [a, b]) {
    const drop = await dropFor(sent.view, host.origin, [host.origin]);
    const ticket = await ticketFor(drop);
    expect(ticket.ok).toBe(true);
    await (host === a ? b : a).kill();
    const took = await take(drop, ticket.ok ? ticket.value : '');
    expect(took).toMatchObject({ hash: source.hash, error: undefined });
    await (host === a ? b : a).start();
  }
});

it('[COPY-5] a download comes from both hosts at once, and goes on when one of them is killed', {
  timeout: KILLS_MS,
}, async () => {
  const hosts = await startHosts([settings(), settings()]);
  const [a, b] = [hosts.at(0), hosts.at(1)];
  const source = bigFile(SIZE_MIB);
  const sent = await send(a.origin, source);
  expect(sent.hosts).toEqual([b.origin]);
  await untilTwice((await dropFor(sent.own, a.origin)).line);
  expect(sent.view.hints).toEqual([a, b].map(({ origin }) => new URL(origin).host));
  for (const dying of [a, b]) {
    const drop = await dropFor(sent.view, a.origin);
    const ticket = await ticketFor(drop);
    if (!ticket.ok) throw new Error(ticket.error);
    let isKilled = false;
    const took = await take(drop, ticket.value, async (bytes) => {
      if (isKilled || bytes < 20 * MIB) return;
      isKilled = true;
      for (const host of [a, b]) expect(await sentBy(host)).toBeGreaterThan(MIB);
      await dying.kill();
    });
    expect(took).toMatchObject({ hash: source.hash, error: undefined });
    expect(took.longestMs).toBeLessThan(FAILOVER_MS);
    figure(
      `download of ${SIZE_MIB} MiB from two hosts; one was killed in the middle: longest stop ${took.longestMs} ms`,
    );
    await dying.start();
  }
});

it('[COPY-5] a line that dies without a word is done without as well', { timeout: KILLS_MS }, async () => {
  const hosts = await startHosts([settings(), settings()]);
  const [a, b] = [hosts.at(0), hosts.at(1)];
  const source = bigFile(32);
  const sent = await send(a.origin, source);
  await untilTwice((await dropFor(sent.own, a.origin)).line);
  const drop = await dropFor(sent.view, a.origin);
  const ticket = await ticketFor(drop);
  let isStill = false;
  const took = await take(drop, ticket.ok ? ticket.value : '', () => {
    if (isStill) return;
    isStill = true;
    // As a machine that is switched off: its lines stay open, and nothing comes.
    process.kill(b.pid as number, 'SIGSTOP');
  });
  process.kill(b.pid as number, 'SIGCONT');
  expect(took).toMatchObject({ hash: source.hash, error: undefined });
  expect(took.longestMs).toBeLessThan(FAILOVER_MS);
});

it.each([1, 2, 3])(
  '[COPY-4] never more downloads than allowed while takers come to both hosts and one after the other is killed (seed %i)',
  {
    timeout: KILLS_MS,
  },
  async (seed) => {
    const hosts = await startHosts([settings(), settings()]);
    const all = [hosts.at(0), hosts.at(1)];
    const downloads = 5 + seed * 4;
    const source = bigFile(1);
    const sent = await send(all[0]?.origin as string, source, { downloads });
    // Hosts that have just started may meet only after a file as small as this was sent.
    await untilTwice((await dropFor(sent.own, all[0]?.origin as string)).line);
    let state = seed;
    const chance = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const tickets = new Set<string>();
    let isOver = false;
    const killing = (async () => {
      while (!isOver) {
        await wait(200 + chance() * 600);
        await again(all[chance() < 0.5 ? 0 : 1] as KnownHost, chance() * 300);
      }
    })();
    const takers = Array.from({ length: 6 }, async (_, i) => {
      const origin = (all[i % 2] as KnownHost).origin;
      const drop = await dropFor(sent.view, origin, [origin]);
      for (let spent = 0; spent < 3 && !isOver; ) {
        const ticket = await ticketFor(drop);
        if (ticket.ok) tickets.add(ticket.value);
        else if (ticket.error === 'downloads_spent') spent += 1;
        await wait(20 + chance() * 60);
      }
    });
    const late = wait(60_000).then(() => undefined);
    await Promise.race([Promise.all(takers), late]);
    isOver = true;
    await Promise.all([killing, ...takers]);
    // Whose answer was lost with a host was counted all the same.
    expect(tickets.size).toBeLessThanOrEqual(downloads);
    expect(tickets.size).toBeGreaterThan(0);
    figure(`${tickets.size} of ${downloads} downloads were given while hosts were killed`);
  },
);

it('[COPY-9, COPY-10] the host that counts is killed: its owner names the other one, which gives the rest and not one more, also when the first is back', {
  timeout: KILLS_MS,
}, async () => {
  const limits = { hostGoneMs: 1000 };
  const hosts = await startHosts([
    { ...settings(), limits },
    { ...settings(), limits },
  ]);
  const [a, b] = [hosts.at(0), hosts.at(1)];
  const downloads = 6;
  const sent = await send(a.origin, bigFile(1), { downloads });
  const own = await dropFor(sent.own, a.origin, [a.origin, b.origin]);
  await untilTwice(own.line);
  const factsAt = async (host: KnownHost): Promise<DropFacts> => {
    const { keys, line } = await dropFor(sent.own, host.origin, [host.origin]);
    const facts = await readDropFacts({ suite: nodeSuite, wait }, keys, line);
    if (!facts.ok) throw new Error(facts.error);
    return facts.value;
  };
  const takenAt = async (places: readonly KnownHost[], takers: number): Promise<number> => {
    const drops = await Promise.all(places.map(({ origin }) => dropFor(sent.view, origin, [origin])));
    const asked = Array.from({ length: takers }, (_, i) => {
      const { line } = drops[i % drops.length] as Drop;
      const headers = { 'archipel-download': newTicket(nodeSuite) };
      return line.ask({ method: 'POST', path: `/${line.id}/downloads`, role: 'view', headers });
    });
    return (await Promise.all(asked)).filter(({ ok }) => ok).length;
  };
  const at = (host: KnownHost): Promise<string | undefined> => factsAt(host).then(({ counting }) => counting?.at);
  const given = await takenAt([a, b], 2);
  await a.kill();
  await expect.poll(() => at(b), { timeout: 30_000 }).toBe('gone');
  const before = await factsAt(b);
  const alone = await takenAt([b], downloads);
  expect(alone).toBe(before.counting?.left);
  expect(given + alone).toBeLessThan(downloads);
  const facts = await factsAt(b);
  const rest = facts.counting?.apart as number;
  const { expiry } = facts.header;
  const changed = await changeDrop(await dropFor(sent.own, b.origin, [b.origin]), facts, {
    expiry,
    downloads: downloads + rest,
  });
  expect(changed.ok).toBe(true);
  expect(await takenAt([b], downloads + 3)).toBe(rest);
  await a.start();
  await expect.poll(() => at(a).catch(() => 'spent'), { timeout: 30_000 }).not.toBe('here');
  expect(await takenAt([a, b], downloads)).toBe(0);
  expect(given + alone + rest).toBe(downloads);
});
