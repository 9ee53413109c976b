// The list of relays in a header, when hosts leave or are gone for long: real hosts in this process, which find others for what they hold.
import type { Client, ClientOptions, Document, OpenSocket, Timing } from '@archipel/client';
import { hintOfOrigin, webSocket } from '@archipel/client';
import { fromHex, toHex } from '@archipel/protocol';
import { type Neighbour, startNeighbours } from '@archipel/relay/neighbours';
import { beforeEach, describe, expect, it } from 'vitest';
import { nextList } from '../src/relay-list.ts';
import { testClient, textOf, type, until } from './support/clients.ts';
import { Liar } from './support/liar.ts';

const TIMING: Partial<Timing> = { nextRelayMs: 300, relaysAfterMs: 200, relayGoneMs: 1500 };
const GONE = { limits: { hostAwayMs: 200, hostGoneMs: 500 } };

const client = (options: ClientOptions = {}): Client =>
  testClient({ ...options, timing: { ...TIMING, ...options.timing } });

const create = (at: readonly Neighbour[], by = client()): Promise<Document> =>
  by.create({ relays: at.map(({ id, url }) => ({ hostId: id, url })) });

async function write(document: Document, text: string): Promise<void> {
  type(document, text);
  await document.flush();
}

const listOf = ({ header }: Document): string[] => header?.relays.map(({ hostId }) => toHex(hostId)) ?? [];
const untilList = (document: Document, holds: (list: string[]) => boolean): Promise<string[]> =>
  until(() => listOf(document), holds, 25_000);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let a: Neighbour;
let b: Neighbour;
let c: Neighbour;

async function start(settings = {}): Promise<void> {
  [a, b, c] = (await startNeighbours(3, () => settings)) as [Neighbour, Neighbour, Neighbour];
}

/** Somebody who knows nothing but this host; the addresses they tried. */
async function newcomer(owner: Document, host: Neighbour): Promise<{ document: Document; dialled: string[] }> {
  const dialled: string[] = [];
  const socket: OpenSocket = (url) => {
    dialled.push(new URL(url).host);
    return webSocket(url);
  };
  const link = owner.links([hintOfOrigin(host.url)]).edit ?? '';
  const document = await client({ socket }).open(link, { relay: host.url.replace('http', 'ws').concat('/relay') });
  await document.synced();
  return { document, dialled };
}

describe('a host is gone for good', () => {
  beforeEach(() => start(GONE));

  it('CHK-11: its place in the header is given to the one that keeps the document instead, and newcomers do not look for it', async () => {
    const owner = await create([a, b]);
    await write(owner, 'one ');
    await until(
      () => owner.savedOn,
      (hosts) => hosts === 2,
    );
    await a.stop();
    const first = await untilList(owner, (list) => list.length === 3);
    // It may only be down for a moment, but those that are there come first.
    expect(first).toEqual([b.id, c.id, a.id]);
    await untilList(owner, (list) => list.length === 2);
    expect(listOf(owner)).toEqual([b.id, c.id]);
    await until(
      () => owner.relays.map(({ hostId }) => hostId),
      (ids) => ids.join() === [b.id, c.id].join(),
    );
    await write(owner, 'two ');
    for (const host of [c, b]) {
      const { document, dialled } = await newcomer(owner, host);
      await until(
        () => textOf(document),
        (text) => text === 'one two ',
      );
      expect(listOf(document)).toEqual([b.id, c.id]);
      expect(dialled).not.toContain(hintOfOrigin(a.url));
      expect(document.reports).toEqual([]);
    }
    await b.stop();
    const { document } = await newcomer(owner, c);
    expect(textOf(document)).toBe('one two ');
    expect(owner.reports).toEqual([]);
  });

  it('CHK-11: when it comes back after all, nothing changes any more', async () => {
    const owner = await create([a, b]);
    await write(owner, 'one ');
    await a.stop();
    await untilList(owner, (list) => list.join() === [b.id, c.id].join());
    await a.again();
    const { seq } = owner.header ?? {};
    await pause(2000);
    expect(owner.header?.seq).toBe(seq);
    expect(owner.reports).toEqual([]);
  });
});

describe('a host that leaves', () => {
  it('CHK-11: is replaced in the header once it has stopped, by those that keep the document', async () => {
    await start(GONE);
    const owner = await create([a]);
    await write(owner, 'one ');
    expect((await a.command({ do: 'drain', stays: false })).at(-1)).toEqual({ is: 'drained', safe: 1, total: 1 });
    await pause(600);
    expect(listOf(owner)).toEqual([a.id]);
    await a.stop();
    const list = await untilList(owner, (ids) => !ids.includes(a.id));
    expect([...list].sort()).toEqual([b.id, c.id].sort());
    await write(owner, 'two ');
    for (const host of [b, c]) {
      const { document, dialled } = await newcomer(owner, host);
      await until(
        () => textOf(document),
        (text) => text === 'one two ',
      );
      expect(dialled).not.toContain(hintOfOrigin(a.url));
    }
  });
});

describe('a host that is down for a moment, or of which a relay says so', () => {
  beforeEach(() => start());

  it('CHK-11: stays in the header, which is not signed anew', async () => {
    const owner = await create([a, b]);
    await write(owner, 'one ');
    await a.stop();
    await pause(1000);
    await a.again();
    await pause(500);
    expect([owner.header?.seq, listOf(owner)]).toEqual([1, [a.id, b.id]]);
  });

  it('CHK-11: a relay cannot talk the owner out of a host that serves, nor into one that does not', async () => {
    const liar = new Liar();
    const [away, fake] = [
      { hostId: a.hostId, url: a.url },
      { hostId: c.hostId, url: c.url },
    ];
    const replicas = [
      { ...away, isReached: false },
      { ...fake, isReached: true },
    ];
    liar.toClient = (message) => (message.type === 'replicas' ? [{ ...message, replicas }] : [message]);
    const owner = await create([b, a], client({ socket: liar.socket }));
    await write(owner, 'one ');
    const visits = new Set<string>();
    const socket: OpenSocket = (url) => {
      visits.add(new URL(url).host);
      return liar.socket(url);
    };
    const { own = '' } = owner.links();
    await owner.close();
    const again = await client({ socket }).open(own, { relay: `${b.url.replace('http', 'ws')}/relay` });
    await again.synced();
    await until(
      () => visits.size,
      (size) => size > 1,
    );
    await pause(500);
    expect([again.header?.seq, listOf(again)]).toEqual([1, [b.id, a.id]]);
    await a.stop();
    await until(
      () => [...visits],
      (hosts) => hosts.includes(hintOfOrigin(c.url)),
    );
    await pause(300);
    expect([again.header?.seq, listOf(again)]).toEqual([1, [b.id, a.id]]);
  });
});

describe('the next list', () => {
  const place = (index: number) => ({
    hostId: toHex(fromHex(`${index}`.repeat(40)) ?? new Uint8Array(0)),
    url: `https://h${index}`,
  });
  const there = (index: number) => ({ ...place(index), isThere: true, isGone: false });
  const away = (index: number) => ({ ...place(index), isThere: false, isGone: false });
  const gone = (index: number) => ({ ...place(index), isThere: false, isGone: true });
  const next = (...[listed, others]: Parameters<typeof nextList>) =>
    nextList(listed, others)
      ?.map(({ url }) => url.at(-1))
      .join('');

  it('CHK-11: puts those that are there first, and takes none away that may come back', () => {
    expect(next([away(1), there(2)], [place(3)])).toBe('231');
    expect(next([away(1)], [place(2)])).toBe('21');
    expect(next([away(1), away(2)], [place(3), place(4)])).toBe('312');
    expect(next([away(1), away(2), there(3)], [place(4)])).toBeUndefined();
  });

  it('CHK-11: leaves out what is gone for long only when two others are there', () => {
    expect(next([there(2), there(3), gone(1)], [])).toBe('23');
    expect(next([gone(1), there(2), gone(3)], [place(4)])).toBe('24');
    expect(next([gone(1), there(2)], [])).toBeUndefined();
    expect(next([gone(1)], [place(2)])).toBe('21');
  });

  it('CHK-11: stays as it is while all are there, whoever else keeps the document', () => {
    expect(next([there(1)], [place(2)])).toBeUndefined();
    expect(next([there(1), there(2)], [place(3)])).toBeUndefined();
    expect(next([], [place(1)])).toBeUndefined();
    expect(next([there(1), there(2), away(3)], [place(4)])).toBeUndefined();
  });
});
