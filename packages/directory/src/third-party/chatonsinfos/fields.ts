/** Values of a properties file by type. A value that is not of its type is a problem with its line, and missing. */
import { readDate } from './dates.ts';
import { FILE_LIMITS } from './limits.ts';
import type { FileProblem, FileProblemCode } from './problems.ts';
import { fileProblem } from './problems.ts';
import type { PropertiesFile, Property } from './properties.ts';

const LINE_BREAK = /<br ?\/?>/gi;
const EMAIL_MAX_CHARS = 254;
const EMAIL = /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/;

export class Fields {
  readonly problems: FileProblem[];
  /** Hosts write startDate and startdate. */
  readonly #byKey = new Map<string, Property>();

  constructor({ properties, problems }: PropertiesFile) {
    this.problems = [...problems];
    for (const property of properties.values()) this.#byKey.set(property.key.toLowerCase(), property);
  }

  get all(): readonly Property[] {
    return [...this.#byKey.values()];
  }

  hasSection(name: string): boolean {
    return [...this.#byKey.keys()].some((key) => key.startsWith(`${name}.`));
  }

  /** Plain text; `<br/>` is a line break. Undefined: missing or empty. */
  text(key: string): string | undefined {
    const text = this.#byKey.get(key)?.value.replace(LINE_BREAK, '\n').trim();
    return text === '' ? undefined : text;
  }

  /** The same, but its absence is a problem. */
  requiredText(key: string): string | undefined {
    const text = this.text(key);
    if (text === undefined) this.#report('missing', key);
    return text;
  }

  url(key: string): string | undefined {
    return this.#as(key, 'bad_url', webAddress);
  }

  email(key: string): string | undefined {
    return this.#as(key, 'bad_email', (text) => {
      const address = text.replace(/^mailto:/i, '');
      return address.length <= EMAIL_MAX_CHARS && EMAIL.test(address) ? address : undefined;
    });
  }

  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  date(key: string): string | undefined {
    return this.#as(key, 'bad_date', (text) => readDate(text)?.date);
  }

  /** A date, then `T` and the time if there is one. */
  datetime(key: string): string | undefined {
    return this.#as(key, 'bad_date', (text) => {
      const read = readDate(text);
      return read?.time === undefined ? read?.date : `${read.date}T${read.time}`;
    });
  }

  /** A number of degrees, written with a point or a comma. */
  degrees(key: string, most: number): number | undefined {
    return this.#as(key, 'bad_number', (text) => {
      const degrees = /^[+-]?\d{1,3}([.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : Number.NaN;
      return Math.abs(degrees) <= most ? degrees : undefined;
    });
  }

  /** Two letters, upper case. */
  country(key: string): string | undefined {
    return this.#as(key, 'bad_country', (text) => (/^[a-z]{2}$/i.test(text) ? text.toUpperCase() : undefined));
  }

  /** One of the words, in the spelling given here. */
  choice<T extends string>(key: string, words: readonly T[]): T | undefined {
    return this.#as(key, 'bad_choice', (text) => words.find((word) => word.toLowerCase() === text.toLowerCase()));
  }

  /** Several of the words, with ; or , between; others are reported and left out. */
  choices<T extends string>(key: string, words: readonly T[]): readonly T[] {
    const parts = (this.text(key) ?? '').split(/[;,]/).map((part) => part.trim().toLowerCase());
    const written = parts.filter((part) => part !== '');
    const known = words.filter((word) => written.includes(word.toLowerCase()));
    if (known.length < new Set(written).size) this.#report('bad_choice', key);
    return known;
  }

  report(code: FileProblemCode, { key, line }: Property): void {
    if (this.problems.length < FILE_LIMITS.problemsMax) this.problems.push(fileProblem(code, line, key));
  }

  #as<T>(key: string, code: FileProblemCode, read: (text: string) => T | undefined): T | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    const value = read(text);
    if (value === undefined) this.#report(code, key);
    return value;
  }

  #report(code: FileProblemCode, key: string): void {
    this.report(code, this.#byKey.get(key) ?? { key, value: '', line: 0 });
  }
}

/** As `URL` spells it; undefined for what a visitor could not open. */
export function webAddress(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
  return isWeb && url?.username === '' && url.password === '' ? url.href : undefined;
}
