import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../src/index.ts';
import { makeLimits } from '../src/limits.ts';
import { prefixOf, Visitors } from '../src/ws/visitors.ts';
import { Author } from './support/author.ts';
import { TestClient } from './support/client.ts';
import { startRelay } from './support/relay.ts';

describe('limits', () => {
  it('docs/limits.md lists every limit with its default, unit and meaning, and nothing else', () => {
    const text = readFileSync(new URL('../../../docs/limits.md', import.meta.url), 'utf8');
    const rows = text.split('\n').filter((line) => line.startsWith('| `'));
    const expected = Object.entries(LIMITS).map(
      ([name, { value, unit, meaning }]) => `| \`${name}\` | ${value} | ${unit} | ${meaning} |`,
    );
    expect(rows).toEqual(expected);
  });

  it('a class of 60 behind one address works', async () => {
    const relay = await startRelay();
    const author = new Author();
    const teacher = await relay.client();
    await teacher.create(author);
    const { channel } = await teacher.open(author, 'edit');
    const pupils = await Promise.all(Array.from({ length: 60 }, () => relay.client()));
    await Promise.all(pupils.map((pupil) => pupil.open(author, 'edit')));
    const sessions = pupils.map(() => author.session());
    for (const [i, pupil] of pupils.entries()) pupil.append(channel, (sessions[i] as (typeof sessions)[0]).record());
    await Promise.all(pupils.map((pupil, i) => pupil.saved(sessions[i] as (typeof sessions)[0])));
    expect(await teacher.records(channel, 60)).toHaveLength(60);
    const own = await Promise.all(
      pupils.map(async (pupil) => {
        const document = new Author();
        await pupil.create(document);
        return pupil.open(document, 'own');
      }),
    );
    expect(own).toHaveLength(60);
  });

  it('CON-10: a record over the rate is refused with a time, not stored, and may be sent again', async () => {
    const relay = await startRelay({ limits: { appendsBurstPerConnection: 5, appendsPerSecondPerConnection: 20 } });
    const author = new Author();
    const writer = await relay.client();
    await writer.create(author);
    const { channel } = await writer.open(author, 'edit');
    const session = author.session();
    const records = Array.from({ length: 12 }, () => session.record());
    let next = 0;
    while (next < records.length) {
      writer.append(channel, ...records.slice(next));
      await writer.settled();
      const refusals = writer.received.flatMap(({ message }) => (message.type === 'refused' ? [message] : []));
      writer.received.splice(0);
      for (const refused of refusals) {
        expect(refused).toMatchObject({ refused: 'append', error: 'rate_limited', session: session.id });
        expect(refused.retryAfterMs).toBeGreaterThan(0);
      }
      next = refusals[0]?.n ?? records.length;
      expect(next).toBeGreaterThanOrEqual(5);
      await new Promise((resolve) => setTimeout(resolve, refusals[0]?.retryAfterMs ?? 0));
    }
    await expect.poll(async () => (await (await relay.client()).open(author, 'view')).records).toEqual(records);
  });

  it('CON-10: creations and openings over the rate of an address are refused with a time', async () => {
    const relay = await startRelay({
      limits: { createsBurstPerPrefix: 2, opensBurstPerPrefix: 3, opensPerMinutePerPrefix: 1 },
    });
    const client = await relay.client();
    const authors = [new Author(), new Author(), new Author()] as const;
    await client.create(authors[0]);
    await client.create(authors[1]);
    client.send(0, { type: 'create', request: 9, header: authors[2].headerBytes });
    const refused = await client.next('refused');
    expect(refused).toMatchObject({ refused: 'create', error: 'rate_limited', request: 9 });
    expect(refused.retryAfterMs).toBeGreaterThan(0);
    for (let i = 0; i < 3; i++) await client.open(authors[0], 'view');
    const other = await relay.client();
    other.askOpen(authors[0], 'view');
    expect(await other.next('refused')).toMatchObject({ refused: 'open', error: 'rate_limited' });
  });

  it('CON-10: who causes more pongs or refusals than the rate allows is sent away', async () => {
    const relay = await startRelay({ limits: { answersBurstPerConnection: 10, answersPerSecondPerConnection: 1 } });
    const author = new Author();
    const [pinging, refused] = [await relay.client(), await relay.client()];
    await refused.create(author);
    for (let i = 0; i < 11; i++) pinging.send(0, { type: 'ping', payload: new Uint8Array(8) });
    expect(await pinging.next('goodbye')).toMatchObject({ error: 'rate_limited' });
    for (let i = 0; i < 11; i++) refused.send(77, { type: 'history', request: i, from: 1, limit: 1 });
    expect(await refused.next('goodbye')).toMatchObject({ error: 'rate_limited' });
  });

  it('CON-10: a record of long ago sent again and again is looked for in the store in one search for all that wait, and not over the rate', async () => {
    const relay = await startRelay({ limits: { appendsBurstPerConnection: 30, appendsPerSecondPerConnection: 1 } });
    const author = new Author();
    const writer = await relay.client();
    await writer.create(author);
    const { channel } = await writer.open(author, 'edit');
    const session = author.session();
    const records = Array.from({ length: 10 }, () => session.record());
    writer.append(channel, ...records);
    await writer.saved(session);
    const fork = session.recordAt(3, session.hash);
    const append = { type: 'append', record: fork } as const;
    writer.send(channel, ...Array.from({ length: 40 }, () => append));
    const errors: string[] = [];
    while (errors.length < 40) errors.push((await writer.next('refused')).error);
    // The burst of 30 less the 10 that were stored.
    expect(errors.filter((error) => error === 'session_fork')).toHaveLength(20);
    expect(errors.filter((error) => error === 'rate_limited')).toHaveLength(20);
  });

  it('too many connections from one address are turned away with a reason', async () => {
    const relay = await startRelay({ limits: { connectionsPerPrefix: 2 } });
    const first = await relay.client();
    await relay.client();
    const third = await TestClient.dial(relay.server.port);
    expect(await third.next('goodbye')).toMatchObject({ error: 'too_many_connections' });
    await third.closed();
    first.close();
    await expect
      .poll(async () => {
        const again = await TestClient.dial(relay.server.port);
        const { type } = await again.nextOf(['welcome', 'goodbye']);
        again.close();
        return type;
      })
      .toBe('welcome');
  });

  it("a document does not outgrow its own limit or the host's", async () => {
    const relay = await startRelay({ limits: { documentMaxBytes: 10_000 } });
    for (const maxBytes of [0, 2000]) {
      const author = new Author({ maxBytes });
      const writer = await relay.client();
      await writer.create(author);
      const { channel } = await writer.open(author, 'edit');
      const session = author.session();
      const size = maxBytes === 0 ? 2500 : 500;
      for (let i = 0; i < 4; i++) writer.append(channel, session.record({ size }));
      expect(await writer.next('refused')).toMatchObject({ error: 'document_full', n: 3 });
      await writer.acked(channel, 3);
    }
  });

  it('an address counts by its IPv4 address or its IPv6 /64, and is forgotten', () => {
    expect(prefixOf('192.0.2.7')).toBe('192.0.2.7');
    expect(prefixOf('::ffff:192.0.2.7')).toBe('192.0.2.7');
    expect(prefixOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(prefixOf('2001:DB8:1:2::9')).toBe('2001:db8:1:2::/64');
    expect(prefixOf('2001:0db8:1:0002::9%eth0')).toBe('2001:db8:1:2::/64');
    expect(prefixOf('::1')).toBe('0:0:0:0::/64');
    let now = 0;
    const visitors = new Visitors(makeLimits({ createsPerHourPerPrefix: 3600, createsBurstPerPrefix: 1 }), () => now);
    visitors.enter('a');
    expect(visitors.create('a')).toBe(0);
    expect(visitors.create('a')).toBe(1000);
    visitors.leave('a');
    visitors.sweep();
    expect(visitors.size).toBe(1);
    now = 2000;
    visitors.sweep();
    expect(visitors.size).toBe(0);
  });
});
