// A crowd comes at once to a portal and the hosts it knows; in its middle the portal is killed, and browsers find hosts by themselves.
import { type Client, createClient, type Document } from '@archipel/client';
import { checkDirectory, decodeBase64url } from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';
import { type KnownHost, type StagedHosts, startStagedHosts } from '@archipel/relay/services';
import { expect, onTestFinished, test } from 'vitest';
import { placeDocument } from '../src/network/place.ts';
import type { Placed, Placement } from '../src/network/placement.ts';

/** `npm run test:network` makes a small crowd; ARCHIPEL_NETWORK_CROWD=2000 ARCHIPEL_NETWORK_CROWD_SECONDS=60 a large one. */
const CROWD = Number(process.env.ARCHIPEL_NETWORK_CROWD ?? 200);
const SECONDS = Number(process.env.ARCHIPEL_NETWORK_CROWD_SECONDS ?? 10);
const SECOND_MS = 1000;
/** People at once, as shares of the crowd: the portal, then hosts of which the largest is ten times the smallest. */
const SHARES = [0.1, 0.12, 0.25, 0.5, 0.8, 1.2];
const PEOPLE = SHARES.map((share) => Math.round(share * CROWD));
const PATIENCE = { timeout: 90 * SECOND_MS, interval: 250 };
const LOOK_MS = 250;
/** Of all who come: those whose host was full after all, or who were about to create at the portal when it was killed. */
const MAX_ASKED_AGAIN = 0.1;
/** A host that does not create a document in this time is left for another. */
const ANSWER_MS = 4 * SECOND_MS;
/** Hosts and browsers share one machine here: how long somebody waits says little of hosts that are alone on theirs. */
const GIVE_UP_MS = 30 * SECOND_MS;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** All come from one address here. */
const limits = Object.fromEntries(
  [
    'connectionsPerPrefix',
    'createsPerHourPerPrefix',
    'createsBurstPerPrefix',
    'opensPerMinutePerPrefix',
    'opensBurstPerPrefix',
  ].map((name) => [name, 100_000]),
);

async function startNetwork(): Promise<StagedHosts> {
  const settings = PEOPLE.map((people, index) => ({
    name: `Host ${index}`,
    country: 'FR',
    limits,
    network: { people, capacity: `${people} new pads a day` },
  }));
  const hosts = await startStagedHosts(settings, { portal: 0 });
  onTestFinished(() => hosts.close());
  return hosts;
}

async function gauge(host: KnownHost, name: string): Promise<number> {
  const page = await fetch(`${host.origin}/metrics`).then((answer) => answer.text());
  return Number(new RegExp(`^archipel_${name} (\\d+)`, 'm').exec(page)?.[1]);
}

/** What browsers keep of the portal, once all hosts are in it. */
async function directoryOf(portal: KnownHost, hosts: number): Promise<Uint8Array> {
  // A directory is signed at most every 45 s: not before all have said how full they are.
  await expect
    .poll(async () => {
      const page = await fetch(`${portal.origin}/hosts.json`).then((answer) => answer.json());
      return (page as { hosts: { state: string }[] }).hosts.filter(({ state }) => state === 'room').length;
    }, PATIENCE)
    .toBeGreaterThanOrEqual(hosts);
  const answer = await fetch(`${portal.origin}/.well-known/archipel/directory`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const checked = await checkDirectory(bytes, { nowSeconds: Math.floor(Date.now() / SECOND_MS) }, webSuite.verify);
  expect(checked.ok && checked.value.fact.hosts.length).toBeGreaterThanOrEqual(hosts);
  return bytes;
}

interface Visit {
  startMs: number;
  waitedMs: number;
  /** Origin of the host on which it was created. */
  at: string;
  isMoved: boolean;
  /** How often there was no room. */
  askedAgain: number;
}

class Crowd {
  readonly visits: Visit[] = [];
  readonly refusals = new Map<string, number>();
  readonly #clients: Client[] = [];
  readonly #portal: KnownHost;
  readonly #directory: Uint8Array;

  constructor(portal: KnownHost, directory: Uint8Array) {
    this.#portal = portal;
    this.#directory = directory;
  }

  /** Somebody comes, creates a document, writes a word, and stays. */
  async come(): Promise<void> {
    const startMs = Date.now();
    let document: Document | undefined;
    for (let askedAgain = 0; Date.now() - startMs < GIVE_UP_MS; askedAgain++) {
      const placed = await this.#place();
      if (placed.kind === 'placed') {
        document = await this.#createAt(placed, document);
        const problem = await problemOf(document);
        const [first] = placed.relays;
        if (problem === undefined) {
          const waitedMs = Date.now() - startMs;
          this.visits.push({ startMs, waitedMs, at: first?.url ?? '', isMoved: placed.moved, askedAgain });
          return;
        }
        this.#note(`${problem} when it was created`);
      } else {
        this.#note(`${placed.kind} when a place was asked for`);
        await pause(SECOND_MS);
      }
    }
  }

  #note(problem: string): void {
    const what = `${problem}${this.#portal.isRunning ? '' : ', without portal'}`;
    this.refusals.set(what, (this.refusals.get(what) ?? 0) + 1);
  }

  #place(): Promise<Placement> {
    const { origin } = this.#portal;
    return placeDocument({}, { request: fetch, origin, directory: async () => this.#directory });
  }

  async #createAt({ relays, voucher = '' }: Placed, document: Document | undefined): Promise<Document> {
    const read = decodeBase64url(voucher);
    const bytes = read.ok && read.value.length > 0 ? read.value : undefined;
    if (document !== undefined) {
      await document.createAt(relays, bytes);
      return document;
    }
    const client = createClient();
    this.#clients.push(client);
    const created = await client.create({ relays, ...(bytes !== undefined && { voucher: bytes }) });
    created.ydoc.getText('t').insert(0, 'a word');
    return created;
  }

  async leave(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }
}

/** Why a document could not be created where it was asked for. */
function problemOf(document: Document): Promise<string | undefined> {
  const asked = document.created().then(
    () => undefined,
    (error: Error) => error.message,
  );
  return Promise.race([asked, pause(ANSWER_MS).then(() => 'no answer')]);
}

/** The most people that each host had at once. */
function watchPeople(hosts: readonly KnownHost[]): { most: number[]; stop(): void } {
  const most = hosts.map(() => 0);
  let timer: ReturnType<typeof setTimeout>;
  const look = async (): Promise<void> => {
    await Promise.all(
      hosts.map(async (host, index) => {
        if (host.isRunning) most[index] = Math.max(most[index] ?? 0, await gauge(host, 'connections').catch(() => 0));
      }),
    );
    timer = setTimeout(look, LOOK_MS);
  };
  timer = setTimeout(look);
  return { most, stop: () => clearTimeout(timer) };
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

interface Share {
  created: number;
  /** Documents a day, and people at once. */
  declared: number;
  /** People that there were at once. */
  most: number;
}

/** For who reads the output. */
function tell({ visits, refusals }: Crowd, after: number, shares: readonly Share[]): void {
  const waits = visits.map(({ waitedMs }) => waitedMs).sort((a, b) => a - b);
  const [middle, late, longest] = [0.5, 0.99, 1].map((share) => quantile(waits, share));
  const lines = [
    `${CROWD} creations in ${SECONDS} s, the portal killed after half: ${middle} ms until created (median), ${late} ms (99 %), ${longest} ms (longest)`,
    `${after} of them after the portal's end; asked again: ${JSON.stringify([...refusals])}`,
    ...shares.map(({ created, declared, most }, index) => {
      const name = index === 0 ? 'portal' : `host ${index}`;
      return `${name}: ${created} created of ${declared} a day, at most ${most} people of ${declared}`;
    }),
  ];
  for (const line of lines) console.info(`FIGURE ${line}`);
}

test(`${CROWD} people create documents in ${SECONDS} s; the portal is killed in their middle; no host gets more than it said`, {
  timeout: (150 + 3 * SECONDS) * SECOND_MS,
}, async () => {
  const hosts = await startNetwork();
  const [portal, ...others] = hosts.all as [KnownHost, ...KnownHost[]];
  await expect.poll(() => gauge(portal, 'peers_reached'), PATIENCE).toBe(others.length);
  const crowd = new Crowd(portal, await directoryOf(portal, others.length));
  onTestFinished(() => crowd.leave());
  const people = watchPeople(hosts.all);
  onTestFinished(() => people.stop());
  const beginMs = Date.now();
  const coming: Promise<void>[] = [];
  let killedMs = 0;
  for (let index = 0; index < CROWD; index++) {
    await pause(Math.max(0, beginMs + ((index + Math.random()) * SECONDS * SECOND_MS) / CROWD - Date.now()));
    if (index === Math.floor(CROWD / 2)) {
      killedMs = Date.now();
      await portal.kill();
    }
    coming.push(crowd.come());
  }
  await Promise.all(coming);
  await pause(SECOND_MS);

  const { visits } = crowd;
  const after = visits.filter(({ startMs }) => startMs > killedMs);
  const shares = hosts.all.map(({ origin }, index) => {
    const created = visits.filter(({ at }) => at === origin).length;
    return { created, declared: PEOPLE[index] ?? 0, most: people.most[index] ?? 0 };
  });
  tell(crowd, after.length, shares);
  expect(visits).toHaveLength(CROWD);
  expect(after.length).toBeGreaterThan(CROWD / 3);
  expect(after.filter(({ at }) => at === portal.origin)).toEqual([]);
  for (const { created, declared, most } of shares) {
    expect(created, 'documents of those that a host takes a day').toBeLessThanOrEqual(declared);
    expect(most, 'people of those for whom a host has room').toBeLessThanOrEqual(declared);
  }
  const again = visits.reduce((sum, { askedAgain }) => sum + askedAgain, 0);
  expect(again / CROWD, 'who had to ask again').toBeLessThanOrEqual(MAX_ASKED_AGAIN);
});
