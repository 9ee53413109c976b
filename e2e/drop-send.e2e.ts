import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { choose, filesOnDisk, holdAfter, sendAll, sendingState, sendPage, sentLink, takeDrop } from './harness/drop.ts';
import { WAIT_MS } from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const MIB = 2 ** 20;
/** Of about 4 MiB each, after the small one with the names. */
const PARTS_BEFORE = 4;

/** Of the console: the host's question for a proof is no error, though browsers say so. */
const isTrouble = (words: string): boolean => !words.includes('401');

describe('a drop that is sent', () => {
  test('files of any name, empty ones among them, arrive as they were, with the words of the sender', async () => {
    const { page, watch } = await world.person();
    const contents = {
      'Été à Lyon.txt': Buffer.from('un été'),
      '予定表.bin': randomBytes(3 * MIB + 17),
      leer: Buffer.alloc(0),
      'مرحبا.csv': Buffer.from('a;b'),
      genau: randomBytes(2 * 16_384),
    };
    await sendPage(page, world.origin);
    await choose(page, await filesOnDisk(contents));
    await page.locator('textarea').fill('À bientôt, 親愛なる Ada');
    const link = await sendAll(page);
    const { message, files } = await takeDrop(link);
    expect(message).toBe('À bientôt, 親愛なる Ada');
    expect(Object.fromEntries(files.map(({ name, bytes }) => [name, Buffer.from(bytes)]))).toEqual(contents);
    expect(files.find(({ name }) => name.endsWith('.txt'))?.type).toBe('text/plain');
    // The owner's link stays in the browser; what left holds no name and no secret.
    const secrets = [link, page.url()].map((address) => address.split('.').at(-1) ?? '');
    for (const word of [...secrets, 'Lyon', 'leer'])
      expect(watch.sent.filter((sent) => sent.includes(word))).toEqual([]);
    expect(watch.errors.filter(isTrouble)).toEqual([]);
    await page.goto(`${world.origin}/documents`);
    await page.getByRole('link', { name: 'Été à Lyon.txt and 4 more' }).waitFor();
    await page.getByText('taken 1 time').waitFor();
  });

  test('a folder keeps its paths readable, a thousand small files are one drop', async () => {
    const { page } = await world.person();
    const names = Array.from({ length: 1000 }, (_, index) => `Archives/${index % 7}/note-${index}.txt`);
    const paths = await filesOnDisk(Object.fromEntries(names.map((name) => [name, Buffer.from(name)])));
    await sendPage(page, world.origin);
    await choose(page, dirname(dirname(paths[0] ?? '')), 'folder');
    await page.getByRole('heading', { name: '1,000 files' }).waitFor();
    expect(await page.locator('.drop-file').count()).toBe(100);
    await page.getByRole('button', { name: 'Show 100 more' }).click();
    expect(await page.locator('.drop-file').count()).toBe(200);
    const { files } = await takeDrop(await sendAll(page));
    const expected = names.map((name) => [name.replaceAll('/', ' - '), name]).sort();
    expect(files.map(({ name, bytes }) => [name, bytes.toString()]).sort()).toEqual(expected);
  });

  test('is paused and gone on with, and the host is killed in the middle', async () => {
    const { page } = await world.person();
    const bytes = randomBytes(30 * MIB);
    await sendPage(page, world.origin);
    await choose(page, await filesOnDisk({ large: bytes }));
    const held = await holdAfter(page, PARTS_BEFORE);
    await page.locator('.drop-send').click();
    await held.reached;
    await page.getByRole('button', { name: 'Pause' }).click();
    await sendingState(page, 'paused');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await world.relay.down('SIGKILL');
    await held.release();
    await sendingState(page, 'waiting');
    await world.relay.up();
    const { files } = await takeDrop(await sentLink(page));
    expect(files[0]?.bytes.equals(bytes)).toBe(true);
  });

  test('goes on after the tab was closed, with the same files and no others', async () => {
    const { page, context } = await world.person();
    const bytes = randomBytes(30 * MIB);
    const [path = ''] = await filesOnDisk({ 'film.bin': bytes });
    const [other = ''] = await filesOnDisk({ 'film.bin': randomBytes(MIB) });
    await sendPage(page, world.origin);
    await choose(page, [path]);
    const held = await holdAfter(page, PARTS_BEFORE);
    await page.locator('.drop-send').click();
    await held.reached;
    await page.close({ runBeforeUnload: false });

    const next = await context.newPage();
    await sendPage(next, world.origin);
    const unfinished = next.getByRole('region', { name: 'Not sent to the end' });
    await unfinished.getByRole('button', { name: 'Go on' }).click();
    await unfinished.getByRole('button', { name: 'Choose the same files' }).waitFor();
    await next.locator('[data-field=again]').setInputFiles(other);
    await unfinished.getByText('“film.bin” is missing').waitFor();
    const sent: number[] = [];
    next.on('request', (request) => {
      if (request.method() === 'PATCH') sent.push(request.postDataBuffer()?.length ?? 0);
    });
    await next.locator('[data-field=again]').setInputFiles(path);
    const { files } = await takeDrop(await sentLink(next));
    expect(files.map(({ name }) => name)).toEqual(['film.bin']);
    expect(files[0]?.bytes.equals(bytes)).toBe(true);
    expect(sent.reduce((sum, length) => sum + length, 0)).toBeLessThan(22 * MIB);
    await next.goto(`${world.origin}/drop`);
    await next.locator('.drop-zone').waitFor();
    expect(await unfinished.count()).toBe(0);
  });

  test('finds its files again by itself where the browser keeps their handles', async () => {
    const { page } = await world.person();
    await page.addInitScript(() => {
      const pick = async () => {
        const folder = await navigator.storage.getDirectory();
        return [await folder.getFileHandle('kept.bin')];
      };
      Object.assign(globalThis, { showOpenFilePicker: pick, showDirectoryPicker: () => undefined });
    });
    await page.goto(`${world.origin}/drop`);
    await page.evaluate(async () => {
      const folder = await navigator.storage.getDirectory();
      const file = await (await folder.getFileHandle('kept.bin', { create: true })).createWritable();
      await file.write(new Uint8Array(24 * 2 ** 20).fill(7));
      await file.close();
    });
    await page.getByRole('button', { name: 'Choose files' }).click();
    await page.locator('.drop-file').waitFor();
    const held = await holdAfter(page, PARTS_BEFORE);
    await page.locator('.drop-send').click();
    await held.reached;
    page.on('dialog', (dialog) => void dialog.accept());
    await page.unroute('**/blob/*');
    await page.reload();
    await page.getByRole('region', { name: 'Not sent to the end' }).getByRole('button', { name: 'Go on' }).click();
    const { files } = await takeDrop(await sentLink(page));
    expect(files.map(({ name, bytes }) => [name, bytes.length, bytes.every((byte) => byte === 7)])).toEqual([
      ['kept.bin', 24 * MIB, true],
    ]);
  });

  test('that is given up leaves nothing at the host; a file that changes meanwhile is named', async () => {
    const { page } = await world.person();
    await sendPage(page, world.origin);
    const [path = ''] = await filesOnDisk({ 'diary.bin': randomBytes(30 * MIB) });
    await choose(page, [path]);
    const held = await holdAfter(page, PARTS_BEFORE);
    await page.locator('.drop-send').click();
    await held.reached;
    const ended = page.waitForResponse(
      (response) => response.request().method() === 'DELETE' && response.status() === 204,
    );
    await page.getByRole('button', { name: 'Give up' }).click();
    await page.getByRole('button', { name: 'Erase it' }).click();
    await ended;
    const again = await holdAfter(page, PARTS_BEFORE);
    await page.locator('.drop-send').click();
    await again.reached;
    await writeFile(path, 'something else');
    await again.release();
    await page.getByText('“diary.bin” changed while it was being sent.').waitFor({ timeout: 4 * WAIT_MS });
    await page.getByRole('button', { name: 'Back to the files' }).click();
    await page.locator('.drop-send').waitFor();
  });
});
