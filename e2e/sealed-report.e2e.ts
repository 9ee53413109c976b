import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { encodeBase64url } from '@archipel/protocol';
import { nobleHpke } from '@archipel/protocol/secret';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { newPad, openPad, sharedLinks, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { useWorld } from './harness/world.ts';

const MAIN = join(import.meta.dirname, '../packages/cli/src/main.ts');
const run = promisify(execFile);
const state = mkdtempSync(join(tmpdir(), 'archipel-e2e-key-'));
afterAll(() => rmSync(state, { recursive: true, force: true }));

/** As `archipel reports --make-key` makes it, before the host starts. */
const seed = crypto.getRandomValues(new Uint8Array(32));
const { publicKey } = await (await nobleHpke()).openingKey(seed);
mkdirSync(join(state, 'archipel'));
writeFileSync(join(state, 'archipel', 'reports.key'), encodeBase64url(seed), { mode: 0o600 });
const world = useWorld({
  reportsKey: encodeBase64url(publicKey),
  limits: { reportsBurstPerPrefix: 100 },
  contact: 'people@example.org',
});

async function archipel(...args: string[]): Promise<string> {
  const env = { ...process.env, ARCHIPEL_DATA: world.relay.data, XDG_STATE_HOME: state };
  return (await run(process.execPath, [MAIN, ...args], { env })).stdout;
}

function bytesOnDisk(): Buffer {
  const files = readdirSync(world.relay.data, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Buffer.concat(files.map((entry) => readFileSync(join(entry.parentPath, entry.name))));
}

const LOOKS = [
  { ...PHONE, language: 'fr', theme: 'light' },
  { ...DESK, language: 'en', theme: 'dark' },
] as const;
const PAGE_LOOKS = [
  ...LOOKS,
  { ...PHONE, language: 'en', theme: 'dark' },
  { ...DESK, language: 'fr', theme: 'light' },
] as const;

test('[REP-4] what somebody writes to the people of a host is sealed for them: not in what is sent, and not on the disk', async () => {
  const owner = await world.person();
  await newPad(owner.page, world.origin);
  const { view } = await sharedLinks(owner.page);
  await typeAtEnd(owner.page, 'Give me your bank card.');
  await untilPill(owner.page, 'saved');
  const secret = view.split('.')[2] ?? '';
  for (const [i, look] of LOOKS.entries()) {
    const { width, height, language, theme } = look;
    const isFrench = language === 'fr';
    const locale = isFrench ? 'fr-FR' : 'en-GB';
    const reader = await world.person({ viewport: { width, height }, locale, colorScheme: theme });
    await openPad(reader.page, view, 'readonly');
    await reader.page.locator('.app-actions .menu > .icon-button').click();
    const menu = isFrench ? 'Signaler à l’hébergeur' : 'Report this to the host';
    await reader.page.getByRole('button', { name: menu }).click();
    const dialog = reader.page.getByRole('dialog');
    await dialog.locator('select').selectOption('fraud');
    await dialog
      .getByText(isFrench ? 'Votre signalement est scellé' : 'Your report is sealed')
      .waitFor({ timeout: WAIT_MS });
    await dialog.locator('textarea').fill('The words of a witness.');
    await dialog.locator('input[name="contact"]').fill('witness@example.org');
    await dialog.getByRole('checkbox').setChecked(true);
    await expectSound(reader.page, 'sealed-report', look);
    await dialog.getByRole('button', { name: isFrench ? 'Envoyer' : 'Send' }).click();
    await dialog.getByText(isFrench ? 'ont votre signalement' : 'have your report').waitFor({ timeout: WAIT_MS });
    expect(reader.watch.sent.some((line) => line.includes('witness') || line.includes(secret))).toBe(false);
    const shown = await archipel('reports', String(i + 1));
    for (const words of ['The words of a witness.', 'witness@example.org', view]) expect(shown).toContain(words);
  }
  const disk = bytesOnDisk();
  for (const words of ['witness', secret]) expect(disk.includes(words)).toBe(false);
});

test('[REP-4, PAGE-9] who reads a published page comes by its foot to the page that seals a report of it', async () => {
  const owner = await world.person();
  await newPad(owner.page, world.origin);
  await typeAtEnd(owner.page, 'Give me your bank card.');
  await untilPill(owner.page, 'saved');
  const address = await publish(owner.page);
  const known = Number((await archipel('reports')).match(/^\s*\d+ {2}/gm)?.length ?? 0);
  for (const [i, look] of PAGE_LOOKS.entries()) {
    const { width, height, language, theme } = look;
    const isFrench = language === 'fr';
    const locale = isFrench ? 'fr-FR' : 'en-GB';
    const reader = await world.person({ viewport: { width, height }, locale, colorScheme: theme });
    // As it is served, in its sandbox; by the keyboard, too.
    await reader.page.goto(address);
    await reader.page.locator('footer a[href^="/report-page"]').focus();
    await reader.page.keyboard.press('Enter');
    await reader.page.getByRole('link', { name: address }).waitFor({ timeout: WAIT_MS });
    const sealed = isFrench ? 'Votre signalement est scellé' : 'Your report is sealed';
    await reader.page.getByText(sealed).waitFor({ timeout: WAIT_MS });
    await reader.page.getByRole('link', { name: 'people@example.org' }).waitFor({ timeout: WAIT_MS });
    await expectSound(reader.page, 'report-page', look);
    await reader.page.locator('.report select').selectOption('fraud');
    await reader.page.locator('textarea').fill('The page of a swindler.');
    await reader.page.locator('input[name="contact"]').fill('reader@example.org');
    await reader.page.getByRole('button', { name: isFrench ? 'Envoyer' : 'Send' }).click();
    const thanks = isFrench ? 'ont votre signalement' : 'have your report';
    await reader.page.getByText(thanks).waitFor({ timeout: WAIT_MS });
    await expectSound(reader.page, 'report-page-sent', look);
    expect(reader.watch.sent.some((line) => /swindler|reader@/.test(line))).toBe(false);
    // A host that tells other hosts nothing has no manifest in which its key could stand.
    expect(reader.watch.errors.filter((error) => !/status of 404/.test(error))).toEqual([]);
    const shown = await archipel('reports', String(known + i + 1));
    for (const words of ['The page of a swindler.', 'reader@example.org', address.split('/p/')[1] ?? '-'])
      expect(shown).toContain(words);
  }
  const disk = bytesOnDisk();
  for (const words of ['swindler', 'reader@']) expect(disk.includes(words)).toBe(false);
}, 240_000);

test('[REP-4] without JavaScript the page and the one that would seal a report say how to reach the people of the host', async () => {
  const owner = await world.person();
  await newPad(owner.page, world.origin);
  await typeAtEnd(owner.page, 'Anything');
  await untilPill(owner.page, 'saved');
  const address = await publish(owner.page);
  const { page, watch } = await world.person({ javaScriptEnabled: false, viewport: PHONE });
  await page.goto(address);
  await page.getByText('The people of this host: people@example.org').waitFor();
  await page.getByRole('link', { name: 'Report this page' }).click();
  const without = page.locator('noscript p[lang="en"]');
  await without.waitFor({ timeout: WAIT_MS });
  expect(await without.textContent()).toContain('write to the people of this host');
  expect(await page.locator('form').count()).toBe(0);
  expect(watch.errors).toEqual([]);
});

/** Gives the address. */
async function publish(page: Page): Promise<string> {
  await page.locator('.app-actions .menu > .icon-button').click();
  await page.getByRole('button', { name: 'Publish as a page…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Publish as a page' });
  await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
  await dialog.getByText('Published: everybody can read it').waitFor({ timeout: WAIT_MS });
  return dialog.locator('.link-field').inputValue();
}
