import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { newPad, openPad, sharedLinks, textOf, tool, untilPill } from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const SESSION = new URL('../testdata/editing-traces/sveltecomponent.json.gz', import.meta.url);
const BATCH = 250;
const LONG = { timeout: 60_000, interval: 100 };

/** Position in code points, how many are deleted there, what is inserted there. */
type Patch = [number, number, string];

interface Session {
  startContent: string;
  endContent: string;
  txns: { patches: Patch[] }[];
}

async function readSession(): Promise<Session> {
  return JSON.parse((await promisify(gunzip)(await readFile(SESSION))).toString()) as Session;
}

/** What the test needs of the editor that Tiptap hangs on its element. */
interface EditorElement {
  editor: { view: { state: { tr: Transaction }; dispatch(transaction: Transaction): void } };
}
interface Transaction {
  insertText(text: string, from: number, to: number): Transaction;
  delete(from: number, to: number): Transaction;
}

/** Applies each edit as a transaction of its own in the block of code that is the whole text. */
function replay(page: Page, edits: Patch[][]): Promise<void> {
  return textOf(page).evaluate((element, given) => {
    const { view } = (element as unknown as EditorElement).editor;
    for (const patches of given) {
      const { tr } = view.state;
      for (const [position, deleted, inserted] of patches) {
        const from = 1 + position; // the block's content begins after its opening
        if (inserted === '') tr.delete(from, from + deleted);
        else tr.insertText(inserted, from, from + deleted);
      }
      view.dispatch(tr);
    }
  }, edits);
}

const codeOf = (page: Page): Promise<string> =>
  textOf(page)
    .locator('pre')
    .evaluate((block) => block.textContent ?? '');

test('a recorded session of 19,000 edits, typed at full speed, is the same for both and for a third', async () => {
  const { startContent, endContent, txns } = await readSession();
  const [ada, ben] = await Promise.all([world.person(), world.person()]);
  await newPad(ada.page, world.origin);
  const { edit, view } = await sharedLinks(ada.page);
  await openPad(ben.page, edit);
  await textOf(ada.page).focus();
  await tool(ada.page, 'codeBlock').click();
  await textOf(ada.page).locator('pre').waitFor();
  // Without the focus the browser has no caret to lay out after each of the edits, which is most of the work.
  await ada.page.getByRole('textbox', { name: 'Title of the pad' }).focus();
  const edits: Patch[][] = [[[0, 0, startContent]], ...txns.map(({ patches }) => patches)];
  for (let next = startContent === '' ? 1 : 0; next < edits.length; next += BATCH) {
    await replay(ada.page, edits.slice(next, next + BATCH));
  }
  expect(await codeOf(ada.page)).toBe(endContent);
  await expect.poll(() => codeOf(ben.page), LONG).toBe(endContent);
  await untilPill(ada.page, 'saved');
  const cleo = await world.person();
  await openPad(cleo.page, view, 'readonly');
  expect(await codeOf(cleo.page)).toBe(endContent);
  expect([...ada.watch.errors, ...ben.watch.errors, ...cleo.watch.errors]).toEqual([]);
});
