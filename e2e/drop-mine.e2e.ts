import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { choose, filesOnDisk, holdAfter, sendAll, sendingState, sendPage, takeDrop } from './harness/drop.ts';
import { WAIT_MS } from './harness/pad.ts';
import { RelayProcess } from './harness/relay-process.ts';
import { DESK, expectSound, type Look, PHONE } from './harness/screens.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const MIB = 2 ** 20;
const LOOKS: Look[] = [
  { ...PHONE, language: 'fr', theme: 'dark' },
  { ...DESK, language: 'en', theme: 'light' },
];

describe("the owner's page of a drop", () => {
  test('keeps it longer, allows more downloads, deletes it; the list follows', async () => {
    const { page } = await world.person();
    await sendPage(page, world.origin);
    await choose(page, await filesOnDisk({ 'a.txt': Buffer.from('a') }));
    await page.getByLabel('Can be taken').selectOption('1');
    await page.getByLabel('Keep it').selectOption('1');
    const link = await sendAll(page);
    await page.getByText('1 left, then the files are gone.').waitFor();
    await page.getByLabel('Keep it from now on').selectOption('7');
    await page.getByLabel('Can still be taken').selectOption('2');
    await page.getByRole('button', { name: 'Change' }).click();
    await page.getByText('Done: this holds from now on.').waitFor({ timeout: WAIT_MS });
    await page.getByText('2 left.').waitFor();
    await page.getByText(/Expires in 7/).waitFor();
    await takeDrop(link);
    await page.goto(`${world.origin}/documents`);
    await page.getByText('1 download left').waitFor({ timeout: WAIT_MS });
    await page.getByRole('link', { name: 'a.txt' }).click();
    await page.getByRole('heading', { name: 'Your drop' }).waitFor();
    await page.getByRole('button', { name: 'Delete now' }).click();
    await page.getByRole('button', { name: 'Delete for everybody' }).click();
    await page.getByRole('heading', { name: 'No document yet' }).waitFor({ timeout: WAIT_MS });
    await expect(takeDrop(link)).rejects.toThrow('deleted');
  });

  test('each screen is sound, narrow and wide, in both languages', async () => {
    for (const look of LOOKS) {
      const { width, height, language, theme } = look;
      const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
      const { page } = await world.person({ viewport: { width, height }, locale, colorScheme: theme });
      await sendPage(page, world.origin);
      await expectSound(page, 'drop-empty', look);
      await choose(
        page,
        await filesOnDisk({ [`${'lang'.repeat(40)}.HEIC`]: randomBytes(8 * MIB), 'b.txt': Buffer.from('b') }),
      );
      await expectSound(page, 'drop-form', look);
      const held = await holdAfter(page, 2);
      await page.locator('.drop-send').click();
      await page.locator('.drop-form .note-warn button').first().click();
      await held.reached;
      await page.locator('.drop-going .button').first().click();
      await sendingState(page, 'paused');
      await expectSound(page, 'drop-going', look);
      await held.release();
      await page.locator('.drop-going .button-primary').click();
      await page.locator('.qr').waitFor({ timeout: 4 * WAIT_MS });
      await expectSound(page, 'drop-mine', look);
    }
  });

  test('all of it by keyboard alone', async () => {
    const { page } = await world.person();
    await sendPage(page, world.origin);
    const paths = await filesOnDisk({ 'key.txt': Buffer.from('by keyboard') });
    const tabTo = async (name: string, key: string): Promise<void> => {
      const reached = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
      for (let step = 0; step < 40 && (await reached()) !== name; step++) await page.keyboard.press('Tab');
      expect(await reached()).toBe(name);
      await page.keyboard.press(key);
    };
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), tabTo('Choose files', 'Enter')]);
    await chooser.setFiles(paths);
    await page.locator('.drop-file').waitFor();
    await tabTo('Send', 'Enter');
    await page.locator('.link-field').waitFor({ timeout: 4 * WAIT_MS });
    const { files } = await takeDrop(await page.locator('.link-field').inputValue());
    expect(files[0]?.bytes.toString()).toBe('by keyboard');
    await tabTo('Delete now', 'Enter');
    await tabTo('Delete for everybody', 'Enter');
    await page.getByRole('heading', { name: 'No document yet' }).waitFor({ timeout: WAIT_MS });
  });
});

describe('a host that does not take it', () => {
  test.each([
    ['keeps no files', { blobsMaxBytes: 0 }, 'This host takes no files.'],
    ['takes less', { blobMaxBytes: 2 * MIB }, 'This host takes at most 2.1'],
  ])('%s: said before anything is sent', async (_what, limits, words) => {
    const relay = await RelayProcess.start({ limits });
    try {
      const { page, watch } = await world.person({}, relay.origin);
      await sendPage(page, relay.origin);
      await choose(page, await filesOnDisk({ large: randomBytes(3 * MIB) }));
      await page.getByRole('alert').getByText(words).waitFor();
      expect(await page.locator('.drop-send').isDisabled()).toBe(true);
      expect(watch.sent.filter((sent) => sent.includes('/blob'))).toEqual([]);
    } finally {
      await relay.remove();
    }
  });

  test('has no room left: said before anything is sent, and tried again when the person wants', async () => {
    const relay = await RelayProcess.start({ limits: { blobsMaxBytes: 4 * MIB, blobMaxBytes: 4 * MIB } });
    try {
      const { page, watch } = await world.person({}, relay.origin);
      for (const name of ['first', 'second']) {
        await sendPage(page, relay.origin);
        await choose(page, await filesOnDisk({ [name]: randomBytes(3 * MIB) }));
        if (name === 'first') await sendAll(page);
      }
      const before = watch.sent.length;
      await page.locator('.drop-send').click();
      await sendingState(page, 'failed');
      await page.getByText('The host has no room for these files.').waitFor();
      expect(watch.sent.slice(before).filter((sent) => sent.includes('upload-offset'))).toEqual([]);
      await page.getByRole('button', { name: 'Try now' }).waitFor();
    } finally {
      await relay.remove();
    }
  });
});
