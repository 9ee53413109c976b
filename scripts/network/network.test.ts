// The network for people to try, with its real processes.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '@archipel/relay/services';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { castOf } from './cast.ts';
import { readOptions } from './options.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PATIENCE = { timeout: 20_000, interval: 50 };
let folder = '';
let child: ChildProcess | undefined;
let said = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archipel-network-'));
  said = '';
});
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

async function start(hosts: number, port: number): Promise<string[]> {
  const args = [join(ROOT, 'scripts/network/main.ts'), String(hosts), '--port', String(port), '--data', folder];
  child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdout?.on('data', (text) => {
    said += text;
  });
  await vi.waitFor(() => expect(said).toContain('All fingerprints are compared.'), PATIENCE);
  return [...new Set(said.match(/http:\/\/127\.0\.0\.1:\d+/g))];
}

const order = (line: string): boolean | undefined => child?.stdin?.write(`${line}\n`);

async function serves(origin: string): Promise<boolean> {
  return fetch(`${origin}/.well-known/archipel/manifest`).then(
    ({ ok }) => ok,
    () => false,
  );
}

const allServe = (origins: string[]): Promise<boolean[]> => Promise.all(origins.map(serves));

test('hosts that know each other; one can be killed and started again; a later run finds all where they were', {
  timeout: 60_000,
}, async () => {
  const origins = await start(2, await freePort());
  expect(origins).toHaveLength(3);
  expect(await allServe(origins)).toEqual([true, true, true]);
  const settings = JSON.parse(readFileSync(join(folder, 'host-1', 'archipel.json'), 'utf8'));
  expect(settings.network.peers.map(({ url }: { url: string }) => url)).toEqual([origins[0], origins[2]]);
  order('kill 1');
  await vi.waitFor(() => expect(said).toContain('1 was killed.'), PATIENCE);
  expect(await allServe(origins)).toEqual([true, false, true]);
  order('start 1');
  await vi.waitFor(() => expect(said).toContain('1 serves.'), PATIENCE);
  expect(await allServe(origins)).toEqual([true, true, true]);
  order('quit');
  const [code] = await once(child as ChildProcess, 'exit');
  expect(code).toBe(0);
  expect(await allServe(origins)).toEqual([false, false, false]);
  const fingerprints = said.match(/(\w{4}-){4}\w{4}/g);
  said = '';
  expect(await start(2, await freePort())).toEqual(origins);
  expect(said.match(/(\w{4}-){4}\w{4}/g)).toEqual(fingerprints);
});

test('no host outlives a network that was killed', async () => {
  const origins = await start(2, await freePort());
  child?.kill('SIGKILL');
  await vi.waitFor(async () => expect(await allServe(origins)).toEqual([false, false, false]), PATIENCE);
});

test('there are up to twenty hosts, each of its own name', () => {
  expect(new Set(castOf(20).map(({ name }) => name)).size).toBe(21);
  expect(readOptions(['20'])).toEqual({ hosts: 20, port: 4280, data: './data-network' });
  expect(() => readOptions(['21'])).toThrow('1 to 20');
  expect(() => readOptions(['2', '--port', 'x'])).toThrow('--port');
});
