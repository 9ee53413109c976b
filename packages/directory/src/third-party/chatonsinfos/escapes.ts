/** The escapes of Java's property files, and quotes around values, which some hosts write. */

const SHORT: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f' };
const SHORT_ESCAPES = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);
/** An apostrophe between two letters closes no quotation. */
const APOSTROPHE = /(?<=\p{L})'(?=\p{L})/gu;

export interface Unescaped {
  text: string;
  /** There was a `\u` without four hexadecimal digits, which was left as it is. */
  isBad: boolean;
}

export function readEscapes(raw: string): Unescaped {
  let isBad = false;
  const text = raw.replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (whole, escaped: string) => {
    if (escaped.length > 1) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    if (escaped === 'u') {
      isBad = true;
      return whole;
    }
    return SHORT[escaped] ?? escaped;
  });
  return { text, isBad };
}

export interface Unquoted {
  raw: string;
  /** It begins with a quote that nothing ends. */
  isUnclosed: boolean;
}

/** Takes away the quotes around a whole value. A value that only contains quotations keeps them. */
export function unquote(raw: string): Unquoted {
  const quote = raw[0];
  if (quote !== '"' && quote !== "'") return { raw, isUnclosed: false };
  const inside = raw.slice(1, -1);
  const inner = quote === "'" ? inside.replace(APOSTROPHE, '') : inside;
  const isWhole = raw.length > 1 && raw.endsWith(quote) && !isEscapedAt(raw, raw.length - 1);
  if (isWhole && !hasUnescaped(inner, quote)) return { raw: inside, isUnclosed: false };
  return { raw, isUnclosed: quote === '"' && !hasUnescaped(raw.slice(1), quote) };
}

/** Whether an odd number of backslashes stands before it. */
export function isEscapedAt(text: string, index: number): boolean {
  let backslashes = 0;
  while (text[index - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

function hasUnescaped(text: string, sought: string): boolean {
  return unescapedIndex(text, sought) >= 0;
}

/** The first place of a character that no backslash escapes, or -1. */
export function unescapedIndex(text: string, sought: string): number {
  let index = text.indexOf(sought);
  while (index >= 0 && isEscapedAt(text, index)) index = text.indexOf(sought, index + 1);
  return index;
}

/** So that reading gives the same text back, whatever is in it. */
export function escapeValue(text: string): string {
  const escaped = escapeAll(text);
  return /^["']/.test(escaped) ? `\\${escaped}` : escaped;
}

export function escapeKey(text: string): string {
  return escapeAll(text)
    .replaceAll('=', '\\=')
    .replace(/^[#!]/, (mark) => `\\${mark}`);
}

/** What ends a line, half a pair of surrogates, which UTF-8 cannot carry, and what trimming would take. */
function escapeAll(text: string): string {
  const escaped = text
    .replace(/[\\\n\r\t]/g, (char) => SHORT_ESCAPES.get(char) ?? char)
    .replace(/[\p{Cc}\p{Cs}]/gu, unicodeEscape);
  const middle = escaped.trim();
  const from = escaped.indexOf(middle);
  return [escapeEach(escaped.slice(0, from)), middle, escapeEach(escaped.slice(from + middle.length))].join('');
}

function escapeEach(spaces: string): string {
  return [...spaces].map(unicodeEscape).join('');
}

function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
