import { language } from './index.ts';

/** Not known, in manifests. */
const NOWHERE = 'ZZ';

/** The name of a country in the language of the page; undefined where none is known. `code`: two capital letters. */
export function countryName(code: string): string | undefined {
  if (!/^[A-Z]{2}$/.test(code) || code === NOWHERE) return undefined;
  return new Intl.DisplayNames(language.value, { type: 'region' }).of(code);
}

/** The name of a language in the language of the page. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(language.value, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag; // No tag of a language: shown as it was written.
  }
}
