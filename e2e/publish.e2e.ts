import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { caretIn, newPad, notice, sharedLinks, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, type Look, PHONE } from './harness/screens.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };
const LONG_MS = 240_000;
/** Within it people are told that a host does not answer. */
const SOON_MS = 10_000;
const MAIN = join(import.meta.dirname, '../packages/cli/src/main.ts');
const run = promisify(execFile);
const LOOKS: Look[] = [
  { ...PHONE, language: 'fr', theme: 'dark' },
  { ...DESK, language: 'fr', theme: 'light' },
  { ...PHONE, language: 'en', theme: 'light' },
  { ...DESK, language: 'en', theme: 'dark' },
];
/** A picture that a browser of today draws, made by itself. */
const PICTURE = () => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [1400, 700];
  const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
  pen.fillStyle = '#0b686e';
  pen.fillRect(0, 0, 1400, 700);
  pen.fillStyle = '#f6dfa9';
  pen.arc(1050, 350, 250, 0, 7);
  pen.fill();
  return canvas.toDataURL('image/png').split(',')[1] ?? '';
};

async function openDialog(page: Page, item: string, title: string) {
  await page.locator('.app-actions .menu > .icon-button').click();
  await page.getByRole('button', { name: item }).click();
  const dialog = page.getByRole('dialog', { name: title });
  await dialog.locator('form').waitFor({ timeout: WAIT_MS });
  return dialog;
}

const open = (page: Page) => openDialog(page, 'Publish as a page…', 'Publish as a page');

/** What people's caches would hold for a minute is asked for anew. */
async function got(address: string): Promise<{ status: number; html: string }> {
  const answer = await fetch(address, { cache: 'no-store' });
  return { status: answer.status, html: await answer.text() };
}

async function paste(page: Page, html: string): Promise<void> {
  await page.locator('#pad-text .tiptap').evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/html', pasted);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, html);
}

const TEXT = [
  '<h1>Le programme</h1><p>Venez <strong>toutes et tous</strong>, dès <a href="https://example.org/plan">dix heures</a>.</p>',
  '<ul><li>une table</li><li>des chaises</li></ul>',
  '<table><tr><th>Heure</th><th>Quoi</th><th>Où</th><th>Qui</th><th>Prix</th></tr><tr><td>10 h</td><td>Ouverture</td><td>Place du marché</td><td>Le comité</td><td>0 €</td></tr></table>',
  '<blockquote><p>Une fête, c’est un voisin de plus.</p></blockquote><pre><code>rendezvous --place</code></pre>',
].join('');

describe('a pad as a page', () => {
  test(
    '[PAGE-2, PAGE-4, PAGE-9] is published, looked at by a stranger without JavaScript, updated and taken back',
    async () => {
      const owner = await world.person();
      const { page } = owner;
      await newPad(page, world.origin);
      await page.getByRole('textbox', { name: 'Title' }).fill('Fête du quartier');
      await typeAtEnd(page, 'Alors $$\\frac{a}{2}$$ \nSamedi 12 juin.\n');
      await paste(page, TEXT);
      const picture = Buffer.from(await page.evaluate(PICTURE), 'base64');
      await page
        .locator('[data-testid="pad-picture"]')
        .setInputFiles({ name: 'affiche.png', mimeType: 'image/png', buffer: picture });
      await page.locator('.pad-picture img').waitFor({ timeout: WAIT_MS });
      const describing = page.getByRole('dialog', { name: 'Picture' });
      await describing.getByRole('textbox').fill('Une affiche');
      await describing.getByRole('button', { name: 'Apply' }).click();
      await describing.waitFor({ state: 'hidden' });
      await untilPill(page, 'saved');

      const dialog = await open(page);
      await dialog.getByText('Everybody can read a published page').waitFor();
      await dialog.getByLabel('In one sentence').fill('Samedi 12 juin, place du marché.');
      await dialog.getByLabel('Who wrote it').fill('Le comité des fêtes');
      await dialog.getByLabel('Language of the text').selectOption('fr');
      await dialog.getByRole('radio', { name: 'CC BY-SA 4.0' }).check();
      await dialog.getByRole('button', { name: 'See it before' }).click();
      await dialog.locator('.publish-preview').getByRole('heading', { name: 'Fête du quartier' }).waitFor();
      await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
      await dialog.getByText('Published: everybody can read it').waitFor({ timeout: WAIT_MS });
      const address = await dialog.locator('.link-field').inputValue();
      expect(address).toMatch(new RegExp(`^${world.origin}/p/[\\w-]{27}$`));
      const { view } = await closed(page).then(() => sharedLinks(page));
      expect(address).not.toContain(view.split('.')[1] ?? 'no docId');

      const { html } = await got(address);
      for (const part of [
        '<html lang="fr">',
        '<h1>Fête du quartier</h1>',
        '>Le programme</h2>',
        'Le comité des fêtes',
        '<mfrac>',
        '<link rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/deed.fr">',
        'Signaler cette page',
      ])
        expect(html).toContain(part);
      expect(html).not.toMatch(/<script|javascript:|<[^>]* on\w+=/i);
      const stranger = await world.person({ javaScriptEnabled: false, viewport: PHONE, locale: 'fr-FR' });
      await stranger.page.goto(address);
      const image = stranger.page.locator('main img');
      await image.scrollIntoViewIfNeeded();
      await expect.poll(() => image.evaluate((drawn: HTMLImageElement) => drawn.naturalWidth), patience).toBe(1400);
      expect(stranger.watch.errors).toEqual([]);
      for (const look of LOOKS) {
        await expectSoundPage(address, 'page', look);
      }

      await notice(page, 'published').getByText('everybody can read it').waitFor({ timeout: WAIT_MS });
      await caretIn(page, 'Samedi 12 juin.');
      await page.keyboard.type(' Et des crêpes.');
      await notice(page, 'published').getByText('The pad says something else by now').waitFor({ timeout: WAIT_MS });
      const again = await open(page);
      await again.getByText('The pad says something else by now').waitFor({ timeout: WAIT_MS });
      await again.getByRole('button', { name: 'Update the page' }).click();
      await again.getByText('The page is up to date.').waitFor({ timeout: WAIT_MS });
      expect((await got(address)).html).toContain('Et des crêpes.');
      await again.getByText('It says what the pad says.').waitFor({ timeout: WAIT_MS });
      await again.getByRole('button', { name: 'Take it back' }).click();
      await again.getByText('Taken back').waitFor({ timeout: WAIT_MS });
      expect(await got(address)).toMatchObject({
        status: 410,
        html: expect.stringContaining('Cette page n’est plus publiée'),
      });
      await notice(page, 'published').waitFor({ state: 'detached', timeout: WAIT_MS });
      // What is signed needs a number that the host gives with a first refusal.
      expect(owner.watch.errors.filter((error) => !error.includes('401'))).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'has a dialog that holds at every size and in both languages, for its owner alone, and remembers what it was told',
    async () => {
      const words = {
        en: {
          menu: 'Publish as a page…',
          title: 'Publish as a page',
          publish: 'Publish',
          see: 'See it before',
          done: 'Published:',
        },
        fr: {
          menu: 'Publier comme page…',
          title: 'Publier comme page',
          publish: 'Publier',
          see: 'La voir avant',
          done: 'Publiée',
        },
      };
      for (const look of LOOKS) {
        const { width, height, language, theme } = look;
        const { menu, title, publish, see, done } = words[language];
        const viewport = { width, height };
        const { page } = await world.person({ viewport, locale: language, colorScheme: theme });
        await newPad(page, world.origin);
        await typeAtEnd(page, 'Bonjour à toutes et à tous');
        await untilPill(page, 'saved');
        const dialog = await openDialog(page, menu, title);
        await expectSound(page, 'publish', look);
        await dialog.getByRole('button', { name: see }).click();
        await dialog.locator('.publish-preview main').waitFor({ timeout: WAIT_MS });
        await expectSound(page, 'publish-preview', look);
        await dialog.getByRole('button', { name: publish, exact: true }).click();
        await dialog.locator('.publish-said').getByText(done).waitFor({ timeout: WAIT_MS });
        await dialog.locator('.publish-at').scrollIntoViewIfNeeded();
        await expectSound(page, 'publish-done', look);
        await closed(page);
        await notice(page, 'published').waitFor({ timeout: WAIT_MS });
        await expectSound(page, 'published', look);
        const { edit } = await sharedLinks(page);
        const writer = await world.person({ locale: language });
        await writer.page.goto(edit);
        await untilPill(writer.page, 'saved');
        await writer.page.locator('.app-actions .menu > .icon-button').click();
        expect(await writer.page.getByRole('button', { name: menu }).count()).toBe(0);
        expect(await notice(writer.page, 'published').count()).toBe(0);
      }
    },
    LONG_MS,
  );

  test(
    'says soon that the host does not answer, tries it on, and waits no longer than the owner wants',
    async () => {
      const words = {
        en: {
          menu: 'Publish as a page…',
          title: 'Publish as a page',
          publish: 'Publish',
          stop: 'Stop waiting',
          done: 'Published:',
        },
        fr: {
          menu: 'Publier comme page…',
          title: 'Publier comme page',
          publish: 'Publier',
          stop: 'Ne plus attendre',
          done: 'Publiée',
        },
      };
      for (const look of [LOOKS[0], LOOKS[3]] as Look[]) {
        const { width, height, language, theme } = look;
        const { menu, title, publish, stop, done } = words[language];
        const viewport = { width, height };
        const { page, context } = await world.person({ viewport, locale: language, colorScheme: theme });
        await newPad(page, world.origin);
        await typeAtEnd(page, 'Bonjour');
        await untilPill(page, 'saved');
        let asked = 0;
        let isSilent = true;
        let isThere = false;
        await context.route('**/p/*', async (route) => {
          asked += 1;
          if (isThere) await route.continue();
          else if (!isSilent) await route.abort('connectionrefused');
        });
        const dialog = await openDialog(page, menu, title);
        const said = dialog.locator('.publish-said');
        const stopping = dialog.getByRole('button', { name: stop });
        const publishing = dialog.getByRole('button', { name: publish, exact: true });
        // It takes the request, and says nothing.
        await publishing.click();
        await stopping.waitFor({ timeout: SOON_MS });
        await said.scrollIntoViewIfNeeded();
        await expectSound(page, 'publish-late', look);
        await stopping.click();
        await stopping.waitFor({ state: 'detached' });
        expect(await said.evaluate((element) => element === document.activeElement)).toBe(true);
        const askedBefore = asked;
        // Nobody is there, and then somebody is.
        isSilent = false;
        await publishing.click();
        await stopping.waitFor({ timeout: SOON_MS });
        expect(asked).toBeGreaterThan(askedBefore + 1);
        isThere = true;
        await said.getByText(done).waitFor({ timeout: 2 * WAIT_MS });
        expect(await stopping.count()).toBe(0);
      }
    },
    LONG_MS,
  );

  test(
    '[PAGE-10, REM-2] is reported by who reads it, taken down by the people of the host, and its owner is told',
    async () => {
      const { page } = await world.person();
      await newPad(page, world.origin);
      await typeAtEnd(page, 'Donnez-moi votre carte.');
      await untilPill(page, 'saved');
      const dialog = await open(page);
      await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
      await dialog.getByText('Published: everybody can read it').waitFor({ timeout: WAIT_MS });
      const address = await dialog.locator('.link-field').inputValue();
      const reader = await world.person({ viewport: PHONE });
      await reader.page.goto(address);
      await reader.page.getByRole('link', { name: 'Report this page' }).click();
      await reader.page.getByRole('link', { name: address }).waitFor({ timeout: WAIT_MS });
      await reader.page.getByLabel('What is it?').selectOption('fraud');
      await reader.page.getByLabel('In your words').fill('It wants bank cards.');
      await reader.page.getByRole('button', { name: 'Send the report' }).click();
      await reader.page.getByText('have your report').waitFor({ timeout: WAIT_MS });
      await reader.page.getByRole('link', { name: 'Back to the page' }).click();
      await reader.page.getByText('Donnez-moi votre carte.').first().waitFor({ timeout: WAIT_MS });
      // A host that tells other hosts nothing has no manifest in which its key for reports could stand.
      expect(reader.watch.errors.filter((error) => !/status of 404/.test(error))).toEqual([]);
      const env = { ...process.env, ARCHIPEL_DATA: world.relay.data };
      const archipel = (...args: string[]) => run(process.execPath, [MAIN, ...args], { env });
      expect((await archipel('reports')).stdout).toContain('It wants bank cards.');
      const { stdout } = await archipel('remove', address, '--reason', 'fraud', '--words', 'It asked for bank cards.');
      expect(stdout).toContain('Nothing of it is kept any more.');
      expect(await got(address)).toMatchObject({
        status: 410,
        html: expect.stringContaining('It asked for bank cards.'),
      });
      await expectSoundPage(address, 'page-removed', { ...DESK, language: 'en', theme: 'light' });
      await dialog.getByRole('button', { name: 'Update the page' }).click();
      await dialog.getByText('The people of this host have taken the page down.').first().waitFor({ timeout: WAIT_MS });
    },
    LONG_MS,
  );
});

/** As everybody gets it but for the sandbox: neither axe nor the wait for a frame would run in it. */
async function expectSoundPage(address: string, name: string, look: Look): Promise<void> {
  const { width, height, language, theme } = look;
  const { context, page } = await world.person({ viewport: { width, height }, locale: language, colorScheme: theme });
  await context.route('**/p/**', async (route) => {
    const response = await route.fetch();
    const { 'content-security-policy': policy = '', ...headers } = response.headers();
    const withoutSandbox = policy.replace(/; sandbox.*$/, '');
    await route.fulfill({ response, headers: { ...headers, 'content-security-policy': withoutSandbox } });
  });
  await page.goto(address);
  await expectSound(page, name, look);
}

async function closed(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
}
