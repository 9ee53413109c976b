import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newPad, openPad, sharedLinks, textOf, typeAtEnd, untilPill } from './harness/pad.ts';
import { type Person, useWorld } from './harness/world.ts';

const world = useWorld();
const PLANTED = { text: 'xylographe-quetsche', title: 'Ornithorynque', name: 'Zéphyrine-Wachsmuth' };

/** The ways in which words might stand in bytes. */
function spellings(words: string): Buffer[] {
  const utf8 = Buffer.from(words);
  // Base64 of the middle, at each of the three offsets, without the characters that neighbours decide.
  const base64 = [0, 1, 2].map((skip) => Buffer.from(utf8.subarray(skip).toString('base64').slice(0, -4)));
  return [utf8, Buffer.from(words, 'utf16le'), Buffer.from(encodeURIComponent(words)), ...base64];
}

/** Which of these words stand in the bytes, in any spelling. */
function found(bytes: Buffer, words: readonly string[]): string[] {
  return words.filter((word) => spellings(word).some((spelling) => bytes.includes(spelling)));
}

/** The parts of a link that only those who have it may know. */
const secretOf = (link: string): string => {
  const secret = new URL(link).hash.split('.')[2];
  if (secret === undefined) throw new Error('no secret in the link');
  return secret;
};

async function filesOf(folder: string): Promise<Buffer> {
  const names = await readdir(folder);
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
}

async function takeName({ page }: Person, name: string): Promise<void> {
  await page.evaluate((own) => localStorage.setItem('archipel.name', own), name);
  await page.reload();
}

test('the search itself finds what is there', () => {
  const bytes = Buffer.from(`before ${Buffer.from(`..${PLANTED.text}..`).toString('base64')} after`);
  expect(found(bytes, [PLANTED.text])).toEqual([PLANTED.text]);
  expect(found(Buffer.from('nothing of the kind'), [PLANTED.text])).toEqual([]);
});

test('no word, name, title or key reaches the network unsealed, the disk or the log of the host', async () => {
  const [ada, ben] = [await world.person(), await world.person({ locale: 'fr-FR' })];
  await ada.page.goto(world.origin);
  await takeName(ada, PLANTED.name);
  await newPad(ada.page, world.origin);
  await ada.page.getByLabel('Title of the pad').fill(PLANTED.title);
  await typeAtEnd(ada.page, PLANTED.text);
  const { view, edit, own } = await sharedLinks(ada.page);
  await openPad(ben.page, edit);
  await textOf(ben.page).getByText(PLANTED.text).waitFor();
  await typeAtEnd(ben.page, ` ${PLANTED.text} encore`);
  await Promise.all([ada, ben].map(({ page }) => untilPill(page, 'saved')));

  const secrets = [...Object.values(PLANTED), ...[view, edit, own].map(secretOf)];
  const rawSecrets = [view, edit, own].map((link) => Buffer.from(secretOf(link), 'base64url'));
  for (const { watch } of [ada, ben]) {
    expect(watch.sent.length).toBeGreaterThan(20);
    // Payloads were kept one character a byte.
    const sent = Buffer.from(watch.sent.join('\n'), 'latin1');
    expect(found(sent, secrets)).toEqual([]);
    expect(rawSecrets.filter((secret) => sent.includes(secret))).toEqual([]);
    expect(watch.errors).toEqual([]);
    expect(watch.foreign).toEqual([]);
  }
  const running = await filesOf(world.relay.data);
  await world.relay.down('SIGTERM');
  const stopped = await filesOf(world.relay.data);
  for (const bytes of [running, stopped, Buffer.from(world.relay.output)]) {
    expect(found(bytes, secrets)).toEqual([]);
    expect(rawSecrets.filter((secret) => bytes.includes(secret))).toEqual([]);
  }
  expect(stopped.length).toBeGreaterThan(1000);
  await world.relay.up();
});

test('every answer of the front is strict about what a page may do', async () => {
  for (const path of ['/', '/pad', '/documents', '/sw.js', '/host.json', '/nothing-here']) {
    const { headers } = await fetch(world.origin + path);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).toContain("script-src 'self'");
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).not.toMatch(/unsafe|\*|https?:/);
    expect(headers.get('referrer-policy'), path).toBe('no-referrer');
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('set-cookie'), path).toBeNull();
  }
});
