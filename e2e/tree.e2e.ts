import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { newPad, openPad, sharedLinks, textOf, untilPill, WAIT_MS } from './harness/pad.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld({}, { spoken: true });

/** A text of so many blocks is long (web, editor/long-text.ts). */
const MANY = 600;

const MINUTES = `<h1>Minutes</h1><p>We <strong>agreed</strong> on <a href="https://example.org/">this page</a>.</p>
<h2>Tasks</h2><ul data-type="taskList"><li data-type="taskItem" data-checked="true"><p>book the hall</p></li></ul>
<ol><li><p>first</p></li><li><p>second</p></li></ol><blockquote><p>quoted</p></blockquote><pre><code>code</code></pre>
<table><tr><th><p>Who</p></th><th><p>What</p></th></tr><tr><td><p>Ada</p></td><td><p>chairs</p></td></tr></table>`;

interface TreeNode {
  nodeId: string;
  ignored: boolean;
  role?: { value: string };
  name?: { value: string };
  properties?: { name: string; value: { value?: unknown } }[];
  childIds?: string[];
}

/** What a screen reader is given of the text, a line for each thing: role, name, and what else counts. */
async function treeOf(page: Page): Promise<string[]> {
  const tools = await page.context().newCDPSession(page);
  const { nodes } = (await tools.send('Accessibility.getFullAXTree')) as unknown as { nodes: TreeNode[] };
  await tools.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const root = nodes.find(({ name }) => name?.value === 'Text of the pad');
  const lines: string[] = [];
  const walk = (node: TreeNode | undefined): void => {
    if (node === undefined) return;
    const role = node.role?.value ?? '';
    if (!node.ignored && role !== 'InlineTextBox') {
      const more = (node.properties ?? [])
        .filter(({ name }) => ['level', 'checked', 'multiline', 'url'].includes(name))
        .map(({ name, value }) => `${name}=${value.value}`);
      lines.push([role, JSON.stringify(node.name?.value ?? ''), ...more].join(' '));
    }
    for (const id of node.childIds ?? []) walk(byId.get(id));
  };
  walk(root);
  return lines;
}

const LINES = ['We agreed on this page.', 'Tasks', 'book the hall', 'first', 'second', 'quoted', 'code', 'Who'];

const READ = [
  'heading "Minutes" level=1',
  'paragraph ""',
  'StaticText "We "',
  'strong ""',
  'StaticText "agreed"',
  'StaticText " on "',
  'link "this page" url=https://example.org/',
  'StaticText "."',
  'heading "Tasks" level=2',
  'list ""',
  'listitem "" level=1',
  'checkbox "Done: book the hall" checked=true',
  'ListMarker "1. "',
  'StaticText "first"',
  'ListMarker "2. "',
  'StaticText "second"',
  'blockquote ""',
  'StaticText "quoted"',
  'code ""',
  'table ""',
  'row ""',
  'columnheader "Who"',
  'columnheader "What"',
  'row ""',
  'cell "Ada"',
  'cell "chairs"',
];

/** Whether the browser has laid out this block of the text; what is far from the window it leaves out. */
const isLaidOut = (page: Page, block: number): Promise<boolean | undefined> =>
  textOf(page).evaluate((text, index) => {
    const inside = text.children[index]?.firstElementChild;
    return inside?.checkVisibility({ contentVisibilityAuto: true });
  }, block);

/** Of `lines`, those of `wanted` in their order: equal to `wanted` when all are there. */
function inOrder(lines: readonly string[], wanted: readonly string[]): string[] {
  const found: string[] = [];
  for (const line of lines) if (line === wanted[found.length]) found.push(line);
  return found;
}

const lineOfCaret = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { focusNode } = document.getSelection() ?? {};
    const element = focusNode instanceof Element ? focusNode : focusNode?.parentElement;
    return element?.closest('h1, h2, p, pre')?.textContent ?? '';
  });

async function pasteHtml(page: Page, html: string): Promise<void> {
  await textOf(page).evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/html', pasted);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, html);
}

describe('what a screen reader is given', () => {
  test('structure, names and states of the text, for who writes and for who reads; each line by the arrows', async () => {
    const [ada, ben] = [await world.person(), await world.person()];
    await newPad(ada.page, world.origin);
    await pasteHtml(ada.page, MINUTES);
    await untilPill(ada.page, 'saved');
    const written = await treeOf(ada.page);
    expect(written[0]).toBe('textbox "Text of the pad" multiline=true');
    expect(inOrder(written, READ)).toEqual(READ);

    const goTo = async (key: string, line: string): Promise<void> => {
      await ada.page.keyboard.press(key, { delay: 100 });
      await expect.poll(() => lineOfCaret(ada.page), { timeout: WAIT_MS }).toBe(line);
    };
    await textOf(ada.page).locator('h1').click();
    await goTo('Control+Home', 'Minutes');
    for (const line of LINES) await goTo('ArrowDown', line);

    const { view } = await sharedLinks(ada.page);
    await openPad(ben.page, view, 'readonly');
    const read = await treeOf(ben.page);
    expect(read[0]).toBe('article "Text of the pad"');
    expect(inOrder(read, READ)).toEqual(READ);
  });

  test('all of a long text, though most of it is not laid out', async () => {
    const ada = await world.person();
    await newPad(ada.page, world.origin);
    await textOf(ada.page).focus();
    await pasteHtml(
      ada.page,
      Array.from({ length: MANY }, (_, index) => `<p><em>Line ${index + 1}.</em></p>`).join(''),
    );
    await untilPill(ada.page, 'saved');
    const cleo = await world.person();
    await openPad(cleo.page, (await sharedLinks(ada.page)).edit);
    const spoken = async (page: Page) => (await treeOf(page)).filter((line) => line.startsWith('StaticText'));
    const all = Array.from({ length: MANY }, (_, index) => `StaticText "Line ${index + 1}."`);
    for (const { page } of [ada, cleo]) await expect.poll(() => spoken(page), { timeout: WAIT_MS }).toEqual(all);
    expect(await isLaidOut(cleo.page, 0)).toBe(true);
    expect(await isLaidOut(cleo.page, MANY - 1)).toBe(false);
    await textOf(cleo.page).focus();
    await cleo.page.keyboard.press('Control+End', { delay: 100 });
    await expect.poll(() => lineOfCaret(cleo.page)).toBe(`Line ${MANY}.`);
    const last = textOf(cleo.page).locator('p').last();
    const isSeen = () => last.evaluate((line) => line.getBoundingClientRect().bottom <= window.innerHeight);
    await expect.poll(isSeen).toBe(true);
    expect(await isLaidOut(cleo.page, MANY - 1)).toBe(true);
    await expect.poll(() => isLaidOut(cleo.page, 0)).toBe(false);
  });
});
