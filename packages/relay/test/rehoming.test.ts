/** Documents outlive their host: when it is gone, and when it leaves. */
import type { Bytes } from '@archipel/protocol';
import { checkLoad, toHex } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { verify } from '../src/crypto.ts';
import { Author } from './support/author.ts';
import type { Neighbour } from './support/neighbours.ts';
import { authorOn, startNeighbours } from './support/neighbours.ts';
import { areLevel, recordsOn, until, write, writerOn } from './support/together.ts';

async function loadOf(host: Neighbour) {
  const answer = await fetch(`${host.url}/.well-known/archipel/load`);
  const load = await checkLoad(new Uint8Array(await answer.arrayBuffer()), { nowMs: Date.now() }, verify);
  if (!load.ok) throw new Error(load.error);
  return load.value.fact.services[0];
}

describe('a host that leaves', () => {
  it('ends with no document whose only copy it holds, while people keep typing', async () => {
    const hosts = await startNeighbours(3);
    const [a, b, c] = hosts as [Neighbour, Neighbour, Neighbour];
    const authors = [new Author(), new Author(), authorOn([a, b]), new Author()];
    const written = new Map<Author, Bytes[]>();
    const writers = [];
    for (const author of authors) {
      const writer = await writerOn(a, author, true);
      writers.push({ author, writer });
      written.set(author, await write(writer, 3, 1));
    }
    const empty = new Author();
    await (await a.client()).create(empty);
    const drained = a.command({ do: 'drain', stays: false });
    for (const { author, writer } of writers) written.get(author)?.push(...(await write(writer, 2, 1)));
    const last = (await drained).at(-1);
    expect(last).toEqual({ is: 'drained', safe: 5, total: 5 });
    // What is typed from here on is on two hosts when it is acknowledged so.
    for (const { author, writer } of writers) written.get(author)?.push(...(await write(writer, 1, 2)));
    await a.stop();
    for (const [author, records] of written) {
      const found: string[] = [];
      for (const host of [b, c]) {
        const kept = await recordsOn(host, author);
        if (kept.length === records.length) found.push(host.id);
      }
      expect(found).toHaveLength(1);
    }
  });

  it('takes nothing new, and says so in its load, until it stays after all', async () => {
    const [a] = (await startNeighbours(2)) as [Neighbour, Neighbour];
    await a.command({ do: 'drain', stays: false });
    const client = await a.client();
    client.send(0, { type: 'create', request: client.request(), header: new Author().headerBytes });
    expect(await client.next('refused')).toMatchObject({ error: 'full' });
    await a.stop();
    await a.again();
    expect(await loadOf(a)).toMatchObject({ accepting: false, draining: true });
    expect(await a.command({ do: 'drain', stays: true })).toEqual([{ is: 'stays' }]);
    await (await a.client()).create(new Author());
  });

  it('says how many it could not give away', async () => {
    const [a] = await startNeighbours(1);
    if (a === undefined) throw new Error('no host');
    await (await a.client()).create(new Author());
    expect((await a.command({ do: 'drain', stays: false })).at(-1)).toEqual({ is: 'drained', safe: 0, total: 1 });
  });
});

describe('a host that is gone', () => {
  it('is replaced after a while where a document has only one left; when it comes back it catches up', async () => {
    const hosts = await startNeighbours(3, () => ({ limits: { hostGoneMs: 500 } }));
    const [a, b, c] = hosts as [Neighbour, Neighbour, Neighbour];
    const author = authorOn([a, b]);
    const records = await write(await writerOn(a, author, true), 3, 2);
    await a.stop();
    const there = await writerOn(b, author);
    records.push(...(await write(there, 1, 1)));
    await until(async () => {
      const { replicas } = await there.client.next('replicas', there.channel);
      return replicas.some(({ hostId }) => toHex(hostId) === c.id);
    }, 'clients hear of the third host');
    records.push(...(await write(there, 1, 2)));
    await areLevel([b, c], author, records);
    await a.again();
    await areLevel([a], author, records);
  }, 60_000);
});
