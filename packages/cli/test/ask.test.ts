import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askForFiles } from '@archipel/client/inbox';
import { nodeSuite } from '@archipel/client/node';
import { type FileRequest, type Link, nobleHpke, printLink } from '@archipel/protocol/secret';
import { makeConfig, random, startServer } from '@archipel/relay';
import { expect, it, onTestFinished, vi } from 'vitest';
import { run } from '../src/commands.ts';
import { counter, spawnCommand } from './support/processes.ts';
import { testTerminal } from './support/terminal.ts';

const MIB = 2 ** 20;
/** For tests that start and kill programs while others use the machine. */
const KILLS_MS = 300_000;

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'archipel-ask-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function command(...args: string[]): Promise<{ code: number; said: string; complained: string }> {
  const terminal = testTerminal();
  const code = await run(args, terminal);
  return { code, said: terminal.said.join('\n'), complained: terminal.complained.join('\n') };
}

/** Addresses of a request at a real host. */
async function asked(changes: Partial<FileRequest> = {}, maxItems = 9, allBytes = 0) {
  vi.stubEnv('XDG_STATE_HOME', makeFolder());
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = await startServer(makeConfig({ host: '127.0.0.1', port: 0, logLevel: 'silent', data: makeFolder() }));
  onTestFinished(() => server.stop());
  const origin = `http://127.0.0.1:${server.port}`;
  const deps = { suite: nodeSuite, hpke: await nobleHpke(), origin, fetch, wait: async () => undefined };
  const day = Math.floor(Date.now() / 1000) + 86_400;
  const request = { title: 'Homework', text: '', asksName: false, maxFiles: 0, maxBytes: 0, ...changes };
  const made = await askForFiles(deps, { request, closes: day, expiry: day, maxItems, allBytes });
  if (!made.ok) throw new Error(made.error);
  const at = (link: Link, host = origin): string => `${host}/drop#${printLink(link)}`;
  return {
    origin,
    own: at(made.value.own),
    fill: at(made.value.fill),
    fillAt: (host: string) => at(made.value.fill, host),
  };
}

function fileOf(name: string, text: string): string {
  const path = join(makeFolder(), name);
  writeFileSync(path, text);
  return path;
}

it('files come to whoever asked, each sending in a folder of its own, and only what is new', async () => {
  const { own, fill } = await asked();
  const sent = await command('put', fileOf('a.txt', 'one'), fileOf('b.txt', 'two'), '--to', fill, '--name', 'Zoé/../x');
  expect(sent).toMatchObject({ code: 0, complained: '' });
  expect(sent.said).toMatch(/For: Homework\n[\s\S]*Delivered as number 1,/);
  expect((await command('put', fileOf('a.txt', 'three'), '--to', fill)).said).toContain('Delivered as number 2');
  const folder = makeFolder();
  const got = await command('get', own, '--to', folder);
  expect(got).toMatchObject({ code: 0, complained: '' });
  expect(readdirSync(folder).sort()).toEqual(['1 Zoé_.._x', '2']);
  expect(readFileSync(join(folder, '1 Zoé_.._x', 'b.txt'), 'utf8')).toBe('two');
  expect(readFileSync(join(folder, '2', 'a.txt'), 'utf8')).toBe('three');
  expect((await command('get', own, '--to', folder)).said).toContain('Nothing new was sent.');
  await command('put', fileOf('c.txt', 'four'), '--to', fill, '--name', 'Léa');
  expect((await command('get', own, '--to', folder)).said).toContain('3. Léa, 1 file');
  expect(existsSync(join(folder, '3 Léa', 'c.txt'))).toBe(true);
});

it('[ASK-2] what whoever asks does not want is said before anything is sent', async () => {
  const { fill, own } = await asked({ asksName: true, maxFiles: 1, maxBytes: 5 }, 1);
  const [small, large] = [fileOf('a.txt', 'one'), fileOf('b.txt', 'too long')];
  expect((await command('put', small, '--to', fill)).complained).toContain('--name');
  expect((await command('put', small, large, '--to', fill, '--name', 'Z')).complained).toContain('at most 1 file');
  expect((await command('put', large, '--to', fill, '--name', 'Z')).complained).toContain('at most 5 B');
  expect((await command('get', own, '--to', makeFolder())).said).toContain('Nothing new');
  expect((await command('put', small, '--to', fill, '--name', 'Z')).code).toBe(0);
  expect(await command('put', fileOf('c.txt', 'one'), '--to', fill, '--name', 'Z')).toMatchObject({
    code: 1,
    complained: 'As much was sent for this request as whoever asks wanted.',
  });
});

it('a link of something else is told as that', async () => {
  const { own, fill } = await asked();
  const file = fileOf('a.txt', 'one');
  expect((await command('put', file, '--to', own)).code).toBe(1);
  expect((await command('get', fill)).complained).toContain('no link of a drop');
  expect(await command('put', file, '--to', fill, '--host', 'https://x.example')).toMatchObject({ code: 2 });
  expect(await command('put', file, '--name', 'Z')).toMatchObject({ code: 2 });
});

it('what was sent and deleted again by whoever sent it is told, and the rest is taken', async () => {
  const { own, fill } = await asked();
  const first = await command('put', fileOf('a.txt', 'one'), '--to', fill);
  await command('put', fileOf('b.txt', 'two'), '--to', fill);
  const link = first.said.split('\n').at(-1) ?? '';
  expect((await command('drop', link, '--delete')).code).toBe(0);
  const folder = makeFolder();
  expect(await command('get', own, '--to', folder)).toMatchObject({ code: 1 });
  expect(readdirSync(folder)).toEqual(['2']);
});

it('[ASK-4] the host refuses what is more than whoever asks wants, before any of it is sent', async () => {
  const { origin, fillAt, own } = await asked({}, 9, 100_000);
  const line = await counter(origin, () => undefined);
  const fill = fillAt(line.origin);
  const [one, two] = [fileOf('a.bin', 'a'.repeat(60_000)), fileOf('b.bin', 'b'.repeat(60_000))];
  const first = await command('put', one, '--to', fill);
  expect(first).toMatchObject({ code: 0, complained: '' });
  const before = line.up();
  const refused = { code: 1, complained: 'As much was sent for this request as whoever asks wanted.' };
  expect(await command('put', two, '--to', fill)).toMatchObject(refused);
  expect(line.up()).toBe(before);
  // Whoever deletes what they sent makes room.
  expect((await command('drop', first.said.split('\n').at(-1) ?? '', '--delete')).code).toBe(0);
  expect(await command('put', two, '--to', fill)).toMatchObject({ code: 0, complained: '' });
  const folder = makeFolder();
  await command('get', own, '--to', folder);
  expect(readdirSync(folder)).toEqual(['2']);
});

it(
  '[ASK-7] killed in the middle, and again before it is delivered, it goes on as the answer and comes once',
  async () => {
    const { origin, fillAt, own } = await asked();
    const state = makeFolder();
    const path = join(makeFolder(), 'film.bin');
    const size = 40 * MIB;
    writeFileSync(path, random(size));
    let sending: ReturnType<typeof spawnCommand> | undefined;
    const line = await counter(origin, () => sending?.child.kill('SIGKILL'));
    const send = () => spawnCommand(state, 'put', path, '--to', fillAt(line.origin), '--name', 'Zoé');
    line.at(20 * MIB);
    sending = send();
    expect(await sending.ended).toBe(null);
    expect((await command('get', own, '--to', makeFolder())).said).toContain('Nothing new was sent.');
    line.hold(/\/items$/);
    sending = send();
    expect(await sending.ended).toBe(null);
    const before = line.up();
    expect(before).toBeLessThan(size + 17 * MIB);
    sending = send();
    expect(await sending.ended).toBe(0);
    expect(line.up()).toBe(before);
    expect(sending.output()).toContain('Delivered as number 1,');
    const folder = makeFolder();
    await command('get', own, '--to', folder);
    expect(readdirSync(folder)).toEqual(['1 Zoé']);
    expect(readFileSync(join(folder, '1 Zoé', 'film.bin')).equals(readFileSync(path))).toBe(true);
  },
  KILLS_MS,
);
