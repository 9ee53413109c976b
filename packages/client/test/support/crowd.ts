/** People who type in one document that several hosts keep. */
import type { ClientOptions, Document, OpenSocket } from '@archipel/client';
import { TIMING, webSocket } from '@archipel/client';
import type { KnownHost } from '@archipel/relay/services';
import { expect } from 'vitest';
import { testClient, until } from './clients.ts';
import { askStatement, frontierOf } from './statements.ts';
import { Typist, wordsOf } from './typist.ts';

const SETTLE_MS = 30_000;
/** To look through all words of fifty people takes time that they need themselves. */
const LOOK_EVERY_MS = 250;

export const placesOf = (hosts: readonly KnownHost[]) => hosts.map(({ id, origin }) => ({ hostId: id, url: origin }));

/** A link to edit a new document of these hosts, once all have it. */
export async function createAt(hosts: readonly KnownHost[]): Promise<string> {
  const client = testClient();
  const document = await client.create({ relays: placesOf(hosts) });
  await document.flush();
  const link = document.links().edit ?? '';
  for (const host of hosts) await untilServed(host, link);
  await client.close();
  return link;
}

async function untilServed(host: KnownHost, link: string): Promise<void> {
  const end = Date.now() + SETTLE_MS;
  for (;;) {
    const problem = await askStatement(host, link).then(
      () => undefined,
      (error: Error) => error,
    );
    if (problem === undefined) return;
    if (Date.now() > end) throw problem;
    await pause(50);
  }
}

/** For somebody whom the others' lines do not reach. */
export const reaching =
  (hosts: readonly KnownHost[]): OpenSocket =>
  (url) =>
    webSocket(hosts.some((host) => host.url === url) ? url : 'ws://127.0.0.1:9/relay');

export interface Seat {
  /** Tried first. */
  host: KnownHost;
  name: string;
  everyMs: number;
  options?: ClientOptions;
}

/** On a connection of their own with a browser's delays, and typing. */
export async function seat(link: string, { host, name, everyMs, options }: Seat): Promise<Typist> {
  const document = await testClient({ timing: TIMING, ...options }).open(link, { relay: host.url });
  await document.synced();
  const typist = new Typist(document, name, { everyMs });
  typist.start();
  return typist;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function missing(document: Document, words: Iterable<string>): string[] {
  const found = wordsOf(document);
  return [...words].filter((word) => !found.has(word));
}

const standing = ({ name, document }: Typist): string =>
  `${name} ${document.state} ${document.error} at ${document.relay}, saved on ${document.savedOn}`;

/** All are, or are again, as `holds` says. */
export async function untilAll(
  typists: readonly Typist[],
  holds: (typist: Typist) => boolean,
  withinMs = SETTLE_MS,
  everyMs?: number,
): Promise<void> {
  await until(
    () => typists.filter((typist) => !holds(typist)).map(standing),
    (others) => others.length === 0,
    withinMs,
    everyMs,
  );
}

/** What they type goes to this host. */
export const isOn = ({ document }: Typist, host: KnownHost): boolean =>
  document.relay === host.url && (document.state === 'saved' || document.state === 'sending');

/** What was typed so far is on two hosts, though all go on typing. */
export async function untilTwice(typists: readonly Typist[]): Promise<void> {
  const before = typists.map(({ typed }) => typed);
  await untilAll(typists, (typist) => typist.twice >= (before[typists.indexOf(typist)] ?? 0));
}

/** What somebody finds who opens the document there and reaches no other host. */
export async function readAt(host: KnownHost, link: string): Promise<Document> {
  const document = await testClient({ socket: reaching([host]) }).open(link, { relay: host.url });
  await document.synced();
  return document;
}

/** Everybody stops; all that was typed is everywhere, in the same order, and these hosts hold the same. */
export async function finish(typists: readonly Typist[], link: string, hosts: readonly KnownHost[]): Promise<void> {
  for (const typist of typists) typist.stop();
  await untilAll(typists, ({ document }) => document.state === 'saved');
  const all = new Set(typists.flatMap((typist) => typist.typedWords()));
  await untilAll(typists, ({ document }) => missing(document, all).length === 0, SETTLE_MS, LOOK_EVERY_MS);
  await untilSame(link, hosts);
  const found = await Promise.all(hosts.map((host) => readAt(host, link)));
  const [first] = found;
  for (const document of [...found, ...typists.map((typist) => typist.document)]) {
    expect(wordsOf(document)).toEqual(all);
    expect(document.ydoc.getArray('words').toJSON()).toEqual(first?.ydoc.getArray('words').toJSON());
    expect(document.reports).toEqual([]);
  }
}

async function untilSame(link: string, hosts: readonly KnownHost[]): Promise<void> {
  const end = Date.now() + SETTLE_MS;
  for (;;) {
    const frontiers = await Promise.all(hosts.map(async (host) => frontierOf(await askStatement(host, link))));
    const isSame = frontiers.every((frontier) => frontier.join() === frontiers[0]?.join());
    if (isSame && frontiers[0]?.length !== 0) return;
    if (Date.now() > end) expect(frontiers[1]).toEqual(frontiers[0]);
    await pause(200);
  }
}
