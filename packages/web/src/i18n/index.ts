/**
 * The words of the interface. Locales are flat JSON files (what Weblate reads), typed from the English one: a missing
 * French key does not compile. `t()` reads a signal, so a component that calls it is drawn again when the language changes.
 */
import { computed, signal } from '@preact/signals';
import type english from '../locales/en.json';
import { readStored, writeStored } from '../shell/storage.ts';

export type MessageKey = keyof typeof english;
export type Messages = Record<MessageKey, string>;
/** Keys that exist as `key_one` and `key_other` (the plural categories of the language). */
export type PluralKey = MessageKey extends infer K ? (K extends `${infer Base}_other` ? Base : never) : never;
export type Params = Record<string, string | number>;

/** The languages, each by its own name. A new one is a JSON file and a line here and in `loaders`. */
export const LANGUAGES = { en: 'English', fr: 'Français' } as const;
export type Language = keyof typeof LANGUAGES;

const loaders: Record<Language, () => Promise<{ default: Messages }>> = {
  en: () => import('../locales/en.json'),
  fr: () => import('../locales/fr.json'),
};

const STORED_AT = 'archipel.language';
const loaded = signal<{ language: Language; messages: Messages } | null>(null);

/** The language of the page now; `en` until `startLanguage()` has resolved. */
export const language = computed<Language>(() => loaded.value?.language ?? 'en');

const isLanguage = (tag: string | null): tag is Language => tag !== null && Object.hasOwn(LANGUAGES, tag);

/**
 * The first language that we have: the stored choice, else the browser's wishes in order, else English.
 * @param stored what the person chose earlier, or null
 * @param wished BCP 47 tags, best first (`navigator.languages`)
 */
export function chooseLanguage(stored: string | null, wished: readonly string[]): Language {
  if (isLanguage(stored)) return stored;
  for (const tag of wished) {
    const base = tag.toLowerCase().split('-')[0] ?? '';
    if (isLanguage(base)) return base;
  }
  return 'en';
}

async function load(next: Language): Promise<void> {
  const { default: messages } = await loaders[next]();
  loaded.value = { language: next, messages };
  if (typeof document !== 'undefined') document.documentElement.lang = next;
}

/** Loads the words of the language of this person. To be awaited before the first render. */
export function startLanguage(wished: readonly string[] = navigator.languages): Promise<void> {
  return load(chooseLanguage(readStored(STORED_AT), wished));
}

/** Changes the language at once and remembers it in this browser. */
export function setLanguage(next: Language): Promise<void> {
  writeStored(STORED_AT, next);
  return load(next);
}

/** Puts `params` in the place of `{name}`; numbers are written as the language does. */
function fill(message: string, params: Params | undefined): string {
  if (params === undefined) return message;
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? new Intl.NumberFormat(language.value).format(value) : value;
  });
}

/** The sentence of a key, with `{name}` filled from `params`. */
export function t(key: MessageKey, params?: Params): string {
  return fill(loaded.value?.messages[key] ?? key, params);
}

/** The sentence that suits `count`, which fills `{count}` too: `plural('documents.count', 3)` is "3 documents". */
export function plural(key: PluralKey, count: number, params?: Params): string {
  const category = new Intl.PluralRules(language.value).select(count);
  const messages: Partial<Record<string, string>> = loaded.value?.messages ?? {};
  return fill(messages[`${key}_${category}`] ?? messages[`${key}_other`] ?? key, { ...params, count });
}
