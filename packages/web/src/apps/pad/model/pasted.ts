/** Where the style of a pasted element is kept while it is read. */
export const STYLE_KEPT_IN = 'data-pad-style';

const TAG = /<([a-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/gi;
const ATTRIBUTE = /([^\s"'=/>]+)(\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?/g;

/**
 * Pasted HTML as the page's policy lets it be parsed: no script, no style sheet, no handler, and each `style` under
 * another name. The policy ignores style attributes (and reports them) even in a document that is never shown; without
 * this, whatever a word processor says by style alone would be lost. This is not what keeps a pad safe: the schema is.
 */
export function withoutActive(html: string): string {
  return html
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<(script|style|template|title)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replace(TAG, (_tag, name: string, attributes: string) => `<${name}${attributes.replace(ATTRIBUTE, rename)}>`);
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
