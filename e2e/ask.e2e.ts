import { randomBytes } from 'node:crypto';
import { deliver, fillInboxOf, newSeed, openRequest, permitsOf, sealDelivery } from '@archipel/client/inbox';
import { nodeSuite } from '@archipel/client/node';
import { nobleHpke } from '@archipel/protocol/secret';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { filesOnDisk, holdAfter, takeDrop } from './harness/drop.ts';
import { sendDrop, utf8, valued } from './harness/drops.ts';
import { WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

type Language = 'en' | 'fr';
const WORDS = {
  en: { make: 'Make the link', send: 'Send', back: 'Take it back', take: 'Take the files', close: 'Close now' },
  fr: {
    make: 'Créer le lien',
    send: 'Envoyer',
    back: 'Reprendre',
    take: 'Prendre les fichiers',
    close: 'Fermer maintenant',
  },
};
const LOCALES = { en: 'en-GB', fr: 'fr-FR' };

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

const MIB = 2 ** 20;
/** Of about 4 MiB each, after the small one with the names. */
const PARTS_BEFORE = 4;

/** Of somebody who asks: their page, and the link to hand on. `times`: how many times files may be sent. */
async function asks(language: Language = 'en', viewport = DESK, times = '30') {
  const person = await world.person({ locale: LOCALES[language], viewport });
  const { page } = person;
  await page.goto(`${world.origin}/drop?ask`);
  await page.locator('form input.field').first().fill('Photos of the feast');
  await page.locator('form textarea').fill('Yours, please: all of them.');
  await page.getByLabel(/How many times|Nombre d’envois/).selectOption(times);
  await button(page, WORDS[language].make).click();
  const field = page.locator('.link-field');
  await field.waitFor({ timeout: WAIT_MS });
  return { ...person, link: await field.inputValue() };
}

async function gives(link: string, name: string, text: string, language: Language = 'en', viewport = DESK) {
  const person = await world.person({ locale: LOCALES[language], viewport });
  const { page } = person;
  await page.goto(link);
  await choose(page, name, text);
  await button(page, WORDS[language].send).click();
  await page.locator('.ask-done').first().waitFor({ timeout: WAIT_MS });
  return person;
}

async function choose(page: Page, name: string, text: string): Promise<void> {
  const files = [{ name: `${name}.txt`, mimeType: 'text/plain', buffer: Buffer.from(utf8(text)) }];
  await page.locator('input[data-field="files"]').setInputFiles(files);
  await page
    .getByLabel(/name|nom/i)
    .last()
    .fill(name);
}

const complaints = ({ errors }: { errors: string[] }): string[] =>
  errors.filter((text) => !text.includes('status of 401'));

describe('asking for files', () => {
  test('[ASK-1, INBOX-13] who asks sees live who sent what, takes it; nothing of it leaves in the clear', async () => {
    const asker = await asks();
    const sender = await gives(asker.link, 'Zoé', 'what Zoé wrote');
    const item = asker.page.locator('.ask-item[data-number="1"]');
    await item.waitFor({ timeout: WAIT_MS });
    expect(await item.innerText()).toMatch(/Zoé[\s\S]*1 file, 15\sbytes/);
    const drop = (await item.getByRole('link', { name: WORDS.en.take }).getAttribute('href')) ?? '';
    await asker.page.goto(drop);
    await asker.page.locator('.take-facts').waitFor({ timeout: WAIT_MS });
    expect(await asker.page.locator('main').innerText()).toContain('Zoé.txt');
    const secrets = [asker.link, drop].map((link) => link.split('.')[2] ?? '?');
    for (const { watch } of [asker, sender]) {
      const left = watch.sent.join('\n');
      for (const secret of [...secrets, 'what Zoé wrote', 'Photos of the feast', 'Zoé.txt']) {
        expect(left.includes(secret), secret).toBe(false);
      }
      expect(watch.foreign).toEqual([]);
      expect(complaints(watch)).toEqual([]);
    }
  });

  test('[INBOX-9] who sent takes it back, also after the page was loaded again', async () => {
    const asker = await asks();
    const { page } = await gives(asker.link, 'Zoé', 'one');
    await asker.page.locator('.ask-item.is-here').waitFor({ timeout: WAIT_MS });
    await page.reload();
    await button(page, WORDS.en.back).click();
    await expect.poll(() => page.locator('.ask-done').count(), patience).toBe(0);
    await asker.page.locator('.ask-item.is-withdrawn').waitFor({ timeout: WAIT_MS });
    expect(await asker.page.getByRole('link', { name: WORDS.en.take }).count()).toBe(0);
  });

  test('[ASK-2, INBOX-7] no name, no sending; closed is closed, and opened again', async () => {
    const asker = await asks();
    const { page } = await world.person();
    await page.goto(asker.link);
    await choose(page, '', 'one');
    expect(await button(page, WORDS.en.send).isDisabled()).toBe(true);
    await button(asker.page, WORDS.en.close).click();
    await button(asker.page, 'Open again').waitFor({ timeout: WAIT_MS });
    await page.reload();
    await page.getByText('Whoever asked for files takes no more.').waitFor({ timeout: WAIT_MS });
    await button(asker.page, 'Open again').click();
    await button(asker.page, WORDS.en.close).waitFor({ timeout: WAIT_MS });
    await page.reload();
    await choose(page, 'Zoé', 'one');
    await button(page, WORDS.en.send).click();
    await page.locator('.ask-done').waitFor({ timeout: WAIT_MS });
    await button(asker.page, 'Delete what Zoé sent').click();
    await asker.page.locator('.ask-item.is-deleted').waitFor({ timeout: WAIT_MS });
  });
});

/** Somebody whose tab is closed in the middle of sending a film. */
async function isCut(link: string) {
  const { page, context } = await world.person();
  const bytes = randomBytes(30 * MIB);
  const [path = ''] = await filesOnDisk({ 'film.bin': bytes });
  await page.goto(link);
  await page.locator('input[data-field="files"]').setInputFiles(path);
  await page.getByLabel('Your name').fill('Zoé');
  const held = await holdAfter(page, PARTS_BEFORE);
  await button(page, WORDS.en.send).click();
  await held.reached;
  await page.close({ runBeforeUnload: false });
  return { context, path, bytes };
}

describe('an answer that was interrupted', () => {
  test('[ASK-7] goes on as the answer after the tab was closed, found again from the page to send', async () => {
    const asker = await asks();
    const { context, path, bytes } = await isCut(asker.link);
    const page = await context.newPage();
    await page.goto(`${world.origin}/drop`);
    const unfinished = page.getByRole('region', { name: 'Not sent to the end' });
    await unfinished.getByText('For the request “Photos of the feast”').waitFor({ timeout: WAIT_MS });
    expect(await unfinished.getByRole('button', { name: 'Go on' }).count()).toBe(0);
    await unfinished.getByRole('link', { name: 'Go on at its page' }).click();
    await page.getByRole('heading', { name: 'Photos of the feast' }).waitFor({ timeout: WAIT_MS });
    await unfinished.getByRole('button', { name: 'Go on' }).click();
    await unfinished.getByRole('button', { name: 'Choose the same files' }).waitFor({ timeout: WAIT_MS });
    const sent: number[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PATCH') sent.push(request.postDataBuffer()?.length ?? 0);
    });
    await page.locator('[data-field=again]').setInputFiles(path);
    await page.locator('.ask-done').waitFor({ timeout: WAIT_MS });
    expect(sent.reduce((sum, length) => sum + length, 0)).toBeLessThan(22 * MIB);
    const item = asker.page.locator('.ask-item.is-here');
    await item.waitFor({ timeout: WAIT_MS });
    expect(await item.count()).toBe(1);
    expect(await item.innerText()).toMatch(/Zoé[\s\S]*1 file/);
    const drop = (await item.getByRole('link', { name: WORDS.en.take }).getAttribute('href')) ?? '';
    const { files } = await takeDrop(drop);
    expect(files.map(({ name }) => name)).toEqual(['film.bin']);
    expect(files[0]?.bytes.equals(bytes)).toBe(true);
    await page.reload();
    await page.locator('.ask-done').waitFor({ timeout: WAIT_MS });
    expect(await unfinished.count()).toBe(0);
  });

  test('[ASK-7] is delivered once when the tab was closed after the last byte', async () => {
    const asker = await asks();
    const { page, context } = await world.person();
    await page.goto(asker.link);
    await choose(page, 'Zoé', 'what Zoé wrote');
    const arrived = Promise.withResolvers<void>();
    await page.route('**/inbox/*/items', () => arrived.resolve());
    await button(page, WORDS.en.send).click();
    await arrived.promise;
    await page.close({ runBeforeUnload: false });
    const next = await context.newPage();
    await next.goto(asker.link);
    await next.locator('.ask-done').waitFor({ timeout: WAIT_MS });
    await next.reload();
    await next.locator('.ask-done').waitFor({ timeout: WAIT_MS });
    expect(await next.getByRole('region', { name: 'Not sent to the end' }).count()).toBe(0);
    await asker.page.locator('.ask-item.is-here').waitFor({ timeout: WAIT_MS });
    expect(await asker.page.locator('.ask-item').count()).toBe(1);
  });

  test('[ASK-4] what is more than whoever asks wants is refused before any of it is sent; given up, it leaves room', async () => {
    const asker = await asks('en', DESK, '1');
    const { context } = await isCut(asker.link);
    const { page } = await world.person();
    let parts = 0;
    page.on('request', (request) => {
      if (request.method() === 'PATCH') parts += 1;
    });
    await page.goto(asker.link);
    await choose(page, 'Léa', 'what Léa wrote');
    await button(page, WORDS.en.send).click();
    await page.getByText('As much was sent as whoever asks wanted.').waitFor({ timeout: WAIT_MS });
    expect(parts).toBe(0);
    const first = await context.newPage();
    await first.goto(asker.link);
    const unfinished = first.getByRole('region', { name: 'Not sent to the end' });
    await unfinished.getByRole('button', { name: 'Give up' }).click();
    await expect.poll(() => unfinished.count(), patience).toBe(0);
    await button(page, 'Back to the files').click();
    await button(page, WORDS.en.send).click();
    await page.locator('.ask-done').waitFor({ timeout: WAIT_MS });
    expect(await asker.page.locator('.ask-item').innerText()).toContain('Léa');
  });
});

/** A program that counts one small drop for the request, and announces another one that lies there for nobody. */
async function pointsElsewhere(link: string): Promise<void> {
  const { origin, hash } = new URL(link);
  const wait = async (): Promise<void> => undefined;
  const host = { suite: nodeSuite, hpke: await nobleHpke(), origin, fetch, wait };
  const inbox = valued(await fillInboxOf(host, hash.slice(1)));
  const asked = valued(await openRequest(host, inbox));
  const seed = newSeed(host);
  const permit = await permitsOf(host, inbox, seed);
  const other = await sendDrop(origin, [{ name: 'other.txt', bytes: utf8('not counted') }]);
  await sendDrop(origin, [{ name: 'small.txt', bytes: utf8('counted') }], { permit });
  const delivery = { name: 'Mallory', files: 1, bytes: 11, link: new URL(other).hash.slice(1) };
  const sealed = valued(await sealDelivery(host, asked, delivery, { seed, drop: '', host: origin }));
  valued(await deliver(host, inbox, sealed));
}

describe('an owner sees what counts', () => {
  test('[ASK-8] how much was sent, of how much, and that a link leads to something else', async () => {
    const asker = await asks();
    const { page } = asker;
    await gives(asker.link, 'Zoé', 'what Zoé wrote');
    await pointsElsewhere(asker.link);
    const [honest, other] = [page.locator('[data-number="1"]'), page.locator('[data-number="2"]')];
    await other.getByText('These files are not at the host of this request').waitFor({ timeout: WAIT_MS });
    expect(await honest.innerText()).not.toContain('These files are not');
    await page.getByText(/^The files that were sent take [\d.]+\skB\.$/).waitFor({ timeout: WAIT_MS });
    await page.getByLabel('Size of all sendings together').selectOption('1000000000');
    await button(page, 'Set this size').click();
    await page.getByText(/^The files that were sent take [\d.]+\skB of 1\sGB\.$/).waitFor({ timeout: WAIT_MS });
    await page.reload();
    await page.getByText(/ of 1\sGB\.$/).waitFor({ timeout: WAIT_MS });
  });
});

describe('its screens', () => {
  test.each(['en', 'fr'] as const)('nothing overflows, axe finds nothing serious (%s)', async (language) => {
    for (const size of [DESK, PHONE]) {
      const look = { ...size, language, theme: 'light' as const };
      const { page } = await world.person({ locale: LOCALES[language], viewport: size });
      await page.goto(`${world.origin}/drop?ask`);
      await page.locator('form input.field').first().waitFor({ timeout: WAIT_MS });
      await expectSound(page, 'ask-form', look);
      const asker = await asks(language, size);
      const sender = await gives(asker.link, 'Zoé', 'what Zoé wrote', language, size);
      await choose(sender.page, 'Zoé again', 'more');
      await expectSound(sender.page, 'ask-give', look);
      await asker.page.locator('.ask-item').waitFor({ timeout: WAIT_MS });
      await expectSound(asker.page, 'ask-asked', look);
      for (const one of [page, asker.page, sender.page]) await one.context().close();
    }
  });
});
