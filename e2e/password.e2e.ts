import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { closeSide, comment, marked } from './harness/commenting.ts';
import { newPad, openPad, padText, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { expectWords } from './harness/words.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };
const MAIN = join(import.meta.dirname, '../packages/cli/src/main.ts');
const PASSWORD = 'été à la plage 7';

const linkField = (page: Page) =>
  page.getByRole('dialog').getByLabel('Link to', { exact: false }).and(page.locator('.link-field'));

/** Opens the share dialog and waits for a link that needs this password, or the suggested one. */
async function lockedLink(
  page: Page,
  kind: 'read' | 'comment' | 'write',
  password?: string,
): Promise<{ link: string; password: string }> {
  await page.locator('.pad-share').click();
  await page.getByRole('radio', { name: new RegExp(`^Link to ${kind}`) }).check();
  const wish = page.getByRole('checkbox', { name: 'Protect this link with a password' });
  await wish.check();
  const field = page.getByRole('textbox', { name: 'Password of this link' });
  if (password !== undefined) await field.fill(password);
  await expect.poll(() => linkField(page).inputValue(), patience).toMatch(/#2[cev]\./);
  const made = { link: await linkField(page).inputValue(), password: await field.inputValue() };
  await page.keyboard.press('Escape');
  return made;
}

const passwordField = (page: Page) => page.getByRole('textbox', { name: 'Password' });

describe('a link with a password', () => {
  test('[LINK-7] asks before anything else, says at once that one is wrong, opens with the right one, and tells nobody', async () => {
    const owner = await world.person();
    await newPad(owner.page, world.origin);
    await typeAtEnd(owner.page, 'Only for those who know.');
    await untilPill(owner.page, 'saved');
    const { link } = await lockedLink(owner.page, 'write', PASSWORD);

    const reader = await world.person();
    const { sent } = reader.watch;
    const isDialled = (): boolean => sent.some((line) => line.startsWith('ws:'));
    await reader.page.goto(link);
    await reader.page.getByRole('heading', { name: 'This link needs a password' }).waitFor();
    await expect
      .poll(() => passwordField(reader.page).evaluate((field) => field === document.activeElement))
      .toBe(true);
    await reader.page.keyboard.type('ete a la plage 7');
    await reader.page.keyboard.press('Enter');
    await reader.page.getByRole('status').getByText('That is not the password of this link').waitFor();
    expect(await passwordField(reader.page).getAttribute('aria-invalid')).toBe('true');
    expect(isDialled()).toBe(false);
    // The wrong one is selected: typing takes its place. Accents as another keyboard makes them, and space from a copy.
    await reader.page.keyboard.insertText(` ${PASSWORD.normalize('NFD')} `);
    await reader.page.keyboard.press('Enter');
    await untilPill(reader.page, 'saved');
    expect(await padText(reader.page)).toBe('Only for those who know.');
    await typeAtEnd(reader.page, ' And for me.');
    await expect.poll(() => padText(owner.page), patience).toBe('Only for those who know. And for me.');
    expect(isDialled()).toBe(true);
    expect(reader.watch.errors).toEqual([]);
    const secret = link.split('.').at(-1) as string;
    for (const line of sent) for (const hidden of ['plage', secret]) expect(line).not.toContain(hidden);
  });

  test('is remembered as it is, asks again after a reload, and whoever came by it hands on one that asks', async () => {
    const owner = await world.person();
    await newPad(owner.page, world.origin);
    await typeAtEnd(owner.page, 'Kept');
    await untilPill(owner.page, 'saved');
    const { link, password } = await lockedLink(owner.page, 'read');
    expect(password).toMatch(/^[a-z0-9]{4}(-[a-z0-9]{4}){3}$/);
    const reader = await world.person();
    await reader.page.goto(link);
    await passwordField(reader.page).fill(password);
    await reader.page.getByRole('button', { name: 'Open' }).click();
    await untilPill(reader.page, 'readonly');
    await reader.page.locator('.pad-share').click();
    expect(await reader.page.getByRole('textbox', { name: 'Password of this link' }).inputValue()).toBe(password);
    await expect.poll(() => linkField(reader.page).inputValue(), patience).toMatch(/#2v\./);
    const handedOn = await linkField(reader.page).inputValue();
    await reader.page.keyboard.press('Escape');
    await reader.page.goto(`${world.origin}/documents`);
    await reader.page.getByText('asks for its password').waitFor();
    expect(await reader.page.locator('.document-title').getAttribute('href')).toBe(link);
    await reader.page.locator('.document-title').click();
    await passwordField(reader.page).waitFor();
    await reader.page.reload();
    await passwordField(reader.page).waitFor();

    const third = await world.person();
    await third.page.goto(handedOn);
    await passwordField(third.page).fill(password);
    await third.page.keyboard.press('Enter');
    await untilPill(third.page, 'readonly');
    // The same links without a password go on working.
    const fourth = await world.person();
    await owner.page.locator('.pad-share').click();
    await owner.page.getByRole('checkbox', { name: 'Protect this link with a password' }).uncheck();
    await openPad(fourth.page, await linkField(owner.page).inputValue(), 'readonly');
  });

  test('that was cut on the way is told before a password is asked for', async () => {
    const owner = await world.person();
    await newPad(owner.page, world.origin);
    const { link } = await lockedLink(owner.page, 'read');
    const { page } = await world.person();
    await page.goto(link.slice(0, -2));
    await page.locator('.error-page[data-code="link_incomplete"]').waitFor({ timeout: WAIT_MS });
  });
});

describe('a link to comment with a password', () => {
  test('[LINK-7, RMK-1] asks for it, lets who knows it comment beside a text that stays as it is, and is kept and handed on as it came', async () => {
    const [ada, ben] = [await world.named('Ada'), await world.named('Ben', { locale: 'fr-FR' })];
    await newPad(ada.page, world.origin);
    await typeAtEnd(ada.page, 'Apples and pears');
    await untilPill(ada.page, 'saved');
    const { link } = await lockedLink(ada.page, 'comment', PASSWORD);
    expect(link).toContain('#2c.');

    const asked = ben.page.locator('.password-page input').first();
    await ben.page.goto(link);
    await asked.fill('ete a la plage 7');
    await ben.page.keyboard.press('Enter');
    await ben.page.locator('.note-bad').waitFor({ timeout: WAIT_MS });
    expect(ben.watch.sent.some((line) => line.startsWith('ws:'))).toBe(false);
    await asked.fill(PASSWORD);
    await ben.page.keyboard.press('Enter');
    await untilPill(ben.page, 'saved');
    await expect.poll(() => padText(ben.page), patience).toBe('Apples and pears');
    await comment(ben.page, 'pears', 'Lesquelles ?');
    await expect.poll(() => marked(ada.page), patience).toBe('pears');
    await ada.page.locator('.pad-commented').first().click();
    await ada.page.locator('.said', { hasText: 'Lesquelles ?' }).waitFor({ timeout: WAIT_MS });
    expect(await ada.page.locator('.said-who strong').allTextContents()).toEqual(['Ben']);
    await closeSide(ben.page);
    await ben.page.locator('#pad-text').click();
    await ben.page.keyboard.type('never');
    expect(await padText(ada.page)).toBe('Apples and pears');

    // What it hands on asks for the same password.
    await ben.page.locator('.pad-share').click();
    await ben.page.getByRole('radio', { name: /^Lien pour commenter/ }).check();
    const field = ben.page.getByRole('textbox', { name: 'Lien pour commenter' });
    await expect.poll(() => field.inputValue(), patience).toMatch(/#2c\./);
    const handedOn = await field.inputValue();
    await ben.page.keyboard.press('Escape');

    // It is asked for again after a reload, and what one began is still one's own.
    await ben.page.reload();
    await asked.fill(PASSWORD);
    await ben.page.keyboard.press('Enter');
    await untilPill(ben.page, 'saved');
    await expect.poll(() => marked(ben.page), patience).toBe('pears');
    await ben.page.locator('.pad-commented').first().click();
    await ben.page.getByRole('button', { name: 'C’est réglé' }).click();
    await expect.poll(() => marked(ada.page), patience).toBe('');
    await ben.page.goto(`${world.origin}/documents`);
    const line = ben.page.locator('.document');
    await line.getByText('vous pouvez commenter').waitFor({ timeout: WAIT_MS });
    await line.getByText('demande son mot de passe').waitFor();
    expect(await line.locator('.document-title').getAttribute('href')).toBe(link);

    const zoe = await world.person({ locale: 'fr-FR' });
    await zoe.page.goto(handedOn);
    await zoe.page.locator('.password-page input').first().fill(PASSWORD);
    await zoe.page.keyboard.press('Enter');
    await untilPill(zoe.page, 'saved');
    await zoe.page.locator('.pad-comment-bar').waitFor({ timeout: WAIT_MS });
    for (const { watch } of [ben, zoe]) {
      expect(watch.errors).toEqual([]);
      for (const hidden of ['plage', link.split('.').at(-1) as string])
        expect(watch.sent.filter((sent) => sent.includes(hidden))).toEqual([]);
    }
  });
});

describe('a drop with a password', () => {
  test('[LINK-7] is sent from the terminal, and taken in a browser by who knows it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'archipel-e2e-drop-'));
    const path = join(folder, 'plan.txt');
    await writeFile(path, 'For two.');
    const environment = { ...process.env, ARCHIPEL_PASSWORD: PASSWORD, XDG_STATE_HOME: folder };
    const put = [MAIN, 'put', path, '--host', world.origin, '--password'];
    const { stdout } = await promisify(execFile)(process.execPath, put, { env: environment });
    await rm(folder, { recursive: true });
    const link = /http\S*#2v\S*/.exec(stdout)?.[0] ?? '';
    const { page, watch } = await world.person();
    await page.goto(link);
    await passwordField(page).fill('plage');
    await page.keyboard.press('Enter');
    await page.getByText('That is not the password of this link').waitFor({ timeout: WAIT_MS });
    expect(watch.sent.filter((line) => line.includes('/blob/'))).toEqual([]);
    await passwordField(page).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('.take-name', { hasText: 'plan.txt' }).waitFor({ timeout: WAIT_MS });
    await page.getByRole('button', { name: 'Report this to the host' }).waitFor();
    await page.goto(`${world.origin}/documents`);
    await page.getByText('asks for its password').waitFor({ timeout: WAIT_MS });
    expect(await page.locator('.document-title').getAttribute('href')).toBe(link);
  });
});

describe('the page that asks, and the choice of a password', () => {
  test('are sound on a phone and a desk, in a language and a theme each', async () => {
    const owner = await world.person();
    await newPad(owner.page, world.origin);
    const { link } = await lockedLink(owner.page, 'read', 'court');
    for (const [size, language, theme] of [
      [PHONE, 'fr', 'light'],
      [DESK, 'en', 'dark'],
    ] as const) {
      const look = { ...size, language, theme };
      const options = { viewport: size, locale: language, colorScheme: theme };
      const { page } = await world.person(options);
      await page.goto(link);
      const field = page.locator('.password-page input').first();
      await field.fill('no');
      await page.keyboard.press('Enter');
      await page.locator('.note-bad').waitFor({ timeout: WAIT_MS });
      await expectSound(page, 'password', look);
      await field.fill('court');
      await page.keyboard.press('Enter');
      await untilPill(page, 'readonly');
      await page.locator('.pad-share').click();
      await page.locator('.qr').waitFor({ timeout: WAIT_MS });
      await expectSound(page, 'password-share', look);
    }
    const { page } = await world.person();
    await page.goto(link);
    await expectWords(page, '.password-page', ['password.title', 'password.about', 'password.stays']);
  });
});
