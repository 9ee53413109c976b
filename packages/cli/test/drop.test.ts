import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BlobLine, type UploadState, uploadDrop } from '@archipel/client/drop';
import { DropFolder, JsonFile, nodeSuite, sourceFiles } from '@archipel/client/node';
import { concat, KIND_BLOB } from '@archipel/protocol';
import {
  createKeys,
  encodeManifest,
  linkFor,
  printLink,
  sealBody,
  sealChunks,
  sealManifest,
  signBlobHeader,
} from '@archipel/protocol/secret';
import { makeConfig, random, startServer } from '@archipel/relay';
import { freePort } from '@archipel/relay/services';
import { expect, it, onTestFinished, vi } from 'vitest';
import { run } from '../src/commands.ts';
import { counter, MAIN, spawnCommand } from './support/processes.ts';
import { testTerminal } from './support/terminal.ts';

const MIB = 2 ** 20;
/** For tests that start and kill programs while others use the machine. */
const KILLS_MS = 300_000;

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'archipel-drop-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function startHost(
  data = makeFolder(),
  settings: object = {},
): Promise<{ origin: string; data: string; stop(): Promise<void> }> {
  const config = makeConfig({ host: '127.0.0.1', port: 0, logLevel: 'silent', ...settings, data });
  const server = await startServer(config);
  onTestFinished(() => server.stop());
  return { origin: `http://127.0.0.1:${server.port}`, data, stop: () => server.stop() };
}

async function command(...args: string[]): Promise<{ code: number; said: string[]; complained: string }> {
  const terminal = testTerminal();
  const code = await run(args, terminal);
  return { code, said: terminal.said, complained: terminal.complained.join('\n') };
}

/** Where uploads are remembered: not in the folder of whoever runs the tests. */
function ownState(): string {
  const folder = makeFolder();
  vi.stubEnv('XDG_STATE_HOME', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return folder;
}

function fileOf(folder: string, name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function putAll(origin: string, paths: string[], ...more: string[]): Promise<{ view: string; own: string }> {
  const { code, said, complained } = await command('put', ...paths, '--host', origin, ...more);
  expect({ code, complained }).toEqual({ code: 0, complained: '' });
  return {
    view: said.find((line) => line.includes('#1v.')) ?? '',
    own: said.find((line) => line.includes('#1o.')) ?? '',
  };
}

it('files in any script, empty ones and ones of whole chunks come as they went, with their times', async () => {
  const state = ownState();
  const [{ origin }, from, to] = [await startHost(), makeFolder(), makeFolder()];
  const contents = new Map([
    ['été 東京 ملف.txt', Buffer.from('bonjour')],
    ['empty', Buffer.alloc(0)],
    ['exact.bin', Buffer.from(random(2 * 16 * 1024))],
    ['.hidden', Buffer.from(random(MIB + 3))],
    ['last empty', Buffer.alloc(0)],
  ]);
  const paths = [...contents].map(([name, bytes]) => fileOf(from, name, bytes));
  utimesSync(paths[0] as string, 1_600_000_000, 1_600_000_000);
  const { view } = await putAll(origin, paths, '--message', 'Voici\u001b[2J');
  const { code, said } = await command('get', view, '--to', to);
  expect(code).toBe(0);
  expect(said.slice(0, 2)).toEqual(['Voici[2J', '5 files, 1.1 MB']);
  expect(readdirSync(to).sort()).toEqual([...contents.keys()].sort());
  for (const [name, bytes] of contents) expect(readFileSync(join(to, name)).equals(bytes)).toBe(true);
  expect(statSync(join(to, 'été 東京 ملف.txt')).mtimeMs).toBe(1_600_000_000_000);
  expect(readdirSync(join(state, 'archipel/put'))).toEqual([]);
});

it('a thousand small files are one drop', async () => {
  ownState();
  const [{ origin, data }, from, to] = [await startHost(), makeFolder(), makeFolder()];
  const paths = Array.from({ length: 1000 }, (_, i) => fileOf(from, `note ${i}.txt`, Buffer.from(`text ${i}`)));
  const { view } = await putAll(origin, paths);
  expect((await command('get', view, '--to', to)).code).toBe(0);
  expect(readdirSync(to)).toHaveLength(1000);
  for (const i of [0, 1, 500, 999]) expect(readFileSync(join(to, `note ${i}.txt`), 'utf8')).toBe(`text ${i}`);
  expect(readdirSync(join(data, 'blobs'))).toHaveLength(1);
});

it('[DROP-3] nothing that is there is written over', async () => {
  ownState();
  const [{ origin }, from, other, to] = [await startHost(), makeFolder(), makeFolder(), makeFolder()];
  const { view } = await putAll(origin, [
    fileOf(from, 'a.txt', Buffer.from('one')),
    fileOf(other, 'a.txt', Buffer.from('two')),
  ]);
  writeFileSync(join(to, 'a.txt'), 'mine');
  expect((await command('get', view, '--to', to)).said.slice(-2)).toEqual(['a (2).txt', 'a (2) (2).txt']);
  expect(readFileSync(join(to, 'a.txt'), 'utf8')).toBe('mine');
  expect(readFileSync(join(to, 'a (2).txt'), 'utf8')).toBe('one');
});

it('[BLOB-2, BLOB-8] is shown, kept for longer and deleted by its links', async () => {
  ownState();
  const [{ origin }, from] = [await startHost(), makeFolder()];
  const { view, own } = await putAll(
    origin,
    [fileOf(from, 'a.txt', Buffer.from('abc'))],
    '--downloads',
    '3',
    '--days',
    '2',
  );
  const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const shown = await command('drop', view);
  expect(shown).toMatchObject({
    code: 0,
    said: ['1 file, 3 B', '  a.txt', expect.stringContaining('taken 0 of 3 times')],
  });
  expect(shown.said[2]).toContain(day(2));
  const refused = { code: 1, complained: 'The link does not allow that.' };
  expect(await command('drop', view, '--days', '9')).toMatchObject(refused);
  expect(await command('drop', view, '--delete')).toMatchObject(refused);
  expect(await command('drop', own, '--days', '9')).toMatchObject({ code: 0 });
  expect((await command('drop', view)).said[2]).toContain(day(9));
  expect(await command('drop', own, '--days', '31')).toMatchObject({
    code: 1,
    complained: expect.stringContaining('that long'),
  });
  expect(await command('drop', own, '--delete')).toMatchObject({ code: 0, said: ['The drop is deleted.'] });
  expect(await command('get', view, '--to', makeFolder())).toMatchObject({
    code: 1,
    complained: expect.stringContaining('deleted'),
  });
});

it('[BLOB-7] a drop that may be taken once is taken once', async () => {
  ownState();
  const [{ origin }, from] = [await startHost(), makeFolder()];
  const { view } = await putAll(origin, [fileOf(from, 'a', Buffer.from('a'))], '--downloads', '1');
  expect((await command('get', view, '--to', makeFolder())).code).toBe(0);
  const again = await command('get', view, '--to', makeFolder());
  expect(again).toMatchObject({ code: 1, complained: expect.stringContaining('as often as') });
});

it('[BLOB-10] a host learns neither names nor types nor contents nor secrets', async () => {
  const state = ownState();
  const data = makeFolder();
  const from = makeFolder();
  const host = spawnHost(data);
  const origin = await host.ready;
  const words = ['Zebrafink', 'application/pdf', 'Quittengelee', 'Pfefferminz'];
  const path = fileOf(from, 'Zebrafink.pdf', Buffer.from('Quittengelee '.repeat(5000)));
  const { view, own } = await putAll(origin, [path], '--message', 'Pfefferminz');
  expect((await command('get', view, '--to', makeFolder())).code).toBe(0);
  const secrets = [view, own].map((link) => link.split('.').at(-1) as string);
  host.child.kill('SIGTERM');
  await once(host.child, 'close');
  const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const seen = [
    host.output(),
    ...files.map(({ parentPath, name }) => name + readFileSync(join(parentPath, name), 'latin1')),
  ];
  expect(files.length).toBeGreaterThan(2);
  for (const word of [
    ...words,
    ...secrets,
    ...secrets.map((secret) => Buffer.from(secret, 'base64url').toString('latin1')),
  ]) {
    expect(seen.some((text) => text.includes(word))).toBe(false);
  }
  expect(readdirSync(join(state, 'archipel/put'))).toEqual([]);
});

function spawnHost(data: string, port = 0) {
  const env = {
    ...process.env,
    ARCHIPEL_HOST: '127.0.0.1',
    ARCHIPEL_PORT: String(port),
    ARCHIPEL_DATA: data,
    ARCHIPEL_CONFIG: join(data, 'none.json'),
  };
  const main = fileURLToPath(new URL('../../relay/src/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  const ready = new Promise<string>((resolve) => {
    const hear = (text: Buffer): void => {
      output += text.toString();
      const [, url] = /ready: (http:\/\/[^\s]+)/.exec(output) ?? [];
      if (url !== undefined) resolve(url);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
  });
  return { child, ready, output: () => output };
}

it(
  '[BLOB-5, STREAM-4] the sender is killed in the middle, goes on, and sends no more than one part twice',
  async () => {
    const state = makeFolder();
    const [{ origin }, from, to] = [await startHost(), makeFolder(), makeFolder()];
    const size = 60 * MIB;
    const path = fileOf(from, 'large', random(size));
    let sending: ReturnType<typeof spawnCommand> | undefined;
    const line = await counter(origin, () => sending?.child.kill('SIGKILL'));
    for (const at of [20 * MIB, 45 * MIB]) {
      line.at(at);
      sending = spawnCommand(state, 'put', path, '--host', line.origin);
      expect(await sending.ended).toBe(null);
    }
    sending = spawnCommand(state, 'put', path, '--host', line.origin);
    expect(await sending.ended).toBe(0);
    expect(line.up()).toBeLessThan(size + 2 * 17 * MIB);
    expect(line.up()).toBeGreaterThan(size);
    const link = /http:[^\s]*#1v[^\s]*/.exec(sending.output())?.[0] ?? '';
    expect((await command('get', link, '--to', to)).code).toBe(0);
    expect(readFileSync(join(to, 'large')).equals(readFileSync(path))).toBe(true);
  },
  KILLS_MS,
);

it(
  '[DROP-3] the taker is killed in the middle, goes on with the same download, and nothing has its name before it is whole',
  async () => {
    const state = ownState();
    const [{ origin }, from, to] = [await startHost(), makeFolder(), makeFolder()];
    const size = 90 * MIB;
    const path = fileOf(from, 'large', random(size));
    let taking: ReturnType<typeof spawnCommand> | undefined;
    const line = await counter(origin, () => taking?.child.kill('SIGKILL'));
    const { view } = await putAll(line.origin, [path], '--downloads', '1');
    const before = line.up();
    line.at(before + 75 * MIB);
    taking = spawnCommand(state, 'get', view, '--to', to);
    expect(await taking.ended).toBe(null);
    expect(existsSync(join(to, 'large'))).toBe(false);
    taking = spawnCommand(state, 'get', view, '--to', to);
    expect(await taking.ended).toBe(0);
    expect(line.down()).toBeLessThan(size + 40 * MIB);
    expect(readdirSync(to)).toEqual(['large']);
    expect(readFileSync(join(to, 'large')).equals(readFileSync(path))).toBe(true);
  },
  KILLS_MS,
);

it(
  '[BLOB-5] the host is killed in the middle and comes back while the sender waits',
  async () => {
    const state = makeFolder();
    const [data, from] = [makeFolder(), makeFolder()];
    const size = 50 * MIB;
    const path = fileOf(from, 'large', random(size));
    const port = await freePort();
    let host = spawnHost(data, port);
    const target = await host.ready;
    const line = await counter(target, () => {
      host.child.kill('SIGKILL');
      host = spawnHost(data, port);
    });
    line.at(25 * MIB);
    const sending = spawnCommand(state, 'put', path, '--host', line.origin);
    expect({ code: await sending.ended, output: sending.output() }).toMatchObject({ code: 0 });
    expect(line.up()).toBeLessThan(size + 17 * MIB);
  },
  KILLS_MS,
);

it('[STREAM-4] a file that changed meanwhile is said, and nothing of it stays', async () => {
  const [{ origin, data }, from] = [await startHost(), makeFolder()];
  const path = fileOf(from, 'changing', random(40 * MIB));
  const journal = new JsonFile<UploadState>(join(makeFolder(), 'state.json'));
  let isChanged = false;
  const upload = async (change: () => void) => {
    const source = await sourceFiles([path], () => '');
    const onProgress = (bytes: number): void => {
      if (bytes < 10 * MIB || isChanged) return;
      isChanged = true;
      change();
    };
    const wish = {
      origin,
      files: source.files,
      message: '',
      downloads: 0,
      expiry: Math.floor(Date.now() / 1000) + 1000,
    };
    const uploaded = await uploadDrop(
      { suite: nodeSuite, fetch, wait: async () => undefined, journal, onProgress, streams: true },
      wish,
    );
    await source.close();
    return uploaded;
  };
  for (const change of [
    () => truncateSync(path, 5 * MIB),
    () => appendFileSync(path, 'x'),
    () => writeFileSync(path, 'other'),
  ]) {
    writeFileSync(path, random(40 * MIB));
    isChanged = false;
    expect(await upload(change)).toEqual({ ok: false, error: 'source_changed' });
    expect(await journal.load()).toBeUndefined();
    expect(readdirSync(join(data, 'blobs')).flatMap((shard) => readdirSync(join(data, 'blobs', shard)))).toEqual([]);
  }
});

it('[STREAM-4] a part is never sealed a second time to other bytes, though its file looks the same', async () => {
  const [{ origin }, from] = [await startHost(), makeFolder()];
  const path = fileOf(from, 'a', random(MIB));
  const journal = new JsonFile<UploadState>(join(makeFolder(), 'state.json'));
  const source = await sourceFiles([path], () => '');
  onTestFinished(() => source.close());
  const [file] = source.files;
  if (file === undefined) throw new Error('no file');
  const files = [{ ...file, identity: async () => 'the same' }];
  const wish = { origin, files, message: '', downloads: 0, expiry: Math.floor(Date.now() / 1000) + 1000 };
  const deps = { suite: nodeSuite, wait: async () => undefined, journal, onProgress: () => undefined, streams: false };
  const cut: typeof fetch = async (url, init) => {
    if (init?.method === 'PATCH' && (await journal.load())?.parts.length === 1) throw new TypeError('the line broke');
    return fetch(url, init);
  };
  expect(await uploadDrop({ ...deps, fetch: cut }, wish)).toEqual({ ok: false, error: 'host_unreachable' });
  writeFileSync(path, random(MIB));
  expect(await uploadDrop({ ...deps, fetch }, wish)).toEqual({ ok: false, error: 'source_changed' });
});

it('[DROP-4] a drop whose header does not fit its manifest is not taken', async () => {
  const { origin } = await startHost();
  const keys = await createKeys(nodeSuite, KIND_BLOB);
  const manifest = await sealManifest(nodeSuite, keys, {
    message: '',
    files: [{ name: 'a', type: '', size: 5, modified: 0 }],
  });
  const body = await sealBody(nodeSuite, keys);
  const bytes = concat(manifest, body.header, await sealChunks(body, 0, new Uint8Array(6), true));
  const expiry = Math.floor(Date.now() / 1000) + 1000;
  const header = await signBlobHeader(keys, {
    seq: 1,
    expiry,
    downloads: 0,
    length: bytes.length,
    manifest: manifest.length,
  });
  const line = new BlobLine(origin, keys, fetch);
  const metadata = `header ${Buffer.from(header).toString('base64')}`;
  await line.ask({ method: 'POST', headers: { 'upload-length': `${bytes.length}`, 'upload-metadata': metadata } });
  const headers = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  expect(await line.ask({ method: 'PATCH', path: `/${line.id}`, role: 'own', headers, body: bytes })).toMatchObject({
    ok: true,
  });
  const to = makeFolder();
  const got = await command('get', `${origin}/drop#${printLink(linkFor(keys, 'view'))}`, '--to', to);
  expect(got).toMatchObject({ code: 1, complained: 'What the host sent is not complete.' });
  expect(readdirSync(to)).toEqual([]);
});

it('[DROP-3] ended while files get their names, it gives the rest their names', async () => {
  const to = makeFolder();
  const manifest = { message: '', files: ['a', 'b'].map((name) => ({ name, type: '', size: 3, modified: 0 })) };
  expect(encodeManifest(manifest).length).toBeGreaterThan(0);
  const folder = await DropFolder.open(to, 'id', manifest);
  await folder.write(Buffer.from('onetwo'));
  await folder.pause();
  mkdirSync(join(to, 'elsewhere'));
  rmSync(join(to, '.id.archipel-part', '0'));
  const again = await DropFolder.open(to, 'id', manifest);
  expect(again.have).toBe(6);
  expect(await again.finish()).toEqual(['a', 'b']);
  expect(readdirSync(to).sort()).toEqual(['b', 'elsewhere']);
});

it.each([
  [['put'], /^Say which files/],
  [['put', 'x', '--days', '0'], /^Say how many days/],
  [['put', 'x', '--downloads', 'many'], /^Say how often/],
  [['get'], /^Say one link/],
])('%j is wrong use', async (args, sentence) => {
  expect(await command(...args)).toMatchObject({ code: 2, complained: expect.stringMatching(sentence) });
});

it.each([
  [['put', '/nowhere/at all', '--host', 'http://127.0.0.1:1'], /cannot be read \(ENOENT\)/],
  [['put', tmpdir(), '--host', 'http://127.0.0.1:1'], /is no file/],
  [['put', MAIN, '--host', 'pads.example.org'], /An address of a host/],
  [['get', 'hello'], /no link of a drop/],
  [['get', 'http://127.0.0.1:1/drop#1v.AAAA'], /not complete/],
])('%j is refused in a sentence', async (args, sentence) => {
  ownState();
  expect(await command(...args)).toMatchObject({ code: 1, complained: expect.stringMatching(sentence) });
});

it('[LINK-6, LINK-7] a link with a password: asked for twice when it is made and once when it is used, and told when it is wrong', async () => {
  ownState();
  const [{ origin }, from, to] = [await startHost(), makeFolder(), makeFolder()];
  const path = fileOf(from, 'a.txt', Buffer.from('for two'));
  const typing = async (
    secrets: string[],
    ...args: string[]
  ): Promise<{ code: number; said: string[]; told: string }> => {
    const terminal = testTerminal({ secrets });
    const code = await run(args, terminal);
    return { code, said: terminal.said, told: terminal.complained.join(' ') };
  };
  const put = ['put', path, '--host', origin, '--password'];
  expect(await typing(['one', 'another'], ...put)).toMatchObject({
    code: 1,
    told: expect.stringMatching(/not the same twice/),
  });
  expect(await typing([' '], ...put)).toMatchObject({ code: 1, told: expect.stringMatching(/not empty/) });
  expect(await typing([], ...put)).toMatchObject({ code: 1, told: expect.stringMatching(/no terminal to type it in/) });
  const sent = await typing(['été 7', 'été 7'], ...put);
  const link = sent.said.find((line) => line.includes('#2v.')) ?? '';
  expect(sent.said).toContain('Whoever has this link and the password can take the files:');
  expect(sent.said.join(' ')).not.toMatch(/#1v\.|été/);
  expect(await typing(['ete 7'], 'get', link, '--to', to)).toMatchObject({
    code: 1,
    told: expect.stringMatching(/not the password/),
  });
  expect(await typing([], 'get', link, '--to', to)).toMatchObject({
    code: 1,
    told: expect.stringMatching(/--password-file/),
  });
  expect(await typing(['été 7'], 'get', link, '--to', to)).toMatchObject({ code: 0 });
  expect(readFileSync(join(to, 'a.txt'), 'utf8')).toBe('for two');
  // Without anybody who types: a file, or the environment.
  const file = fileOf(from, 'password', Buffer.from('été 7\nand what else is there\n'));
  expect(await typing([], 'drop', link, '--password-file', file)).toMatchObject({ code: 0 });
  expect(await typing([], 'drop', link, '--password-file', `${file}.none`)).toMatchObject({
    code: 1,
    told: expect.stringMatching(/ENOENT/),
  });
  vi.stubEnv('ARCHIPEL_PASSWORD', 'été 7');
  expect(await typing([], 'drop', link)).toMatchObject({ code: 0 });
  expect((await typing([], ...put)).said.join(' ')).toContain('#2v.');
});
