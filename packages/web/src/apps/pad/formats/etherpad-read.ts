/** What Etherpad exports (`.etherpad`): the text, its marks, headings and lists; not the history, not the chat. */
import { escapeHtml } from '../model/html.ts';
import { safeHref } from '../model/links.ts';
import { Refusal } from './refusal.ts';

type Attributes = ReadonlyMap<string, string>;

interface Run {
  text: string;
  attributes: Attributes;
}

interface Line {
  html: string;
  list: string;
  heading: string;
}

const ATTRIBUTES_MAX = 100_000;

/** As HTML. Throws `Refusal`: `broken`. */
export function readEtherpad(source: string): string {
  const { text, attribs, pool } = documentOf(source);
  return blocksOf(linesOf(runsOf(text, attribs, pool)));
}

interface Found {
  text: string;
  attribs: string;
  pool: ReadonlyMap<number, readonly [string, string]>;
}

function documentOf(source: string): Found {
  let parsed: unknown;
  try {
    parsed = JSON.parse(source);
  } catch (cause) {
    throw new Refusal('broken', { cause });
  }
  const entry = Object.entries(record(parsed)).find(([key]) => /^pad:[^:]+$/.test(key));
  const pad = record(entry?.[1]);
  const { text, attribs } = record(pad.atext);
  if (typeof text !== 'string' || typeof attribs !== 'string') throw new Refusal('broken');
  const named = Object.entries(record(record(pad.pool).numToAttrib)).slice(0, ATTRIBUTES_MAX);
  const pool = new Map(
    named.flatMap(([number, pair]) => {
      const [name, value] = Array.isArray(pair) ? pair : [];
      return typeof name === 'string' ? [[Number(number), [name, String(value ?? '')] as const] as const] : [];
    }),
  );
  return { text, attribs, pool };
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** `*0*3|2+1a`: attributes 0 and 3 for the next 46 characters, which hold 2 line ends; numbers to the base of 36. */
const OPERATION = /((?:\*[0-9a-z]+)*)(?:\|[0-9a-z]+)?\+([0-9a-z]+)/gy;

function runsOf(text: string, attribs: string, pool: Found['pool']): Run[] {
  const runs: Run[] = [];
  let at = 0;
  OPERATION.lastIndex = 0;
  for (const [, numbers = '', length = '0'] of attribs.matchAll(OPERATION)) {
    const end = at + Number.parseInt(length, 36);
    const pairs = [...numbers.matchAll(/\*([0-9a-z]+)/g)].flatMap(([, number = '']) =>
      pool.get(Number.parseInt(number, 36)) ? [pool.get(Number.parseInt(number, 36)) as readonly [string, string]] : [],
    );
    runs.push({ text: text.slice(at, end), attributes: new Map(pairs) });
    at = end;
  }
  if (at < text.length) runs.push({ text: text.slice(at), attributes: new Map() });
  return runs;
}

function linesOf(runs: readonly Run[]): Line[] {
  const lines: Line[] = [];
  let line: Line & { isBegun: boolean } = { html: '', list: '', heading: '', isBegun: false };
  for (const { text, attributes } of runs) {
    const parts = text.split('\n');
    parts.forEach((part, index) => {
      const isMarker = !line.isBegun && part.startsWith('*') && attributes.has('lmkr');
      if (isMarker) {
        line.list = attributes.get('list') ?? '';
        line.heading = attributes.get('heading') ?? '';
      }
      const words = isMarker ? part.slice(1) : part;
      if (part !== '') line.isBegun = true;
      line.html += markedRun(words, attributes);
      if (index === parts.length - 1) return;
      lines.push(line);
      line = { html: '', list: '', heading: '', isBegun: false };
    });
  }
  if (line.isBegun) lines.push(line);
  // Etherpad ends every text with a line end.
  return lines.at(-1)?.html === '' ? lines.slice(0, -1) : lines;
}

const TAGS = { bold: 'strong', italic: 'em', underline: 'u', strikethrough: 's' } as const;

function markedRun(words: string, attributes: Attributes): string {
  if (words === '') return '';
  let html = escapeHtml(words).replace(/https?:\/\/[^\s<>"]*[^\s<>".,;:!?)]/g, (address) => linked(address));
  for (const [name, tag] of Object.entries(TAGS)) {
    if (attributes.get(name) === 'true') html = `<${tag}>${html}</${tag}>`;
  }
  return html;
}

const linked = (address: string): string =>
  safeHref(address.replaceAll('&amp;', '&')) === undefined ? address : `<a href="${address}">${address}</a>`;

const DEPTH_MAX = 16;

function blocksOf(lines: readonly Line[]): string {
  let html = '';
  const open: string[] = [];
  const closeTo = (depth: number) => {
    while (open.length > depth) html += `</li></${open.pop()}>`;
  };
  for (const line of lines) {
    const [, kind, level] = /^(bullet|number|indent)(\d+)$/.exec(line.list) ?? [];
    if (kind === undefined) {
      closeTo(0);
      const tag = /^h[1-6]$/.test(line.heading) ? `h${Math.min(3, Number(line.heading[1]))}` : 'p';
      html += `<${tag}>${line.html}</${tag}>`;
      continue;
    }
    const depth = Math.min(Math.max(Number(level), 1), DEPTH_MAX);
    const list = kind === 'number' ? 'ol' : 'ul';
    closeTo(open[depth - 1] === list ? depth : depth - 1);
    if (open.length === depth) html += '</li>';
    // A deeper list stands in an item, which an Etherpad line need not have.
    while (open.length < depth) {
      html += `<${list}>${open.length < depth - 1 ? '<li><p></p>' : ''}`;
      open.push(list);
    }
    html += `<li><p>${line.html}</p>`;
  }
  closeTo(0);
  return html;
}
