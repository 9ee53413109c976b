// The commands about reports and removals, with a real host on this machine.
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnPage } from '@archipel/client/page';
import { decodeBase64url, encodeBase64url } from '@archipel/protocol';
import { nobleHpke, pageKeysFrom, sealReport, webSuite } from '@archipel/protocol/secret';
import { makeConfig, startServer } from '@archipel/relay';
import { findSettings, openModeration } from '@archipel/relay/admin';
import { freePort } from '@archipel/relay/services';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { run } from '../src/commands.ts';
import { testTerminal } from './support/terminal.ts';

let folder = '';
let origin = '';

beforeEach(async () => {
  const port = await freePort();
  folder = mkdtempSync(join(tmpdir(), 'archipel-moderation-'));
  origin = `http://127.0.0.1:${port}`;
  vi.stubEnv('ARCHIPEL_CONFIG', join(folder, 'archipel.json'));
  vi.stubEnv('XDG_STATE_HOME', folder);
  const settings = { host: '127.0.0.1', port, data: join(folder, 'data'), logLevel: 'silent' };
  writeFileSync(join(folder, 'archipel.json'), JSON.stringify(settings));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
});

async function startHost(): Promise<void> {
  const found = findSettings();
  const server = await startServer(makeConfig(found.settings, found.origin));
  onTestFinished(() => server.stop());
}

async function archipel(...args: string[]): Promise<{ code: number; said: string; complained: string }> {
  const terminal = testTerminal();
  const code = await run(args, terminal);
  return { code, said: terminal.said.join('\n'), complained: terminal.complained.join('\n') };
}

async function sentDrop(): Promise<string> {
  const path = join(folder, 'a.txt');
  writeFileSync(path, 'unwanted');
  const { said } = await archipel('put', path, '--host', origin);
  return /http\S*#1v\S*/.exec(said)?.[0] ?? '';
}

it('[REP-4] a sealed report is read with the key of who runs the host, and by nobody else: not on the disk either', async () => {
  const made = await archipel('reports', '--make-key');
  expect(made).toMatchObject({
    code: 0,
    said: expect.stringMatching(/A key was made: .*reports\.key\.[\s\S]*reportsKey is set/),
  });
  const keyFile = join(folder, 'archipel', 'reports.key');
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  const seed = readFileSync(keyFile, 'utf8');
  expect((await archipel('reports', '--make-key')).said).toContain('says so already');
  expect(readFileSync(keyFile, 'utf8')).toBe(seed);
  await startHost();
  const link = await sentDrop();
  const docId = new URL(link).hash.split('.')[1] ?? '';
  const { key } = (await (await fetch(`${origin}/report`)).json()) as { key: string };
  const said = { words: 'The words of a witness.', contact: 'ada@example.org', link };
  const [publicKey, id] = [decodeBase64url(key), decodeBase64url(docId)];
  if (!publicKey.ok || !id.ok) throw new Error('no key');
  const subject = { docId: id.value, category: 'fraud' };
  const sealed = (await sealReport(await nobleHpke(), publicKey.value, subject, said)) as Uint8Array;
  const answer = await fetch(`${origin}/report`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ docId, category: 'fraud', sealed: encodeBase64url(sealed) }),
  });
  expect(answer.status).toBe(201);
  expect((await archipel('reports')).said).toMatch(/fraud, with the link {2}The words of a witness\.\n1 report\./);
  const shown = (await archipel('reports', '1')).said;
  for (const words of Object.values(said)) expect(shown).toContain(words);
  for (const name of readdirSync(join(folder, 'data'), { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const bytes = readFileSync(join(name.parentPath, name.name));
    for (const words of [...Object.values(said), seed.trim()]) expect(bytes.includes(words)).toBe(false);
  }
  // Without the key, and with another one.
  renameSync(keyFile, join(folder, 'elsewhere'));
  expect((await archipel('reports')).said).toContain('fraud, sealed');
  const shut = (await archipel('reports', '1')).said;
  expect(shut).toContain('say --key FILE');
  for (const words of Object.values(said)) expect(shut).not.toContain(words);
  expect((await archipel('reports', '--key', join(folder, 'no'))).complained).toContain('is not there');
  expect((await archipel('reports', '1', '--key', join(folder, 'elsewhere'))).said).toContain(said.words);
  writeFileSync(join(folder, 'wrong'), 'x');
  expect((await archipel('reports', '--key', join(folder, 'wrong'))).complained).toContain('is no key');
  expect((await archipel('reports', '1', '--close')).said).toContain('What was said in it is forgotten');
}, 60_000);

it('a reported drop is listed, shown, taken down by its link, and its report closed', async () => {
  await startHost();
  const link = await sentDrop();
  const docId = new URL(link).hash.split('.')[1] ?? '';
  expect((await archipel('reports')).said).toBe('No report is open.');
  const report = { docId, category: 'malware', words: 'A virus.\u001b[2J\nReally.', contact: 'ada@example.org', link };
  const answer = await fetch(`${origin}/report`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(report),
  });
  expect(answer.status).toBe(201);
  expect((await archipel('reports')).said).toMatch(/^ {4}1 {2}.* malware, with the link {2}A virus\.\[2J\n1 report\./);
  const shown = (await archipel('reports', '1')).said;
  for (const words of [docId, link, 'ada@example.org', 'A virus.[2J\nReally.', `remove ${docId} --reason malware`]) {
    expect(shown).toContain(words);
  }
  const removed = await archipel('remove', link, '--reason', 'malware', '--words', 'A virus.');
  expect(removed).toMatchObject({ code: 0, said: expect.stringContaining('Nothing of it is kept any more.') });
  expect((await archipel('remove')).said).toMatch(new RegExp(`^${docId} .* malware {2}A virus\\.\n1 removal\\.$`));
  expect(await archipel('get', link, '--to', join(folder, 'to'))).toMatchObject({
    code: 1,
    complained: expect.stringContaining('taken this drop down'),
  });
  expect((await archipel('reports', '1', '--close', '--note', 'gone')).code).toBe(0);
  expect((await archipel('reports', '1', '--close')).complained).toBe('Report 1 is closed already.');
  const closed = (await archipel('reports', '1')).said;
  expect(closed).toContain('gone');
  for (const forgotten of [link, 'ada@example.org']) expect(closed).not.toContain(forgotten);
  expect((await archipel('reports', '--all')).said).toContain('malware, closed');
  expect((await archipel('remove', docId, '--undo')).said).toContain('does not come back');
  expect((await archipel('remove', docId, '--undo')).complained).toBe('This host has not taken that down.');
}, 60_000);

it('a report of a published page says so, also when the page is gone; one of a drop does not', async () => {
  await startHost();
  const link = await sentDrop();
  const keys = pageKeysFrom(await webSuite.signer(new Uint8Array(32).fill(7)));
  const deps = { suite: webSuite, origin, now: Date.now, wait: async () => undefined };
  const texts = { title: 'A feast', description: '', authors: '', html: '<p>Give me your card</p>', language: 'en' };
  const published = await new OwnPage(deps, keys).publish(
    { ...texts, licence: 'rights-reserved', expiry: 0, pictures: [] },
    0,
  );
  expect(published.ok).toBe(true);
  const pageId = encodeBase64url(keys.pageId);
  for (const docId of [pageId, new URL(link).hash.split('.')[1]]) {
    const answer = await fetch(`${origin}/report`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ docId, category: 'fraud', words: 'Look at it.' }),
    });
    expect(answer.status).toBe(201);
  }
  const listed = /^ {4}1 {2}.* fraud, published page {2}Look at it\.\n {4}2 {2}.* fraud {2}Look at it\.\n2 reports\./;
  expect((await archipel('reports')).said).toMatch(listed);
  expect((await archipel('reports', '1')).said).toContain(`about    ${pageId} (published page: /p/${pageId})`);
  expect((await archipel('reports', '2')).said).not.toContain('published page');
  expect((await archipel('remove', pageId, '--reason', 'fraud')).said).toContain('Nothing of it is kept any more.');
  expect((await archipel('reports')).said).toMatch(listed);
}, 60_000);

it('what reports say is shown also when the file of published pages is damaged', async () => {
  const file = openModeration(join(folder, 'data'));
  const said = { words: 'Look at it.', contact: '', link: '', sealed: new Uint8Array(0) };
  file.addReport({ docId: new Uint8Array(20), category: 'fraud', ...said }, 1_800_000_000, 10);
  file.close();
  writeFileSync(join(folder, 'data', 'pages.sqlite'), 'no database');
  const { code, said: listed, complained } = await archipel('reports');
  expect(code).toBe(0);
  expect(listed).toMatch(/fraud {2}Look at it\.\n1 report\./);
  expect(complained).toMatch(/^Which reports are of published pages is not known: .*pages\.sqlite cannot be used/);
}, 60_000);

it('without a running host a removal waits for it', async () => {
  const id = 'Qk1hVtFqfYl2x0s8o0PZrTn7D4w';
  const removing = archipel('remove', id, '--reason', 'other');
  expect((await removing).said).toContain('as soon as this host runs');
  await startHost();
  expect(await (await fetch(`${origin}/removed/${id}`)).json()).toMatchObject({ category: 'other' });
}, 60_000);

it.each([
  [['reports', 'x'], /^Say the number of one report/],
  [['reports', '--close'], /^Say which report is closed/],
  [['reports', '1', '--note', 'x'], /^A note goes with --close/],
  [['remove', 'x'], /^Say --reason with one of: minors, /],
  [['remove', 'x', '--reason', 'boring'], /^Say --reason with one of/],
  [['remove', '--reason', 'spam'], /^Say which id/],
  [['remove', 'x', 'y', '--reason', 'spam'], /^Say one id/],
  [['peer', '--url', 'https://a.example', '--follow', 'perhaps'], /^Say --follow yes or --follow no/],
])('%j is wrong use', async (args, sentence) => {
  expect(await archipel(...args)).toMatchObject({ code: 2, complained: expect.stringMatching(sentence) });
});

it('says what is not there', async () => {
  expect(await archipel('reports', '7')).toMatchObject({ code: 1, complained: 'There is no report 7.' });
  expect((await archipel('remove', 'x', '--reason', 'spam')).complained).toMatch(/^That is neither an id/);
});
