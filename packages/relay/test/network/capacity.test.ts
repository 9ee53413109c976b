// What a host says it takes is what it takes: over real sockets, with the file that counts.
import { rmSync, writeFileSync } from 'node:fs';
import { checkLoad, checkManifest } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { verify } from '../../src/index.ts';
import { Author } from '../support/author.ts';
import { TestClient } from '../support/client.ts';
import { makeFolder, startProcess, startRelay } from '../support/relay.ts';

const NETWORK = { url: 'https://pads.example.org', people: 100 };
const DAY_MS = 86_400_000;

async function outcome(client: TestClient, author = new Author()): Promise<string> {
  client.send(0, { type: 'create', request: client.request(), header: author.headerBytes });
  const answer = await client.nextOf(['created', 'refused']);
  return answer.type === 'created' ? 'created' : `${answer.error} ${answer.retryAfterMs > 0}`;
}

async function loadOf(port: number) {
  const answer = await fetch(`http://127.0.0.1:${port}/.well-known/archipel/load`);
  const load = await checkLoad(new Uint8Array(await answer.arrayBuffer()), { nowMs: Date.now() }, verify);
  return load.ok ? load.value.fact.services[0] : load.error;
}

/** The day of UTC ends in the middle of no test. */
async function awayFromMidnight(): Promise<void> {
  const leftMs = DAY_MS - (Date.now() % DAY_MS);
  if (leftMs < 30_000) await new Promise((resolve) => setTimeout(resolve, leftMs + 100));
}

describe('capacity', () => {
  it('of new documents a day is told and obeyed, also after a restart; what is there already is answered as before', async () => {
    await awayFromMidnight();
    const data = makeFolder();
    const network = { ...NETWORK, capacity: '2 new pads a day, 1 GB of files' };
    const { server, client } = await startRelay({ data, network });
    const answer = await fetch(`http://127.0.0.1:${server.port}/.well-known/archipel/manifest`);
    const nowSeconds = Math.floor(Date.now() / 1000);
    const manifest = await checkManifest(new Uint8Array(await answer.arrayBuffer()), { nowSeconds }, verify);
    expect(manifest.ok && manifest.value.fact.limits).toEqual([
      { name: 'docs.per-day', value: 2 },
      { name: 'files.bytes', value: 1_000_000_000 },
    ]);
    const person = await client();
    const author = new Author();
    expect(await outcome(person, author)).toBe('created');
    await server.stop();

    const again = await startRelay({ data, network });
    const next = await again.client();
    expect(await outcome(next)).toBe('created');
    expect(await outcome(next)).toBe('full true');
    expect(await outcome(next, author)).toBe('created');
    expect(await loadOf(again.server.port)).toMatchObject({ accepting: false });
  });

  it('is still used up after kill -9', async () => {
    await awayFromMidnight();
    const folder = makeFolder();
    const file = `${folder}/archipel.json`;
    const network = { ...NETWORK, capacity: '1 pad a day' };
    writeFileSync(file, JSON.stringify({ network, data: `${folder}/data` }));
    const first = await startProcess({ ARCHIPEL_CONFIG: file });
    expect(await outcome(await TestClient.connect(first.port))).toBe('created');
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await startProcess({ ARCHIPEL_CONFIG: file });
    expect(await outcome(await TestClient.connect(second.port))).toBe('full true');
    rmSync(file);
  });

  it('is not used by what was not created', async () => {
    await awayFromMidnight();
    const { client } = await startRelay({ maxExpiryDays: 1, network: { ...NETWORK, capacity: '1 pad a day' } });
    const person = await client();
    expect(await outcome(person)).toMatch(/^expiry_too_long/);
    const author = new Author({ expiry: Math.floor(Date.now() / 1000) + 600 });
    expect(await outcome(person, author)).toBe('created');
  });

  it('in people: from 80 % on nothing new is taken, above 95 % nobody more may open a document', async () => {
    const { server, client } = await startRelay({ network: { ...NETWORK, people: 4 } });
    const [first, second] = [await client(), await client()];
    const author = new Author();
    expect(await outcome(first, author)).toBe('created');
    const third = await client();
    // Who has a connection and no document is nobody: a tab that waits, a program that looks around.
    await client();
    expect(await loadOf(server.port)).toMatchObject({ present: 1, accepting: true });
    await second.open(author, 'own');
    await third.open(author, 'own');
    const fourth = await client();
    expect(await outcome(fourth)).toBe('full true');
    fourth.askOpen(author, 'own');
    expect(await fourth.next('refused')).toMatchObject({ refused: 'open', error: 'full' });
    await second.close();
    await expect
      .poll(async () => {
        fourth.askOpen(author, 'own');
        return (await fourth.nextOf(['opened', 'refused'])).type;
      })
      .toBe('opened');
  });

  it('that welcomes only who is sent refuses those who come by themselves', async () => {
    const { client } = await startRelay({ network: { ...NETWORK, welcome: ['peers'] } });
    expect(await outcome(await client())).toBe('not_welcome false');
  });
});
