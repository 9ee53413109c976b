import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { random } from '@archipel/relay';
import type { Download, Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  chosenFiles,
  damage,
  digestOf,
  longDigest,
  longFile,
  sendDrop,
  takenOf,
  utf8,
  withoutPickers,
  withPickers,
} from './harness/drops.ts';
import { WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { type SlowLine, slowLine } from './harness/slow-line.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };
const MIB = 2 ** 20;
const LONG_BYTES = 24 * MIB;

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'archipel-take-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The host, over a line on which a long file takes seconds. */
async function slowHost(bytesPerSecond = 6 * MIB): Promise<SlowLine> {
  const line = await slowLine(world.relay.port, Number.POSITIVE_INFINITY);
  onTestFinished(() => line.close());
  line.pace(bytesPerSecond);
  return line;
}

/** The first visit asks for a proof, and browsers write that down. */
const complaints = ({ errors }: { errors: string[] }): string[] =>
  errors.filter((text) => !text.includes('status of 401'));

/** Somebody who opened the link. */
async function taker(link: string, pickers: boolean, options = {}) {
  const person = await world.person(options, new URL(link).origin);
  await (pickers ? withPickers : withoutPickers)(person.context);
  await person.page.goto(link);
  await person.page.locator('.take-facts').waitFor({ timeout: WAIT_MS });
  return person;
}

async function untilTransfer(page: Page, state: string): Promise<void> {
  await page.locator(`[data-transfer="${state}"]`).waitFor({ timeout: 60_000 });
}

async function saved(page: Page, press: () => Promise<void>): Promise<{ path: string; name: string }> {
  const [download] = await Promise.all([page.waitForEvent('download', { timeout: 60_000 }), press()]);
  const path = join(makeFolder(), 'saved');
  await download.saveAs(path);
  await untilTransfer(page, 'done');
  return { path, name: download.suggestedFilename() };
}

const press = (page: Page, name: string) => () => page.getByRole('button', { name, exact: true }).click();

describe('what is said before anything counts', () => {
  test('message, files, sizes, where, until when and how often; looking counts nothing', async () => {
    const files = [
      { name: 'Fotos vom Fest.zip', bytes: random(3_200_000) },
      { name: 'notes.txt', bytes: utf8('hello') },
    ];
    const link = await sendDrop(world.origin, files, { message: 'Here are\nthe <b>photos</b>', downloads: 3 });
    const { page, watch } = await taker(link, false);
    expect(await page.locator('.take-message').innerText()).toBe('Here are\nthe <b>photos</b>');
    const facts = await page.locator('.take-facts').innerText();
    expect(facts).toContain('2 files, 3.2\u00a0MB');
    expect(facts).toMatch(/Kept by \S+/);
    expect(facts).toContain('Until ');
    expect(facts).toContain('Can be taken 3 more times');
    expect(await page.locator('.take-name').allInnerTexts()).toEqual(['Fotos vom Fest.zip', 'notes.txt']);
    await page.reload();
    await page.locator('.take-facts').waitFor();
    expect(await takenOf(link)).toBe(0);
    expect(complaints(watch)).toEqual([]);
    expect(watch.foreign).toEqual([]);
  });

  test('ten thousand files: some are drawn, all are found', async () => {
    const files = Array.from({ length: 10_000 }, (_, index) => ({ name: `photo ${index}.jpg`, bytes: utf8('x') }));
    const { page } = await taker(await sendDrop(world.origin, files), false);
    expect(await page.locator('.take-file').count()).toBe(200);
    await page.getByRole('button', { name: 'Show 200 more' }).click();
    expect(await page.locator('.take-file').count()).toBe(400);
    await page.getByLabel('Search by name').fill('PHOTO 9999');
    await expect.poll(() => page.locator('.take-name').allInnerTexts(), patience).toEqual(['photo 9999.jpg']);
  });
});

describe('as a download of the browser', () => {
  test('one file, under its name in any script, counted once however often it is saved', async () => {
    const bytes = random(5 * MIB + 17);
    const name = 'Élan été 東京 عربى 🎈 100%.bin';
    const link = await sendDrop(world.origin, [{ name, bytes }], { downloads: 2 });
    const { page, watch } = await taker(link, false);
    const first = await saved(page, press(page, 'Save the file'));
    expect(first.name).toBe(name);
    expect(digestOf(readFileSync(first.path))).toBe(digestOf(bytes));
    await saved(page, press(page, 'Save the file'));
    await page.reload();
    await page.locator('.take-facts').waitFor();
    expect(await page.locator('.take-facts').innerText()).toContain('Your download is counted');
    await saved(page, press(page, 'Save the file'));
    expect(await takenOf(link)).toBe(1);
    expect(complaints(watch)).toEqual([]);
    expect(watch.sent.join()).not.toContain('Élan');
    expect(watch.sent.join()).not.toContain(encodeURIComponent('Élan'));
  });

  test('several as one zip that other programs open; one of them alone', async () => {
    const files = [
      { name: 'a.txt', bytes: utf8('first\n'), modified: 1_700_000_000 },
      { name: 'nothing at all', bytes: new Uint8Array() },
      { name: 'ქართული ಕನ್ನಡ.dat', bytes: random(2 * MIB + 5) },
      { name: 'old.bin', bytes: random(40_000), modified: 1 },
    ];
    const link = await sendDrop(world.origin, files);
    const { page } = await taker(link, false);
    const { path, name } = await saved(page, press(page, 'Save all as a zip'));
    expect(name).toBe('files.zip');
    expect(execFileSync('unzip', ['-t', path], { encoding: 'utf8' })).toContain('No errors detected');
    for (const file of files) {
      const content = execFileSync('unzip', ['-p', path, file.name], { maxBuffer: 1e8 });
      expect(digestOf(content), file.name).toBe(digestOf(file.bytes));
    }
    const one = await saved(page, press(page, 'Save ქართული ಕನ್ನಡ.dat'));
    expect(digestOf(readFileSync(one.path))).toBe(digestOf(files[2]?.bytes as Uint8Array));
    const empty = await saved(page, press(page, 'Save nothing at all'));
    expect(statSync(empty.path).size).toBe(0);
    expect(await takenOf(link)).toBe(1);
  });

  test('the host is killed in the middle: it waits, and goes on with the same download', async () => {
    const { origin } = await slowHost();
    const link = await sendDrop(origin, [longFile('long', LONG_BYTES)], { downloads: 1 });
    const { page } = await taker(link, false);
    await page.getByRole('button', { name: 'Save the file' }).click();
    const downloading: Promise<Download> = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Begin' }).click();
    const download = await downloading;
    await expect.poll(() => page.locator('.progress-figures').innerText(), patience).toMatch(/^[1-9]/);
    await world.relay.down('SIGKILL');
    await untilTransfer(page, 'waiting');
    await world.relay.up();
    await page.getByRole('button', { name: 'Try now' }).click();
    await untilTransfer(page, 'done');
    const path = join(makeFolder(), 'saved');
    await download.saveAs(path);
    expect(digestOf(readFileSync(path))).toBe(longDigest(LONG_BYTES));
    expect(await takenOf(link)).toBe(1);
  });

  test('paused longer than a worker lives, resumed; stopped, the download of the browser fails', async () => {
    const { origin } = await slowHost();
    const link = await sendDrop(origin, [longFile('long', LONG_BYTES)]);
    const { page } = await taker(link, false);
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save the file')()]);
    await expect.poll(() => page.locator('.progress-figures').innerText(), patience).toMatch(/^[1-9]/);
    await press(page, 'Pause')();
    await untilTransfer(page, 'paused');
    await page.waitForTimeout(40_000);
    await press(page, 'Go on')();
    await untilTransfer(page, 'done');
    const path = join(makeFolder(), 'saved');
    await download.saveAs(path);
    expect(digestOf(readFileSync(path))).toBe(longDigest(LONG_BYTES));

    const [second] = await Promise.all([page.waitForEvent('download'), press(page, 'Save the file')()]);
    await press(page, 'Stop')();
    await untilTransfer(page, 'stopped');
    expect(await second.failure()).not.toBeNull();
  });

  test('a byte that was changed on the disk of the host: it says so, and no file is made of it', async () => {
    const link = await sendDrop(world.origin, [{ name: 'one', bytes: random(3 * MIB) }]);
    await damage(world.relay.data, link, 2 * MIB);
    const { page } = await taker(link, false);
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save the file')()]);
    await untilTransfer(page, 'failed');
    expect(await page.locator('[data-transfer]').innerText()).toContain('changed or damaged');
    expect(await download.failure()).not.toBeNull();
  });
});

describe('where the person says', () => {
  test('one file, and a zip, are written to the disk; a changed byte leaves nothing', async () => {
    const bytes = random(4 * MIB + 3);
    const link = await sendDrop(world.origin, [{ name: 'one.bin', bytes }]);
    const { page, watch } = await taker(link, true);
    await press(page, 'Save the file')();
    await untilTransfer(page, 'done');
    expect(await chosenFiles(page)).toEqual([{ name: 'one.bin', size: bytes.length, digest: digestOf(bytes) }]);

    const bad = await sendDrop(world.origin, [{ name: 'bad.bin', bytes: random(4 * MIB) }]);
    await damage(world.relay.data, bad, 3 * MIB);
    await page.goto('about:blank');
    await page.goto(bad);
    await press(page, 'Save the file')();
    await untilTransfer(page, 'failed');
    expect((await chosenFiles(page)).map(({ name }) => name)).toEqual(['one.bin']);
    expect(complaints(watch)).toEqual([]);
  });

  test('a folder goes on where it stopped after the page was closed, and writes over nothing', async () => {
    const files = [
      { name: 'small.txt', bytes: utf8('small') },
      { name: 'empty', bytes: new Uint8Array() },
    ];
    const { origin } = await slowHost();
    const link = await sendDrop(origin, [...files, longFile('long.bin', LONG_BYTES)], { downloads: 1 });
    const { page, context } = await taker(link, true);
    await page.evaluate(async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('Chosen', { create: true });
      const writable = await (await folder.getFileHandle('small.txt', { create: true })).createWritable();
      await writable.write('mine');
      await writable.close();
    });
    await press(page, 'Save into a folder…')();
    await press(page, 'Begin')();
    await expect.poll(() => page.locator('.progress-figures').innerText(), patience).toMatch(/^[1-9]/);
    await press(page, 'Pause')();
    await untilTransfer(page, 'paused');
    const inside = async () => (await chosenFiles(page)).map(({ name }) => name);
    await expect.poll(inside, patience).toContainEqual(expect.stringMatching(/\.part$/));
    expect(await inside()).not.toContain('long.bin');
    await page.close({ runBeforeUnload: false });

    const again = await context.newPage();
    await again.goto(link);
    await again.getByText('is filled in part').waitFor();
    await press(again, 'Go on')();
    await untilTransfer(again, 'done');
    expect(await chosenFiles(again)).toEqual([
      { name: 'empty', size: 0, digest: digestOf(new Uint8Array()) },
      { name: 'long.bin', size: LONG_BYTES, digest: longDigest(LONG_BYTES) },
      { name: 'small (2).txt', size: 5, digest: digestOf(utf8('small')) },
      { name: 'small.txt', size: 4, digest: digestOf(utf8('mine')) },
    ]);
    expect(await takenOf(link)).toBe(1);
  });
});

describe('who may take it', () => {
  test('once and then gone: it asks before, and the next person is told', async () => {
    const link = await sendDrop(world.origin, [{ name: 'letter.txt', bytes: utf8('for you') }], { downloads: 1 });
    const { page: next } = await taker(link, false);
    const { page } = await taker(link, false);
    expect(await page.locator('.take-facts').innerText()).toContain('Can be taken once');
    await press(page, 'Save the file')();
    expect(await page.locator('dialog[open]').innerText()).toContain('can be taken once');
    await press(page, 'Cancel')();
    expect(await takenOf(link)).toBe(0);
    await press(page, 'Save the file')();
    await saved(page, press(page, 'Begin'));

    await press(next, 'Save the file')();
    await press(next, 'Begin')();
    await untilTransfer(next, 'failed');
    expect(await next.locator('[data-transfer]').innerText()).toContain('Somebody else has taken them');
    await next.reload();
    await next.locator('[data-code="downloads_spent"]').waitFor();
    expect(await takenOf(link)).toBe(1);
  });
});

describe('screens', () => {
  test.each(['en', 'fr'] as const)('nothing overflows, axe finds nothing serious (%s)', async (language) => {
    const files = [
      { name: `${'a-very-long-name-'.repeat(10)}.jpeg`, bytes: random(8_000_000) },
      ...Array.from({ length: 24 }, (_, index) => ({ name: `Photo ${index}.jpg`, bytes: random(1000) })),
    ];
    const line = await slowHost();
    const link = await sendDrop(line.origin, files, { message: 'The photos of Saturday.', downloads: 5 });
    for (const [size, theme] of [
      [PHONE, 'dark'],
      [DESK, 'light'],
    ] as const) {
      const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
      const { page } = await taker(link, true, { locale, viewport: size, colorScheme: theme });
      const look = { ...size, language, theme };
      await expectSound(page, 'take-open', look);
      line.pace(MIB);
      await page.locator('.take-actions .button-primary').click();
      await page.locator('.progress-figures span').nth(2).waitFor({ timeout: WAIT_MS });
      await expectSound(page, 'take-going', look);
      await page.locator('.take-progress .button-quiet').click();
      await untilTransfer(page, 'stopped');
      await expectSound(page, 'take-stopped', look);
      line.pace(Number.POSITIVE_INFINITY);
      await page.locator('.take-actions .note .button-primary').click();
      await untilTransfer(page, 'done');
      await expectSound(page, 'take-done', look);
    }
  });
});
