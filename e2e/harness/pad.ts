import type { Locator, Page } from 'playwright-core';

/** Longest wait for something that crosses the network, on a machine that is busy with two browsers. */
export const WAIT_MS = 15_000;

export type PillState = 'offline' | 'connecting' | 'sending' | 'saved' | 'readonly' | 'problem';

/** The element that ProseMirror draws the text in. */
export const textOf = (page: Page): Locator => page.locator('#pad-text .tiptap');

/** A new pad of this person's own, known to the host: what the portal's button leads to. */
export async function newPad(page: Page, origin: string): Promise<void> {
  await openPad(page, `${origin}/pad?new&keep=7d`);
}

/** Opens a link and waits until the host's state is there. */
export async function openPad(page: Page, link: string, state: PillState = 'saved'): Promise<void> {
  await page.goto(link);
  await textOf(page).waitFor();
  await untilPill(page, state);
}

export async function pill(page: Page): Promise<string> {
  return (await page.locator('[data-state]').getAttribute('data-state')) ?? '';
}

export async function untilPill(page: Page, ...states: PillState[]): Promise<void> {
  const wanted = states.map((state) => `[data-state="${state}"]`).join(', ');
  await page.locator(wanted).waitFor({ timeout: WAIT_MS });
}

/** What the Share dialog offers; the owner's own link is in the address bar. */
export async function sharedLinks(page: Page): Promise<{ view: string; edit: string; own: string }> {
  await page.locator('.pad-share').click();
  const dialog = page.locator('dialog[open]');
  await dialog.locator('input[type=radio]').first().check();
  const view = await dialog.locator('.link-field').inputValue();
  await dialog.locator('input[type=radio]').last().check();
  const edit = await dialog.locator('.link-field').inputValue();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  return { view, edit, own: page.url() };
}

/** Types at the end of the text, one key after the other. */
export async function typeAtEnd(page: Page, text: string, delayMs = 0): Promise<void> {
  await textOf(page).focus();
  // A key pressed faster than a person can, right after the focus came, goes where the caret was before.
  const goToEnd = async (): Promise<boolean> => {
    await page.keyboard.press('Control+End');
    return textOf(page).evaluate(isCaretAtEnd);
  };
  while (!(await goToEnd()));
  await page.keyboard.type(text, { delay: delayMs });
}

/** Runs in the page: two frames later the caret is in the last block of the text, with no words after it. */
function isCaretAtEnd(text: Element): Promise<boolean> {
  const look = (): boolean => {
    const { focusNode, focusOffset } = document.getSelection() ?? {};
    const last = [...text.querySelectorAll('p, h1, h2, h3, pre')].at(-1);
    if (!focusNode || !last?.contains(focusNode)) return false;
    const rest = document.createRange();
    rest.setStart(focusNode, focusOffset ?? 0);
    rest.setEndAfter(last);
    return rest.toString() === '';
  };
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(look()))));
}

/** Puts the caret at the end of the block (paragraph, heading, cell) with this text. */
export async function caretIn(page: Page, words: string): Promise<void> {
  await textOf(page).getByText(words, { exact: true }).last().click();
  // As slowly as a hand: the editor hears of a caret a moment after the browser has moved it.
  await page.keyboard.press('End', { delay: 100 });
}

/** The lines of the text: every paragraph, heading, cell and block of code, without the carets of others. */
export function padText(page: Page): Promise<string> {
  return textOf(page).evaluate((text) =>
    [...text.querySelectorAll('p, h1, h2, h3, pre')].map((block) => block.textContent ?? '').join('\n'),
  );
}

/** The text with its formats as HTML, without carets, selections and what only serves the editor. */
export function padHtml(page: Page): Promise<string> {
  return textOf(page).evaluate((text) => {
    const copy = text.cloneNode(true) as Element;
    for (const extra of copy.querySelectorAll('.pad-caret, .ProseMirror-trailingBreak, .ProseMirror-separator')) {
      extra.remove();
    }
    for (const marked of copy.querySelectorAll('.pad-selection')) marked.replaceWith(...marked.childNodes);
    copy.normalize();
    for (const element of copy.querySelectorAll('*')) {
      for (const name of element.getAttributeNames()) {
        if (!['href', 'start', 'data-checked', 'data-type', 'colspan', 'rowspan'].includes(name)) {
          element.removeAttribute(name);
        }
      }
    }
    return copy.innerHTML;
  });
}

/** A button of the toolbar. */
export const tool = (page: Page, command: string): Locator => page.locator(`[data-command="${command}"]`);

/** The banner over the text with this code. */
export const notice = (page: Page, code: string): Locator => page.locator(`[data-notice="${code}"]`);

/** To evaluate in a page: two frames, after which what was under way has been drawn. */
export const nextFrames = (): Promise<void> =>
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));

/** Pastes plain text at the caret, as a person's clipboard would. */
export async function paste(page: Page, text: string): Promise<void> {
  await textOf(page).evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

/** Pastes HTML, with the words `plain` beside it as programs do. */
export async function pasteHtml(page: Page, html: string): Promise<void> {
  await textOf(page).evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/html', pasted);
    clipboardData.setData('text/plain', 'plain');
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, html);
}
