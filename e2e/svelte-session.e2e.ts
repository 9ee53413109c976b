import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { newPad, openPad, sharedLinks, untilPill } from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
/** Recorded transactions that are one of the editor: it redraws the whole block after each. */
const PER_TRANSACTION = 10;
const PER_CALL = 100 * PER_TRANSACTION;
const patience = { timeout: 30_000, interval: 100 };

type Patch = [position: number, deleted: number, inserted: string];
interface Session {
  startContent: string;
  endContent: string;
  txns: { patches: Patch[] }[];
}

/** What ProseMirror and Tiptap leave on the element they draw in; only what this test uses. */
interface EditorElement extends HTMLElement {
  editor: {
    commands: { setCodeBlock(): boolean };
    view: {
      state: { tr: Transaction; schema: { text(text: string): unknown }; doc: { textContent: string } };
      dispatch(transaction: Transaction): void;
    };
  };
}
interface Transaction {
  replaceWith(from: number, to: number, node: unknown): Transaction;
  delete(from: number, to: number): Transaction;
}

const session: Session = JSON.parse(
  gunzipSync(readFileSync(new URL('../testdata/editing-traces/sveltecomponent.json.gz', import.meta.url))).toString(),
);

/** The text is one block of code, in which a new line is a character. */
function replay(page: Page, txns: Session['txns']): Promise<void> {
  const steps = Array.from({ length: Math.ceil(txns.length / PER_TRANSACTION) }, (_, step) =>
    txns.slice(step * PER_TRANSACTION, (step + 1) * PER_TRANSACTION).flatMap(({ patches }) => patches),
  );
  return page.locator('#pad-text .tiptap').evaluate((element, groups) => {
    const { view } = (element as EditorElement).editor;
    for (const patches of groups) {
      const { tr, schema } = view.state;
      for (const [position, deleted, inserted] of patches) {
        const from = position + 1;
        if (inserted === '') tr.delete(from, from + deleted);
        else tr.replaceWith(from, from + deleted, schema.text(inserted));
      }
      view.dispatch(tr);
    }
  }, steps);
}

const contentOf = (page: Page): Promise<string> =>
  page.locator('#pad-text pre').evaluate((block) => {
    const editor = (block.closest('.tiptap') as EditorElement).editor;
    return editor.view.state.doc.textContent;
  });

test('a recorded session of a programmer, replayed in the editor, ends as recorded for everybody', async () => {
  // Positions are code points; here every one is a single UTF-16 unit, as the editor counts.
  expect([...session.endContent].length).toBe(session.endContent.length);
  expect(session.startContent).toBe('');
  const [ada, ben] = await Promise.all([world.person(), world.person()]);
  await newPad(ada.page, world.origin);
  const { edit, view } = await sharedLinks(ada.page);
  await openPad(ben.page, edit);
  await ada.page.locator('#pad-text .tiptap').evaluate((element) => {
    (element as EditorElement).editor.commands.setCodeBlock();
  });
  for (let at = 0; at < session.txns.length; at += PER_CALL) {
    await replay(ada.page, session.txns.slice(at, at + PER_CALL));
  }
  expect(await contentOf(ada.page)).toBe(session.endContent);
  await untilPill(ada.page, 'saved');
  await expect.poll(() => contentOf(ben.page), patience).toBe(session.endContent);

  const cleo = await world.person();
  await openPad(cleo.page, view, 'readonly');
  await expect.poll(() => contentOf(cleo.page), patience).toBe(session.endContent);
});
