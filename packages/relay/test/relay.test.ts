import { describe, expect, it } from 'vitest';
import type { AppendEntry, Store } from '../src/index.ts';
import { Author } from './support/author.ts';
import { MemoryClient, openStore, relayOn } from './support/memory.ts';

/** A store that loses its answer to the next append: it was stored, and nobody knows. */
function losingAnswers(store: Store): { store: Store; loseNext: () => void } {
  let lose = false;
  const append = (entry: AppendEntry): void => {
    const loses = lose;
    lose = false;
    store.append({
      ref: entry.ref,
      version: entry.version,
      session: entry.session,
      n: entry.n,
      body: entry.body,
      settle: (outcome) => entry.settle(loses ? 'unavailable' : outcome),
    });
  };
  const losing = new Proxy(store, {
    get: (target, name) => {
      if (name === 'append') return append;
      const value = target[name as keyof Store];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { store: losing, loseNext: () => (lose = true) };
}

describe('a relay', () => {
  it('CON-5: when the outcome of a commit is not known nothing is acknowledged, and the truth is read from the store', async () => {
    const { store, loseNext } = losingAnswers(await openStore());
    const relay = relayOn(store);
    const author = new Author();
    const [writer, reader] = [new MemoryClient(relay), new MemoryClient(relay)];
    writer.send(0, { type: 'create', request: 1, header: author.headerBytes });
    await writer.next('created');
    const channel = await writer.open(author, 'edit');
    await reader.open(author, 'view');
    const session = author.session();
    const [first, second, third] = [session.record(), session.record(), session.record()];
    writer.send(channel, { type: 'append', record: first });
    await writer.next('ack');
    loseNext();
    writer.send(channel, { type: 'append', record: second });
    expect(await writer.next('refused')).toMatchObject({ error: 'unavailable', n: 1 });
    expect(writer.of('ack')).toHaveLength(1);
    await expect.poll(() => reader.records()).toEqual([first, second]);
    writer.send(channel, { type: 'append', record: second }, { type: 'append', record: third });
    await expect.poll(() => writer.of('ack').at(-1)?.have).toBe(3);
    await expect.poll(() => reader.records()).toEqual([first, second, third]);
  });

  it('CON-8: a stopped relay turns newcomers away', async () => {
    const relay = relayOn(await openStore());
    const client = new MemoryClient(relay);
    await relay.stop();
    expect(client.of('goodbye')).toMatchObject([{ error: 'shutting_down' }]);
    expect(new MemoryClient(relay).of('goodbye')).toMatchObject([{ error: 'shutting_down' }]);
  });
});
