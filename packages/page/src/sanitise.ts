/** PAGE-8: HTML of a stranger, parsed as browsers do and written anew from what may be there. */
import { fromHtml } from 'hast-util-from-html';
import { sanitize } from 'hast-util-sanitize';
import { toHtml } from 'hast-util-to-html';
import { SCHEMA } from './schema.ts';

type Root = ReturnType<typeof fromHtml>;
type Element = Extract<Root['children'][number], { type: 'element' }>;
type Node = Root | Root['children'][number];

/** Browsers flatten what is nested deeper, and by that change its meaning. */
const MAX_DEPTH = 200;
const PICTURE = /^\d{1,3}$/;
const START = '<!doctype html><html><head></head><body>';
const LINKS = ['http:', 'https:', 'mailto:'];
/** Where links lead says nothing for this host, and search engines are told so. */
const LINK_RELATION = ['nofollow', 'ugc', 'noopener'];

/** From here on a table may be wider than a phone. */
const WIDE_COLUMNS = 5;

export interface SanitiseOptions {
  /** Of a picture by its number; undefined: its description is shown. */
  addressOf(picture: number): string | undefined;
  /** What a wide table is called, which people move sideways. */
  tableLabel: string;
}

/** What is shown. Undefined when it cannot be made safe: it is nested too deep, or its meaning changes each time that it is read. */
export function sanitise(html: string, options: SanitiseOptions): string | undefined {
  const first = cleaned(html);
  const second = first && cleaned(toHtml(first));
  if (second === undefined) return undefined;
  const text = toHtml(second);
  const third = cleaned(text);
  // What a browser reads is what was looked at, and not another thing once it has been written down.
  if (third === undefined || toHtml(third) !== text) return undefined;
  finish(third, options);
  return toHtml(third);
}

function cleaned(html: string): Root | undefined {
  const page = parsed(html);
  const body = page && bodyOf(page);
  if (body === undefined || depthOf(body) > MAX_DEPTH) return undefined;
  const clean = sanitize({ type: 'root', children: body.children }, SCHEMA);
  return clean.type === 'root' ? clean : { type: 'root', children: [clean] as Root['children'] };
}

/** Undefined: deeper than the stack. */
function parsed(html: string): Root | undefined {
  try {
    return fromHtml(START + html);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function bodyOf({ children }: Root): Element {
  const root = children.find((child) => child.type === 'element');
  const body = root?.children.find((child): child is Element => child.type === 'element' && child.tagName === 'body');
  if (body === undefined) throw new Error('a document without a body');
  return body;
}

/** Without recursion: what is measured may be deeper than the stack. */
function depthOf(node: Node): number {
  let depth = 0;
  for (let level: Node[] = [node]; level.length > 0 && depth <= MAX_DEPTH; depth++) {
    level = level.flatMap((one) => ('children' in one ? one.children : []));
  }
  return depth;
}

function finish(parent: Root | Element, options: SanitiseOptions): void {
  parent.children = (parent.children as Element['children']).map((child) => {
    if (child.type !== 'element') return child;
    if (child.tagName === 'a') finishLink(child);
    if (child.tagName === 'img') return finishPicture(child, options);
    finish(child, options);
    return child.tagName === 'table' ? finishTable(child, options) : child;
  }) as Root['children'] & Element['children'];
}

function finishLink({ properties }: Element): void {
  const { href } = properties;
  const isNote = typeof href === 'string' && /^#[-\w]{1,60}$/.test(href);
  if (isNote || href === undefined) return;
  // Relative addresses would lead to the host's own pages.
  const url = typeof href === 'string' && URL.canParse(href) ? new URL(href) : undefined;
  if (url !== undefined && LINKS.includes(url.protocol)) {
    properties.href = url.href;
    properties.rel = LINK_RELATION;
  } else delete properties.href;
}

function finishPicture(picture: Element, { addressOf }: SanitiseOptions): Element['children'][number] {
  const { src, alt = '' } = picture.properties;
  const address = PICTURE.test(String(src)) ? addressOf(Number(src)) : undefined;
  if (address === undefined) return { type: 'text', value: alt === '' ? '' : `[${String(alt)}]` };
  picture.properties = { ...picture.properties, src: address, alt, loading: 'lazy' };
  return picture;
}

function finishTable(table: Element, { tableLabel }: SanitiseOptions): Element {
  if (columnsOf(table) < WIDE_COLUMNS) return table;
  const properties = { className: ['wide'], role: 'region', ariaLabel: tableLabel, tabIndex: 0 };
  return { type: 'element', tagName: 'div', properties, children: [table] };
}

/** Of its widest row. */
function columnsOf({ children }: Element): number {
  const columns = children.map((child) => {
    if (child.type !== 'element') return 0;
    if (child.tagName !== 'tr') return columnsOf(child);
    return child.children.filter((cell) => cell.type === 'element').length;
  });
  return Math.max(0, ...columns);
}
