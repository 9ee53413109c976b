import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page, Response } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { newPad, openPad, padText, paste, sharedLinks, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { type Person, useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

/** Words that stand in no program and no page. */
const PLANTED = {
  title: 'Zwirbelkraut der Gezeiten',
  text: 'Quittenmarmelade für Ürdingen',
  pasted: 'Hühnerleiter-Verzeichnis',
  name: 'Wunibald Knurrhahn',
};

/** Every way the words could lie in bytes: UTF-8, UTF-16 in both orders, base64 at each of its three phases. */
function formsOf(words: string): Map<string, Buffer> {
  const utf8 = Buffer.from(words);
  const little = Buffer.from(words, 'utf16le');
  const forms = new Map([
    ['utf-8', utf8],
    ['latin-1', Buffer.from(words, 'latin1')],
    ['utf-16', little],
    ['utf-16, big end first', Buffer.from(little).swap16()],
    ['percent', Buffer.from(encodeURIComponent(words))],
    ['hex', Buffer.from(utf8.toString('hex'))],
  ]);
  for (let phase = 0; phase < 3; phase++) {
    const base64 = Buffer.concat([Buffer.alloc(phase), utf8]).toString('base64url');
    // Only the letters that are made of the words alone.
    forms.set(`base64, phase ${phase}`, Buffer.from(base64.slice(phase === 0 ? 0 : phase + 1, -2)));
  }
  return forms;
}

/** What was found where; empty is what we want. */
function found(secrets: Record<string, string>, haystack: Buffer, where: string): string[] {
  return Object.entries(secrets).flatMap(([name, words]) =>
    [...formsOf(words)].flatMap(([form, bytes]) =>
      haystack.includes(bytes) ? [`${name} as ${form} in ${where}`] : [],
    ),
  );
}

async function filesUnder(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file)] as const)));
}

/** The headers of every answer of the host. */
function watchAnswers(page: Page): Response[] {
  const answers: Response[] = [];
  page.on('response', (answer) => answers.push(answer));
  return answers;
}

async function takeName(page: Page, name: string): Promise<void> {
  await page.locator('.people .face-button').click();
  await page.getByRole('button', { name: 'Your name' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill(name);
  await page.keyboard.press('Enter');
}

/** Two people use all of a pad with the planted words, through every page; answers the secrets of its links. */
async function useEverything(ada: Person, ben: Person): Promise<Record<string, string>> {
  await ada.page.goto(world.origin);
  await newPad(ada.page, world.origin);
  const links = await sharedLinks(ada.page);
  await openPad(ben.page, links.edit);
  await takeName(ada.page, PLANTED.name);
  await ada.page.getByRole('textbox', { name: 'Title of the pad' }).fill(PLANTED.title);
  await typeAtEnd(ada.page, `${PLANTED.text}\n`);
  await paste(ada.page, `${PLANTED.pasted}\n`.repeat(20));
  await expect.poll(() => padText(ben.page), patience).toContain(PLANTED.pasted);
  await ben.page.locator(`.pad-caret[data-name="${PLANTED.name}"]`).waitFor();
  await untilPill(ada.page, 'saved');
  await ada.page.reload();
  await expect.poll(() => padText(ada.page), patience).toContain(PLANTED.text);
  await untilPill(ada.page, 'saved');
  await ben.page.goto(`${world.origin}/documents`);
  await ben.page.getByRole('link', { name: PLANTED.title }).waitFor();
  return Object.fromEntries(
    Object.entries(links).map(([name, link]) => [`link ${name}`, link.split('.').at(-1) ?? '']),
  );
}

describe('the host learns nothing', () => {
  test('no request, no frame, no file and no line of the log has a word or a secret in it', async () => {
    const [ada, ben] = await Promise.all([world.person(), world.person()]);
    const answers = [ada, ben].map(({ page }) => watchAnswers(page));
    const secrets = { ...PLANTED, ...(await useEverything(ada, ben)) };
    expect(Object.values(secrets).every((secret) => secret.length > 10)).toBe(true);

    const sent = [ada, ben].flatMap(({ watch }) => watch.sent);
    expect(sent.some((text) => text.endsWith('/relay'))).toBe(true);
    const leaks = sent.flatMap((text) => [
      ...found(secrets, Buffer.from(text, 'latin1'), text.slice(0, 80)),
      ...found(secrets, Buffer.from(text), text.slice(0, 80)),
    ]);
    expect(leaks).toEqual([]);
    expect([...ada.watch.errors, ...ben.watch.errors]).toEqual([]);
    await expectStrictHeaders(answers.flat());

    const whileOpen = await filesUnder(world.relay.data);
    await Promise.all([ada.context.close(), ben.context.close()]);
    await world.relay.down('SIGTERM');
    const afterwards = await filesUnder(world.relay.data);
    expect([...afterwards.values()].reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(1000);
    for (const files of [whileOpen, afterwards]) {
      for (const [file, bytes] of files) expect(found(secrets, bytes, file)).toEqual([]);
    }
    expect(world.relay.output).toContain('stopped');
    expect(found(secrets, Buffer.from(world.relay.output), 'the log')).toEqual([]);
    await world.relay.up();
  });

  test('the search itself finds words where they are', () => {
    for (const [form, bytes] of formsOf(PLANTED.text)) {
      expect(found({ text: PLANTED.text }, Buffer.concat([Buffer.from('xy'), bytes]), 'x')).toContain(
        `text as ${form} in x`,
      );
    }
    const lead = ['', 'a', 'ab'];
    for (const before of lead) {
      const base64 = Buffer.from(`${before}${PLANTED.text} and more`).toString('base64');
      expect(found({ text: PLANTED.text }, Buffer.from(base64), 'x')).toHaveLength(1);
    }
  });
});

async function expectStrictHeaders(answers: readonly Response[]): Promise<void> {
  expect(answers.length).toBeGreaterThan(20);
  for (const answer of answers) {
    const { pathname, protocol } = new URL(answer.url());
    if (protocol !== 'http:' || pathname === '/relay') continue;
    const headers = await answer.allHeaders();
    const policy = headers['content-security-policy'] ?? '';
    expect(policy, pathname).toContain("default-src 'none'");
    expect(policy, pathname).toContain("script-src 'self'");
    expect(policy, pathname).not.toMatch(/unsafe|\*|https?:/);
    expect(headers, pathname).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(headers['set-cookie'], pathname).toBeUndefined();
  }
}
