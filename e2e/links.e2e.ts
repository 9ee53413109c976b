import { createClient } from '@archipel/client';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { newerRelay } from './harness/newer-relay.ts';
import {
  newPad,
  notice,
  openPad,
  padText,
  paste,
  sharedLinks,
  textOf,
  typeAtEnd,
  untilPill,
  WAIT_MS,
} from './harness/pad.ts';
import { expectWords, type Key } from './harness/words.ts';
import { type Person, useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };
const MIB = 1024 * 1024;

/** The link leads to the page for this error. */
async function expectError(page: Page, link: string, code: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(link);
  await page.locator(`.error-page[data-code="${code}"]`).waitFor({ timeout: WAIT_MS });
}

/** The page that stands where a document cannot be shown, in both languages. */
async function expectErrorPage(page: Page, link: string, code: string, isSafe = false): Promise<void> {
  await expectError(page, link, code);
  const parts = ['title', 'what', 'do', ...(isSafe ? ['safe'] : [])];
  await expectWords(
    page,
    '.error-page',
    parts.map((part) => `error.${code}.${part}` as Key),
  );
}

/** The banner over a text that is still there, in both languages. */
async function expectNotice(page: Page, code: string): Promise<void> {
  await notice(page, code).waitFor({ timeout: WAIT_MS });
  await expectWords(page, `[data-notice="${code}"]`, [
    `pad.notice.${code}.title` as Key,
    `pad.notice.${code}.text` as Key,
  ]);
}

/** A pad with words in it, and the links to it. */
async function padWith(words: string): Promise<Person & { links: { view: string; edit: string; own: string } }> {
  const owner = await world.person();
  await newPad(owner.page, world.origin);
  const links = await sharedLinks(owner.page);
  await typeAtEnd(owner.page, words);
  await untilPill(owner.page, 'saved');
  return { ...owner, links };
}

async function expectNoWriting(page: Page): Promise<void> {
  expect(await textOf(page).getAttribute('contenteditable')).toBe('false');
  expect(await page.getByRole('toolbar').count()).toBe(0);
  const before = await padText(page);
  await textOf(page).click();
  await page.keyboard.type('must not appear');
  await page.keyboard.press('Delete');
  expect(await padText(page)).toBe(before);
}

describe('a link to read', () => {
  test('shows changes as they are made and lets nobody write', async () => {
    const owner = await padWith('For all to read.');
    const reader = await world.person();
    await openPad(reader.page, owner.links.view, 'readonly');
    expect(await padText(reader.page)).toBe('For all to read.');
    await expectNoWriting(reader.page);
    expect(await reader.page.getByRole('textbox').count()).toBe(0);
    await typeAtEnd(owner.page, ' And more.');
    await expect.poll(() => padText(reader.page), patience).toBe('For all to read. And more.');
    expect(await padText(owner.page)).toBe('For all to read. And more.');
    await reader.page.getByRole('button', { name: 'Share' }).click();
    const dialog = reader.page.getByRole('dialog', { name: 'Share' });
    expect(await dialog.locator('.link-field').inputValue()).toBe(owner.links.view);
    expect(await dialog.getByRole('radio').count()).toBe(1);
  });
});

describe('a link that does not open', () => {
  test('cut, misspelt, of a newer kind, with the key of another document: each says what is wrong', async () => {
    const owner = await padWith('Behind the link');
    const other = await padWith('Another one');
    const { edit } = owner.links;
    const { page } = await world.person();
    await expectErrorPage(page, edit.slice(0, -5), 'link_incomplete', true);
    await expectError(page, edit.slice(0, edit.lastIndexOf('.')), 'link_incomplete');
    await expectError(page, `${world.origin}/pad`, 'link_incomplete');
    const last = edit.at(-3) === 'A' ? 'B' : 'A';
    await expectErrorPage(page, `${edit.slice(0, -3)}${last}${edit.slice(-2)}`, 'link_broken', true);
    await expectError(page, `${edit.slice(0, -3)}!${edit.slice(-2)}`, 'link_broken');
    await expectErrorPage(page, edit.replace('#1e.', '#3e.'), 'version_newer', true);
    const [kind, docId] = edit.split('.');
    const secret = other.links.edit.split('.').at(-1);
    await expectError(page, [kind, docId, secret].join('.'), 'link_broken');
    await openPad(page, edit);
    expect(await padText(page)).toBe('Behind the link');
  });

  test('to a document this host does not have', async () => {
    const owner = await padWith('Behind the link');
    const client = createClient();
    const elsewhere = await client.create({ relay: 'ws://localhost:9/relay' });
    const { page } = await world.person();
    await expectErrorPage(page, `${world.origin}/pad#${elsewhere.links().view}`, 'not_found');
    await client.close();
    expect(await padText(owner.page)).toBe('Behind the link');
  });
});

describe('a document that is over', () => {
  test('expired: who is there keeps the text before their eyes, who comes later reads why', async () => {
    const client = createClient();
    const document = await client.create({ relay: `ws://localhost:${world.relay.port}/relay` });
    await document.flush();
    const { edit = '' } = document.links();
    const link = `${world.origin}/pad#${edit}`;
    const ada = await world.person();
    await openPad(ada.page, link);
    await typeAtEnd(ada.page, 'Short-lived');
    await untilPill(ada.page, 'saved');
    expect(await document.setExpiry(Math.ceil(Date.now() / 1000) + 1)).toEqual({ ok: true, value: undefined });
    await expectNotice(ada.page, 'expired');
    expect(await padText(ada.page)).toBe('Short-lived');
    await expectNoWriting(ada.page);
    const ben = await world.person();
    await expectErrorPage(ben.page, link, 'expired');
    await client.close();
  });

  test('deleted by its owner while others are there, and afterwards', async () => {
    const owner = await padWith('To be deleted');
    const ben = await world.person();
    await openPad(ben.page, owner.links.edit);
    await owner.page.getByRole('button', { name: 'Menu' }).click();
    await owner.page.getByRole('button', { name: 'About this document' }).click();
    await owner.page.getByRole('button', { name: 'Delete this document' }).click();
    await owner.page.getByRole('button', { name: 'Delete it for everybody' }).click();
    await expectNotice(ben.page, 'deleted');
    expect(await padText(ben.page)).toBe('To be deleted');
    await expectNoWriting(ben.page);
    const cleo = await world.person();
    await expectErrorPage(cleo.page, owner.links.edit, 'deleted');
    await cleo.page.goto(`${world.origin}/documents`);
    await cleo.page.getByRole('heading', { name: 'No document yet' }).waitFor();
    await owner.page.goto(`${world.origin}/documents`);
    await owner.page.getByRole('heading', { name: 'No document yet' }).waitFor();
  });
});

describe('a host that does not take it', () => {
  test('too much in one go: said, undone, and the rest goes on', async () => {
    const owner = await padWith('Small');
    const ben = await world.person();
    await openPad(ben.page, owner.links.edit);
    await paste(owner.page, noise(1.6 * MIB));
    await expectNotice(owner.page, 'record_too_large');
    await untilPill(owner.page, 'problem');
    expect(await padText(ben.page)).toBe('Small');
    await textOf(owner.page).focus();
    await owner.page.keyboard.press('Control+z');
    await untilPill(owner.page, 'saved');
    await expect.poll(() => notice(owner.page, 'record_too_large').count(), patience).toBe(0);
    await typeAtEnd(owner.page, ' is beautiful');
    await expect.poll(() => padText(ben.page), patience).toBe('Small is beautiful');
  });

  test('a full disk: said at once, kept here, sent when there is room again', async () => {
    const owner = await padWith('Before the disk was full.');
    await world.relay.down();
    await world.relay.up({ limits: { storeMaxBytes: 1 } });
    await untilPill(owner.page, 'saved');
    await typeAtEnd(owner.page, '\n');
    await paste(owner.page, noise(64 * 1024));
    await typeAtEnd(owner.page, '\nThe last words.');
    await expectNotice(owner.page, 'disk_full');
    await untilPill(owner.page, 'problem');
    const text = await padText(owner.page);
    await owner.page.reload();
    await expect.poll(() => padText(owner.page), patience).toBe(text);
    await notice(owner.page, 'disk_full').waitFor();
    await world.relay.down();
    await world.relay.up();
    await untilPill(owner.page, 'saved');
    const ben = await world.person();
    await openPad(ben.page, owner.links.edit);
    expect(await padText(ben.page)).toBe(text);
  });

  test('a host of a newer version: a page for who comes, a banner for who is there, the text kept', async () => {
    const newer = await newerRelay(world.origin);
    try {
      const ada = await world.person({}, newer.origin);
      await newPad(ada.page, newer.origin);
      const { edit } = await sharedLinks(ada.page);
      await typeAtEnd(ada.page, 'Of the old days.');
      await untilPill(ada.page, 'saved');
      newer.upgrade();
      await expectNotice(ada.page, 'version_newer');
      expect(await padText(ada.page)).toBe('Of the old days.');
      await expectNoWriting(ada.page);
      const ben = await world.person({}, newer.origin);
      await expectErrorPage(ben.page, edit, 'version_newer', true);
    } finally {
      await newer.close();
    }
  });
});

/** Lines that no compression makes smaller than three quarters. */
function noise(bytes: number): string {
  const lines: string[] = [];
  for (let size = 0; size < bytes; size += 1000) {
    lines.push(Buffer.from(crypto.getRandomValues(new Uint8Array(750))).toString('base64'));
  }
  return lines.join('\n');
}
