/** Where the style of a pasted element is kept while it is read. */
export const STYLE_KEPT_IN = 'data-pad-style';

/** Of a longer page only the beginning is taken. */
export const MAX_PASTED_CHARACTERS = 2 * 1024 * 1024;

const ATTRIBUTE = /([^\s"'=/>]+)(\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?/g;
const TAG_NAME = /[a-z][^\s/>]*/iy;
/** Elements that go with all they hold. */
const DROPPED = /^(?:script|style|template|title)$/i;

/**
 * Pasted HTML as the page's policy lets it be parsed: no script, no style sheet, no handler, and each `style` under
 * another name. The policy ignores style attributes (and reports them) even in a document that is never shown; without
 * this, whatever a word processor says by style alone would be lost. This is not what keeps a pad safe: the schema is.
 * One pass, whatever the text is; what begins and never ends takes the rest with it, as in a browser.
 */
export function withoutActive(pasted: string): string {
  const html = pasted.slice(0, MAX_PASTED_CHARACTERS);
  const kept: string[] = [];
  let at = 0;
  for (let open = html.indexOf('<'); open >= 0; open = html.indexOf('<', at)) {
    const [text, end] = markupAt(html, open);
    kept.push(html.slice(at, open), text);
    at = end;
  }
  return kept.join('') + html.slice(at);
}

/** What stays of the markup that begins at `open`, and where it ends. */
function markupAt(html: string, open: number): [kept: string, end: number] {
  if (html.startsWith('<!--', open)) {
    const end = html.indexOf('-->', open + 2);
    return ['', end < 0 ? html.length : end + 3];
  }
  TAG_NAME.lastIndex = open + 1;
  const name = TAG_NAME.exec(html)?.[0];
  if (name === undefined) return ['<', open + 1];
  const inside = open + 1 + name.length;
  const end = tagEnd(html, inside);
  if (end < 0) return ['', html.length];
  if (!DROPPED.test(name)) return [`<${name}${html.slice(inside, end).replace(ATTRIBUTE, rename)}>`, end + 1];
  const closing = new RegExp(`</${name}\\s*>`, 'gi');
  closing.lastIndex = end + 1;
  return ['', closing.test(html) ? closing.lastIndex : html.length];
}

/** Where the `>` of a tag is, outside of quotes; -1 when it never ends. A quote that is not closed is none. */
function tagEnd(html: string, from: number): number {
  for (let at = from; at < html.length; at++) {
    const character = html[at];
    if (character === '>') return at;
    if (character === '"' || character === "'") at = Math.max(at, html.indexOf(character, at + 1));
  }
  return -1;
}

function rename(whole: string, name: string, value = ''): string {
  if (/^on/i.test(name)) return '';
  return /^style$/i.test(name) ? STYLE_KEPT_IN + value : whole;
}

/** What a style attribute says that a pad can say too. */
export interface Look {
  /** undefined: nothing said */
  bold?: boolean;
  italic: boolean;
  underline: boolean;
  strike: boolean;
}

/** Reads a style attribute's text. */
export function lookOf(style: string): Look {
  const said = (property: string) =>
    new RegExp(`(?:^|;)\\s*${property}\\s*:\\s*([^;]+)`, 'i').exec(style)?.[1]?.trim().toLowerCase();
  const weight = said('font-weight');
  const lines = `${said('text-decoration') ?? ''} ${said('text-decoration-line') ?? ''}`;
  return {
    ...(weight !== undefined && { bold: /^bold/.test(weight) || Number(weight) >= 600 }),
    italic: said('font-style') === 'italic',
    underline: /\bunderline\b/.test(lines),
    strike: /\bline-through\b/.test(lines),
  };
}
