import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { newPad, openPad, sharedLinks, textOf, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { type Person, useWorld } from './harness/world.ts';

const world = useWorld();
const patience = { timeout: WAIT_MS, interval: 50 };

async function padWithTitle({ page }: Person, title: string): Promise<void> {
  await newPad(page, world.origin);
  await page.getByLabel('Title of the pad').fill(title);
  await typeAtEnd(page, `Text of ${title}`);
  await untilPill(page, 'saved');
}

const titles = ({ page }: Person): Promise<string[]> => page.locator('.documents li a').allInnerTexts();

test('what was opened is found again, by its title, with the link that gives most', async () => {
  const ada = await world.person();
  await padWithTitle(ada, 'Garden day');
  const own = ada.page.url();
  await padWithTitle(ada, 'Budget 2027');
  await ada.page.goto(`${world.origin}/documents`);
  await expect.poll(() => titles(ada), patience).toEqual(['Budget 2027', 'Garden day']);

  await ada.page.getByLabel('Search by title').fill('garden');
  await expect.poll(() => titles(ada), patience).toEqual(['Garden day']);
  await ada.page.getByRole('link', { name: 'Garden day' }).click();
  await textOf(ada.page).getByText('Text of Garden day').waitFor();
  expect(ada.page.url()).toBe(own);

  await ada.page.goto(world.origin);
  await ada.page.getByRole('link', { name: 'Garden day' }).waitFor();
});

test('a weaker link does not take the place of a stronger one', async () => {
  const ada = await world.person();
  await padWithTitle(ada, 'Keys');
  const { view, own } = await sharedLinks(ada.page);
  await openPad(ada.page, view, 'readonly');
  await ada.page.goto(`${world.origin}/documents`);
  await ada.page.getByRole('link', { name: 'Keys' }).click();
  await textOf(ada.page).waitFor();
  expect(ada.page.url()).toBe(own);
});

test('a link is removed from this browser only', async () => {
  const ada = await world.person();
  await padWithTitle(ada, 'To forget');
  const { edit } = await sharedLinks(ada.page);
  await ada.page.goto(`${world.origin}/documents`);
  await ada.page.getByRole('button', { name: 'Remove “To forget” from this browser' }).click();
  await ada.page.getByRole('button', { name: 'Remove the link' }).click();
  await ada.page.getByText('No document yet').waitFor();

  const ben = await world.person({ locale: 'fr-FR' });
  await openPad(ben.page, edit);
  await textOf(ben.page).getByText('Text of To forget').waitFor();
});

test('the list goes out as a file and comes back in another browser', async () => {
  const ada = await world.person();
  await padWithTitle(ada, 'Moving house');
  const own = ada.page.url();
  await ada.page.goto(`${world.origin}/documents`);
  const [download] = await Promise.all([
    ada.page.waitForEvent('download'),
    ada.page.getByRole('button', { name: 'Save the list' }).click(),
  ]);
  const file = await download.path();
  expect(await readFile(file, 'utf8')).toContain('Moving house');

  const again = await world.person();
  await again.page.goto(`${world.origin}/documents`);
  await again.page.locator('input[type=file]').setInputFiles(file);
  await again.page.getByRole('link', { name: 'Moving house' }).click();
  await textOf(again.page).getByText('Text of Moving house').waitFor();
  expect(again.page.url()).toBe(own);

  await again.page.goto(`${world.origin}/documents`);
  const text = { name: 'list.json', mimeType: 'application/json', buffer: Buffer.from('{"no": "list"}') };
  await again.page.locator('input[type=file]').setInputFiles(text);
  await again.page.getByText('This file is not a list saved by Archipel.').waitFor();
  await expect.poll(() => titles(again), patience).toEqual(['Moving house']);
});
