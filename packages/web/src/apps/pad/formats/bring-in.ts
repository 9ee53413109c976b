import type { Editor } from '@tiptap/core';
import { tidyPasted } from '../editor/paste.ts';
import { rememberPicture } from '../editor/picture.ts';
import type { Pictures } from '../model/pictures.ts';
import { preparePicture } from '../view/prepare-picture.ts';
import { readFile } from './read-file.ts';
import { type Reason, Refusal } from './refusal.ts';

/** The text alone, in UTF-16 units: more would not fit one record once sealed. */
const TEXT_MAX_LENGTH = 2_000_000;
const PICTURES_MAX = 100;

export type Brought = { ok: true; lostPictures: number } | { ok: false; reason: Reason };

/**
 * Puts what a file holds at the end of the pad, or in the place of an empty one, through the schema like a paste. Nothing of
 * it runs, and nothing is loaded from elsewhere. `pictures`: undefined where the host keeps no files.
 */
export async function bringIn(editor: Editor, file: File, pictures: Pictures | undefined): Promise<Brought> {
  try {
    const [text, found] = withoutBytes(await readFile(file));
    if (text.length > TEXT_MAX_LENGTH) throw new Refusal('tooLarge');
    const { html, lostPictures } = await arranged(tidyPasted(text), found, pictures);
    const { doc } = editor.state;
    const place = editor.isEmpty ? { from: 0, to: doc.content.size } : doc.content.size;
    const parseOptions = { preserveWhitespace: false } as const;
    editor.chain().insertContentAt(place, html, { parseOptions }).focus('end').run();
    return { ok: true, lostPictures };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, reason: error.reason };
    throw error;
  }
}

const MARK = 'pad-picture:';
const BYTES = /(<img\b[^>]{0,2000}?\bsrc\s*=\s*["'])(data:image\/[a-z+]{1,20};base64,[A-Za-z0-9+/=\s]*)/gi;

/** The bytes of pictures are taken out before anything reads the text, and their places marked. */
function withoutBytes(html: string): [html: string, found: string[]] {
  const found: string[] = [];
  const text = html.replace(BYTES, (_whole, before: string, address: string) => {
    found.push(address);
    return `${before}${MARK}${found.length - 1}`;
  });
  return [text, found];
}

async function arranged(html: string, found: readonly string[], pictures: Pictures | undefined) {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  let lostPictures = 0;
  for (const image of body.querySelectorAll('img')) {
    const source = image.getAttribute('src') ?? '';
    const address = source.startsWith(MARK) ? found[Number(source.slice(MARK.length))] : undefined;
    const isTaken = lostPictures < PICTURES_MAX && pictures !== undefined && address !== undefined;
    const figure = isTaken ? await figureOf(image, address, pictures) : undefined;
    if (figure === undefined) lostPictures += 1;
    place(image, figure);
  }
  for (const list of body.querySelectorAll('ul')) markTasks(list);
  // Office programs make the words of a heading cell bold; here that is how it looks.
  for (const bold of body.querySelectorAll('th strong, th b')) bold.replaceWith(...bold.childNodes);
  // The line end before the closing fence is no line of the code.
  for (const code of body.querySelectorAll('pre')) trimEnd(code);
  return { html: body.innerHTML, lostPictures };
}

function trimEnd(element: Element): void {
  const last = element.lastChild instanceof Element ? element.lastChild.lastChild : element.lastChild;
  if (last?.nodeType === Node.TEXT_NODE) last.nodeValue = (last.nodeValue ?? '').replace(/\n$/, '');
}

async function figureOf(image: Element, address: string, pictures: Pictures): Promise<Element | undefined> {
  const encoded = address.slice(address.indexOf(',') + 1).replace(/\s/g, '');
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  const prepared = await preparePicture(new Blob([bytes]));
  if (!prepared.ok) return undefined;
  const ref = await pictures.add(prepared.picture);
  rememberPicture(ref);
  const figure = image.ownerDocument.createElement('figure');
  figure.dataset.picture = ref.id;
  figure.dataset.alt = image.getAttribute('alt') ?? '';
  figure.dataset.pixels = prepared.pixels;
  const width = /^(\d{1,3})%$/.exec(image.getAttribute('width') ?? '')?.[1];
  if (width !== undefined) figure.dataset.width = width;
  figure.append(image.ownerDocument.createElement('figcaption'));
  return figure;
}

/** A picture stands by itself, after the paragraph that it was in; with the caption it had. */
function place(image: Element, figure: Element | undefined): void {
  const around = image.closest('figure');
  const block = around ?? image.closest('p, h1, h2, h3, h4, h5, h6, pre');
  const caption = around?.querySelector('figcaption') ?? captionBelow(block);
  if (figure && caption) {
    figure.querySelector('figcaption')?.append(...caption.childNodes);
    if (around === null) caption.remove();
  }
  const alt = image.getAttribute('alt') ?? '';
  image.remove();
  if (figure === undefined && alt !== '' && block !== null) block.append(`[${alt}]`);
  if (figure !== undefined) {
    if (block !== null) block.after(figure);
    else image.ownerDocument.body.append(figure);
  }
  if (block !== null && block.textContent?.trim() === '' && block.querySelector('img') === null) block.remove();
}

/** The paragraph that office programs have under a picture. */
function captionBelow(block: Element | null): Element | undefined {
  const below = block?.nextElementSibling;
  return below?.matches('p[data-caption]') ? below : undefined;
}

/** The tasks of Markdown, and those that office programs have as signs, as the schema knows them. */
function markTasks(list: Element): void {
  const items = [...list.children];
  const states = items.map(taskState);
  if (items.length === 0 || states.includes(undefined)) return;
  list.setAttribute('data-type', 'taskList');
  items.forEach((item, index) => {
    item.setAttribute('data-type', 'taskItem');
    item.setAttribute('data-checked', String(states[index] === true));
    boxOf(item)?.remove();
    const first = firstText(item);
    if (first) first.nodeValue = (first.nodeValue ?? '').replace(SIGN, '');
  });
}

const SIGN = /^\s*(?:[☐☑☒]\s*)?/u;

/** Whether it is ticked; undefined when it is no task. */
function taskState(item: Element): boolean | undefined {
  const box = boxOf(item);
  if (box !== null) return box.hasAttribute('checked');
  const [sign] = SIGN.exec(firstText(item)?.nodeValue ?? '') ?? [];
  return sign?.trim() ? sign.trim() !== '☐' : undefined;
}

function boxOf(item: Element): Element | null {
  return item.querySelector(':scope > input[type=checkbox], :scope > p:first-child > input[type=checkbox]');
}

function firstText(item: Element): Node | null {
  return item.ownerDocument.createTreeWalker(item, NodeFilter.SHOW_TEXT).nextNode();
}
