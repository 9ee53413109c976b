import { randomBytes } from 'node:crypto';
import { createClient } from '@archipel/client';
import { describe, expect, test } from 'vitest';
import {
  newPad,
  notice,
  openPad,
  padText,
  pill,
  sharedLinks,
  textOf,
  tool,
  typeAtEnd,
  untilPill,
  WAIT_MS,
} from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };
const LANGUAGES = ['en-GB', 'fr-FR'] as const;
type Language = (typeof LANGUAGES)[number];
const relayUrl = (): string => `${world.origin.replace('http', 'ws')}/relay`;
const SOON_S = 3;

/** A document made by a program, with words in it; its links. */
async function madeByProgram(expiry = 0): Promise<{ view: string; edit: string }> {
  const client = createClient();
  const document = await client.create({ relay: relayUrl(), expiry });
  document.ydoc.getText('title').insert(0, 'Made by a program');
  await document.flush();
  const { view, edit } = document.links();
  await client.close();
  return { view: `${world.origin}/pad#${view}`, edit: `${world.origin}/pad#${edit}` };
}

describe('a link to read', () => {
  test('shows changes as they are made, and changes nothing', async () => {
    const [ada, ben] = [await world.person(), await world.person({ locale: 'fr-FR' })];
    await newPad(ada.page, world.origin);
    await typeAtEnd(ada.page, 'first');
    const { view } = await sharedLinks(ada.page);
    await openPad(ben.page, view, 'readonly');
    await textOf(ben.page).getByText('first').waitFor();
    await typeAtEnd(ada.page, ' and second');
    await textOf(ben.page).getByText('first and second').waitFor();

    expect(await textOf(ben.page).getAttribute('contenteditable')).toBe('false');
    expect(await tool(ben.page, 'bold').count()).toBe(0);
    await textOf(ben.page).click();
    await ben.page.keyboard.type('not mine');
    await typeAtEnd(ada.page, ' and third');
    await textOf(ben.page).getByText('first and second and third').waitFor();
    expect(await padText(ada.page)).toBe('first and second and third');
    await ben.page.locator('.pad-share').click();
    await ben.page.locator('dialog[open] .link-field').waitFor();
    expect(await ben.page.locator('dialog[open] input[type=radio]').count()).toBe(1);
  });
});

describe.each(LANGUAGES)('what is wrong with a link is said (%s)', (locale: Language) => {
  const TITLES = {
    link_incomplete: { 'en-GB': 'This link is cut', 'fr-FR': 'Ce lien est coupé' },
    link_broken: { 'en-GB': 'This link does not work', 'fr-FR': 'Ce lien ne fonctionne pas' },
    version_newer: { 'en-GB': 'This page is too old', 'fr-FR': 'Cette page est trop ancienne' },
    not_found: { 'en-GB': 'No such document here', 'fr-FR': 'Pas de document ici' },
  };

  /** The last character stands for two bits that must be zero: another letter elsewhere keeps the form. */
  const otherLetter = (letter: string): string => (letter === 'A' ? 'B' : 'A');
  const cases: [string, keyof typeof TITLES, (link: string) => string][] = [
    ['cut', 'link_incomplete', (link) => link.slice(0, -9)],
    ['a character that no link has', 'link_broken', (link) => `${link.slice(0, -3)}*${link.slice(-2)}`],
    [
      'another secret',
      'link_broken',
      (link) => link.replace(/\.([^.]*)$/, (_, secret) => `.${otherLetter(secret[0])}${secret.slice(1)}`),
    ],
    ['another document', 'not_found', (link) => link.replace(/#1v\.(.)/, (_, first) => `#1v.${otherLetter(first)}`)],
    ['a later version', 'version_newer', (link) => link.replace('#1v', '#2v')],
  ];
  test.each(cases)('%s: %s', async (_name, code, spoil) => {
    const { view } = await madeByProgram();
    const { page } = await world.person({ locale });
    await page.goto(spoil(view));
    await page.locator(`.error-page[data-code="${code}"]`).waitFor({ timeout: WAIT_MS });
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(TITLES[code][locale]);
  });
});

describe('a document that is over', () => {
  test('expired: who comes is told, who is there keeps the text', async () => {
    const { edit } = await madeByProgram(Math.ceil(Date.now() / 1000) + SOON_S);
    const ada = await world.person();
    await openPad(ada.page, edit);
    await notice(ada.page, 'expired').waitFor({ timeout: WAIT_MS });
    const ben = await world.person({ locale: 'fr-FR' });
    await ben.page.goto(edit);
    await ben.page.getByRole('heading', { name: 'Ce document a expiré' }).waitFor();
    expect(await pill(ada.page)).toBe('problem');
  });

  test('deleted by its owner: everybody is told, and the copy in the browser can be taken along', async () => {
    const [ada, ben] = [await world.person(), await world.person({ locale: 'fr-FR' })];
    await newPad(ada.page, world.origin);
    await typeAtEnd(ada.page, 'soon gone');
    const { edit } = await sharedLinks(ada.page);
    await openPad(ben.page, edit);
    await textOf(ben.page).getByText('soon gone').waitFor();
    await ada.page.getByRole('button', { name: 'Menu' }).click();
    await ada.page.getByRole('button', { name: 'About this document' }).click();
    await ada.page.getByRole('button', { name: 'Delete this document' }).click();
    await ada.page.getByRole('button', { name: 'Delete it for everybody' }).click();
    await notice(ben.page, 'deleted').waitFor({ timeout: WAIT_MS });
    expect(await padText(ben.page)).toBe('soon gone');
    await expect(
      notice(ben.page, 'deleted')
        .getByRole('button', { name: /Copier/ })
        .count(),
    ).resolves.toBe(1);
    const cleo = await world.person();
    await cleo.page.goto(edit);
    await cleo.page.getByRole('heading', { name: 'This document was deleted' }).waitFor();
  });
});

describe('what the host does not take', () => {
  test('an insert over the limit is refused with a reason, kept here, and undone', async () => {
    const { page } = await world.person({ locale: 'fr-FR' });
    await newPad(page, world.origin);
    await typeAtEnd(page, 'before ');
    await untilPill(page, 'saved');
    // Letters by chance do not compress below the limit of 1 MiB.
    await page.keyboard.insertText(randomBytes(1_200_000).toString('base64'));
    await notice(page, 'record_too_large').waitFor({ timeout: WAIT_MS });
    expect(await pill(page)).toBe('problem');
    await expect(notice(page, 'record_too_large').innerText()).resolves.toContain('trop');
    expect((await padText(page)).length).toBeGreaterThan(1_200_000);
    await tool(page, 'undo').click();
    await untilPill(page, 'saved');
    expect(await padText(page)).toContain('before');
  });

  test('a full disk: nothing is called saved, and all arrives when there is room', async () => {
    const { page } = await world.person();
    await newPad(page, world.origin);
    await typeAtEnd(page, 'on disk');
    await untilPill(page, 'saved');
    const { view } = await sharedLinks(page);
    await world.relay.down();
    await world.relay.up({ limits: { storeMinFreeBytes: 2 ** 50 } });
    await typeAtEnd(page, ' and waiting');
    await notice(page, 'disk_full').waitFor({ timeout: 2 * WAIT_MS });
    expect(await pill(page)).toBe('problem');
    await world.relay.down();
    await world.relay.up();
    await page.locator('[data-state="saved"]').waitFor({ timeout: 4 * WAIT_MS });
    const ben = await world.person();
    await openPad(ben.page, view, 'readonly');
    await textOf(ben.page).getByText('on disk and waiting').waitFor();
  });

  test('a newer host asks for a newer page', async () => {
    const { page } = await world.person({ locale: 'fr-FR' });
    const { edit } = await madeByProgram();
    const WELCOME_OF_VERSION_2 = Buffer.concat([Buffer.from([0, 0x81, 40, 2]), randomBytes(39)]);
    await page.routeWebSocket(/\/relay$/, (socket) => socket.send(WELCOME_OF_VERSION_2));
    await page.goto(edit);
    await page.getByRole('heading', { name: 'Cette page est trop ancienne' }).waitFor();
  });
});

test('the messages of a reader cannot write, whatever a program sends', async () => {
  const [ada, ben] = [await world.person(), await world.person()];
  await newPad(ada.page, world.origin);
  await typeAtEnd(ada.page, 'mine');
  const { view } = await sharedLinks(ada.page);
  await openPad(ben.page, view, 'readonly');
  // Through the editor's own program, as an extension of a browser could.
  await textOf(ben.page).evaluate((element) => {
    const { editor } = element as HTMLElement & { editor: { commands: { insertContent(text: string): boolean } } };
    editor.commands.insertContent('forged');
  });
  await typeAtEnd(ada.page, ' still');
  await textOf(ben.page).getByText('mine still').waitFor();
  await expect.poll(() => padText(ada.page), patience).toBe('mine still');
});
