// The command against real hosts on this machine.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkManifest } from '@archipel/protocol';
import type { RelayServer, Settings } from '@archipel/relay';
import { makeConfig, startServer, verify } from '@archipel/relay';
import { freePort } from '@archipel/relay/services';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../src/commands.ts';
import { testTerminal } from './support/terminal.ts';

let folder = '';
const environment = { ...process.env };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archipel-peer-'));
  process.env.ARCHIPEL_CONFIG = join(folder, 'archipel.json');
  writeSettings({ network: { url: 'http://127.0.0.1:1', people: 10 } });
});
afterEach(() => {
  process.env = { ...environment };
  rmSync(folder, { recursive: true, force: true });
});

function writeSettings(settings: Settings): void {
  writeFileSync(join(folder, 'archipel.json'), JSON.stringify({ data: join(folder, 'data'), ...settings }));
}

const settings = (): Settings => JSON.parse(readFileSync(join(folder, 'archipel.json'), 'utf8')) as Settings;

interface Other {
  url: string;
  server: RelayServer;
}

async function startOther(about: Settings = {}): Promise<Other> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const common = { host: '127.0.0.1', port, data: mkdtempSync(join(folder, 'other-')), logLevel: 'silent' as const };
  const server = await startServer(makeConfig({ ...common, network: { url, people: 300 }, ...about }));
  onTestFinished(() => server.stop());
  return { url, server };
}

async function peer(...args: string[]): Promise<{ code: number; said: string; complained: string }> {
  const terminal = testTerminal();
  const code = await run(['peer', ...args], terminal);
  return { code, said: terminal.said.join('\n'), complained: terminal.complained.join('\n') };
}

describe('another host', () => {
  it('is shown with its fingerprint, and nothing is written', async () => {
    const before = settings();
    const { url, server } = await startOther({ name: 'Les Îlots', operator: 'Les Amis', country: 'FR' });
    const { code, said } = await peer('--url', url);
    expect(code).toBe(0);
    expect(said).toMatch(/^Les Îlots\n {2}run by {8}Les Amis\n {2}country {7}FR\n {2}room for {6}300 people \(docs\)/);
    expect(said).toContain(`fingerprint   ${server.fingerprint}\n`);
    expect(said).toContain(`peer --url ${url} --fingerprint ${server.fingerprint}`);
    expect(settings()).toEqual(before);
  });

  it('is written down when its fingerprint is the one that was told, in any spelling, and told to others from then on', async () => {
    const { url, server } = await startOther();
    const told = String(server.fingerprint).toLowerCase().replaceAll('-', ' ');
    expect(await peer('--url', `${url}/`, '--fingerprint', told)).toMatchObject({ code: 0, complained: '' });
    expect(settings().network?.peers).toEqual([{ id: expect.stringMatching(/^[0-9a-f]{40}$/), url }]);
    expect(await peer('--url', url, '--fingerprint', told)).toMatchObject({ code: 0 });
    expect(settings().network?.peers).toHaveLength(1);

    const own = await startServer(makeConfig({ ...settings(), host: '127.0.0.1', port: 0, logLevel: 'silent' }));
    onTestFinished(() => own.stop());
    const answer = await fetch(`http://127.0.0.1:${own.port}/.well-known/archipel/manifest`);
    const nowSeconds = Math.floor(Date.now() / 1000);
    const manifest = await checkManifest(new Uint8Array(await answer.arrayBuffer()), { nowSeconds }, verify);
    expect(manifest.ok && manifest.value.fact.peers.map((known) => known.url)).toEqual([url]);
  });

  it('with another fingerprint is refused, and nothing is written', async () => {
    const { url } = await startOther();
    const { code, complained } = await peer('--url', url, '--fingerprint', 'AAAA-AAAA-AAAA-AAAA-AAAA');
    expect({ code, complained }).toEqual({ code: 1, complained: expect.stringMatching(/not the fingerprint/) });
    expect(settings().network?.peers).toBeUndefined();
  });

  it('is agreed with: copies and how much a day; it is shown, and changed without comparing again', async () => {
    const { url, server } = await startOther({ maxExpiryDays: 30 });
    const told = String(server.fingerprint);
    const added = await peer('--url', url, '--fingerprint', told, '--copies', 'no', '--per-day', '20');
    expect(added.said).toMatch(/copies {8}no\n {2}per day {7}20 documents/);
    const { id } = settings().network?.peers?.[0] ?? {};
    expect(settings().network?.peers).toEqual([{ id, url, copies: false, perDay: 20 }]);
    const shown = await peer('--url', url);
    expect(shown.said).toMatch(/keeps {9}documents for up to 30 days[\s\S]*per day {7}20 documents/);
    expect(shown.said).not.toContain('says so now');
    expect(await peer('--url', url, '--per-day', '5')).toMatchObject({ code: 0 });
    expect(settings().network?.peers).toEqual([{ id, url, copies: false, perDay: 5 }]);
    const followed = await peer('--url', url, '--follow', 'yes');
    expect(followed.said).toMatch(/follow {8}yes: what it takes down is taken down here, too/);
    expect(settings().network?.peers).toEqual([{ id, url, copies: false, perDay: 5, follow: true }]);
    await peer('--url', url, '--follow', 'no');
    // Compared again: what was agreed stays.
    await peer('--url', url, '--fingerprint', told);
    expect(settings().network?.peers).toEqual([{ id, url, copies: false, perDay: 5, follow: false }]);
    const config = makeConfig(settings());
    expect(config.network?.peers).toMatchObject([{ copies: false, perDay: 5 }]);
  });

  it('is agreed with only after its fingerprint was compared', async () => {
    const { url } = await startOther();
    const { said } = await peer('--url', url, '--per-day', '5');
    expect(said).toContain('--fingerprint');
    expect(settings().network?.peers).toBeUndefined();
  });

  it('is shown beside the fingerprint of this one, for both to compare', async () => {
    const { url } = await startOther();
    expect((await peer('--url', url)).said).toContain('not there yet');
    const own = await startServer(makeConfig({ ...settings(), host: '127.0.0.1', port: 0, logLevel: 'silent' }));
    await own.stop();
    expect((await peer('--url', url)).said).toContain(`your own host is ${own.fingerprint}.`);
  });

  it('is forgotten again', async () => {
    const { url, server } = await startOther();
    await peer('--url', url, '--fingerprint', String(server.fingerprint));
    expect(await peer('--url', url, '--remove')).toMatchObject({ code: 0 });
    expect(settings().network?.peers).toEqual([]);
    expect(await peer('--url', url, '--remove')).toMatchObject({
      code: 1,
      complained: expect.stringMatching(/does not know/),
    });
  });

  it('that says it is elsewhere is refused', async () => {
    const { url } = await startOther({ network: { url: 'https://elsewhere.example.org', people: 5 } });
    expect(await peer('--url', url)).toMatchObject({
      code: 1,
      complained: expect.stringMatching(/says that it is https:/),
    });
  });

  it.each([
    ['no host at all', '<!doctype html>', /is not right \(/],
    ['what is far too long', 'x'.repeat(300_000), /longer than the limit/],
  ])('that answers %s is refused', async (_what, body, sentence) => {
    const { createServer } = await import('node:http');
    const server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    expect(await peer('--url', `http://127.0.0.1:${port}`)).toMatchObject({
      code: 1,
      complained: expect.stringMatching(sentence),
    });
  });

  it('that tells nothing of itself, or that nobody runs, is said so', async () => {
    const { url } = await startOther({ network: undefined });
    expect(await peer('--url', url)).toMatchObject({
      complained: expect.stringMatching(/tells others nothing of itself \(404\)/),
    });
    const nobody = `http://127.0.0.1:${await freePort()}`;
    expect(await peer('--url', nobody)).toMatchObject({
      complained: expect.stringMatching(/nobody accepts connections/),
    });
  });

  it('of the inner network is not asked by a host of the Internet', async () => {
    const { url } = await startOther();
    writeSettings({ network: { url: 'https://pads.example.org', people: 10 } });
    expect(await peer('--url', url)).toMatchObject({
      code: 1,
      complained: expect.stringMatching(/not one of the public internet/),
    });
  });
});

it.each([
  [[], 2, /^Say which host/],
  [['--url', 'https://a.example.org/path'], 1, /without a path/],
  [['--url', 'ftp://a.example.org'], 1, /https:\/\/host/],
  [['--url', 'https://a.example.org', '--copies', 'maybe'], 2, /yes or --copies no/],
  [['--url', 'https://a.example.org', '--per-day', '-3'], 2, /per-day/],
])('%j is told what is wrong', async (args, code, sentence) => {
  expect(await peer(...args)).toMatchObject({ code, complained: expect.stringMatching(sentence) });
});

it('without settings about other hosts the command says what is missing', async () => {
  writeSettings({});
  expect(await peer('--url', 'https://a.example.org')).toMatchObject({
    code: 1,
    complained: expect.stringMatching(/"network": \{/),
  });
});
