/** Texts and words in what hosts sign (FACT-6): bounded and printable. */
import {
  MAX_LANGUAGE_BYTES,
  MAX_LANGUAGES,
  MAX_SERVICE_BYTES,
  MAX_URL_BYTES,
  MAX_WELCOME,
  MAX_WORD_BYTES,
} from '../limits.ts';
import type { Reader } from '../reader.ts';
import { encodeUtf8 } from '../utf8.ts';
import type { Writer } from '../writer.ts';
import { byText, readAscending, writeAscending } from './lists.ts';

/** Control characters, and those that turn or break the line around them: nobody's name is written with these. */
const UNFIT = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;
const WORD = /^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*$/;
const LANGUAGE = /^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?$/;
const COUNTRY = /^[A-Z]{2}$/;
const COUNTRY_BYTES = 2;

/** Which texts a field takes. */
export interface TextRule {
  maxBytes: number;
  fits(text: string): boolean;
}

function isLine(text: string): boolean {
  return !UNFIT.test(text) && !text.startsWith(' ') && !text.endsWith(' ');
}

/** A line for people; may be empty. */
export function optionalLine(maxBytes: number): TextRule {
  return { maxBytes, fits: isLine };
}

/** A line for people that is not empty. */
export function requiredLine(maxBytes: number): TextRule {
  return { maxBytes, fits: (text) => text !== '' && isLine(text) };
}

/** An address; `fits` says of which kind. */
export function addressOf(fits: (text: string) => boolean): TextRule {
  return { maxBytes: MAX_URL_BYTES, fits };
}

export const word: TextRule = { maxBytes: MAX_WORD_BYTES, fits: (text) => WORD.test(text) };
/** The name of a service class. */
export const serviceName: TextRule = { ...word, maxBytes: MAX_SERVICE_BYTES };
/** A tag of BCP 47, without variants. */
export const language: TextRule = { maxBytes: MAX_LANGUAGE_BYTES, fits: (text) => LANGUAGE.test(text) };

export function writeText(writer: Writer, rule: TextRule, text: string): void {
  if (!rule.fits(text) || encodeUtf8(text).length > rule.maxBytes) throw new RangeError(`no such text here: ${text}`);
  writer.utf8(text);
}

export function readText(reader: Reader, rule: TextRule): string {
  const text = reader.utf8(rule.maxBytes);
  if (!reader.failed) reader.check(rule.fits(text));
  return text;
}

/** ISO 3166, two letters; `ZZ` where nobody knows. */
export function writeCountry(writer: Writer, country: string): void {
  if (!COUNTRY.test(country)) throw new RangeError(`no country: ${country}`);
  writer.raw(encodeUtf8(country));
}

export function readCountry(reader: Reader): string {
  const country = String.fromCharCode(...reader.fixed(COUNTRY_BYTES));
  if (!reader.failed) reader.check(COUNTRY.test(country));
  return country;
}

function writeTexts(writer: Writer, rule: TextRule, most: number, texts: readonly string[]): void {
  writeAscending(writer, texts, { most, compare: byText, write: (text) => writeText(writer, rule, text) });
}

function readTexts(reader: Reader, rule: TextRule, most: number): string[] {
  return readAscending(reader, { most, compare: byText, read: () => readText(reader, rule) });
}

/** Languages that a host answers in, and who is welcome there. */
export interface Audience {
  languages: string[];
  welcome: string[];
}

export function writeAudience(writer: Writer, { languages, welcome }: Audience): void {
  writeTexts(writer, language, MAX_LANGUAGES, languages);
  writeTexts(writer, word, MAX_WELCOME, welcome);
}

export function readAudience(reader: Reader): Audience {
  const languages = readTexts(reader, language, MAX_LANGUAGES);
  return { languages, welcome: readTexts(reader, word, MAX_WELCOME) };
}

/** Service classes in their order, at most `most`. */
export function writeServiceNames(writer: Writer, most: number, names: readonly string[]): void {
  writeTexts(writer, serviceName, most, names);
}

export function readServiceNames(reader: Reader, most: number): string[] {
  return readTexts(reader, serviceName, most);
}
