/** `key = value` files, read as leniently as people write them, and written so that reading gives the same back. */
import { escapeKey, escapeValue, isEscapedAt, readEscapes, unescapedIndex, unquote } from './escapes.ts';
import { FILE_LIMITS } from './limits.ts';
import type { FileProblem, FileProblemCode } from './problems.ts';
import { fileProblem } from './problems.ts';

export interface Property {
  key: string;
  value: string;
  line: number;
}

export interface PropertiesFile {
  /** In the order in which keys came first; the last value of a key counts. Those we do not know are here too. */
  properties: ReadonlyMap<string, Property>;
  problems: readonly FileProblem[];
}

/** Never throws. What cannot be read is a problem with its line, and the rest is read. */
export function readProperties(source: Uint8Array | string): PropertiesFile {
  const reader = new Reader();
  const text = reader.decode(source);
  if (text !== undefined) for (const line of reader.lines(text)) reader.take(line);
  return { properties: reader.properties, problems: reader.problems };
}

interface Line {
  text: string;
  number: number;
}

class Reader {
  readonly properties = new Map<string, Property>();
  readonly problems: FileProblem[] = [];

  decode(source: Uint8Array | string): string | undefined {
    if (source.length > FILE_LIMITS.fileMaxBytes) return this.#report('file_too_long', 0);
    const text = typeof source === 'string' ? source : (decodeUtf8(source) ?? this.#decodeLatin1(source));
    return text.replace(/^\uFEFF/, '');
  }

  /** A line that ends with a backslash goes on in the next one; a comment does not. */
  *lines(text: string): Generator<Line> {
    const physical = text.split(/\r\n|\n|\r/);
    if (physical.length > FILE_LIMITS.linesMax) this.#report('too_many_lines', FILE_LIMITS.linesMax + 1);
    const count = Math.min(physical.length, FILE_LIMITS.linesMax);
    for (let index = 0; index < count; index += 1) {
      const number = index + 1;
      const parts = [(physical[index] ?? '').trimStart()];
      if (parts[0] === '' || /^[#!]/.test(parts[0] ?? '')) continue;
      while (isContinued(parts.at(-1) ?? '')) {
        parts.push((parts.pop() ?? '').slice(0, -1));
        if (index + 1 >= count) break;
        index += 1;
        parts.push((physical[index] ?? '').trimStart());
      }
      yield { text: parts.join(''), number };
    }
  }

  take({ text, number }: Line): void {
    if (text.length > FILE_LIMITS.lineMaxChars) return this.#report('line_too_long', number);
    const index = separatorIndex(text);
    if (index < 0) return this.#report('no_separator', number);
    const key = readEscapes(text.slice(0, index).trim());
    const { raw, isUnclosed } = unquote(text.slice(index + 1).trim());
    const value = readEscapes(raw);
    if (key.text === '') return this.#report('empty_key', number);
    if (key.text.length > FILE_LIMITS.keyMaxChars) return this.#report('line_too_long', number);
    if (key.isBad || value.isBad) this.#report('bad_escape', number, key.text);
    if (isUnclosed) this.#report('unclosed_quote', number, key.text);
    if (this.properties.has(key.text)) this.#report('duplicate_key', number, key.text);
    this.properties.set(key.text, { key: key.text, value: value.text, line: number });
  }

  /** Windows-1252, which is Latin-1 with more letters: no bytes are wrong in it. */
  #decodeLatin1(source: Uint8Array): string {
    this.#report('not_utf8', 0);
    return new TextDecoder('windows-1252').decode(source);
  }

  #report(code: FileProblemCode, line: number, key?: string): undefined {
    if (this.problems.length < FILE_LIMITS.problemsMax) this.problems.push(fileProblem(code, line, key));
  }
}

function decodeUtf8(source: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(source);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function isContinued(text: string): boolean {
  return text.endsWith('\\') && !isEscapedAt(text, text.length - 1);
}

/** An equals sign; failing that the colon of `key: value`, but not the one of an address. */
function separatorIndex(text: string): number {
  const equals = unescapedIndex(text, '=');
  if (equals >= 0) return equals;
  return /^[\w.-]+\s*:(?!\/\/)/.test(text) ? text.indexOf(':') : -1;
}

/** With a comment before each section: the first word of a key is its section. */
export function writeProperties(properties: Iterable<{ key: string; value: string }>): string {
  const lines: string[] = [];
  let section: string | undefined;
  for (const { key, value } of properties) {
    const [own = ''] = /^[A-Za-z]+(?=\.)/.exec(key) ?? [];
    if (own !== section && lines.length > 0) lines.push('');
    if (own !== section && own !== '') lines.push(`# [${own.slice(0, 1).toUpperCase()}${own.slice(1)}]`);
    section = own;
    lines.push(`${escapeKey(key)} = ${escapeValue(value)}`.trimEnd());
  }
  return lines.map((line) => `${line}\n`).join('');
}
