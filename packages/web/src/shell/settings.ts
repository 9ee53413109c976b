/** What a person sets for this browser: the theme, the name that others see, and whether authors are shown. The language is in i18n. */
import { signal } from '@preact/signals';
import { readStored, writeStored } from './storage.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The same key as in public/theme.js, which applies it before the first paint. */
const THEME_AT = 'archipel.theme';
const NAME_AT = 'archipel.name';
const AUTHORS_AT = 'archipel.authors';
/** In UTF-16 units; longer names are cut. */
export const NAME_MAX_LENGTH = 40;

const isTheme = (text: string | null): text is Theme => THEMES.some((theme) => theme === text);
const storedTheme = readStored(THEME_AT);

export const theme = signal<Theme>(isTheme(storedTheme) ? storedTheme : 'auto');
/** The name others see; empty when the person gave none. */
export const ownName = signal(readStored(NAME_AT) ?? '');
/** Whether texts show in colours who wrote what. */
export const authorsShown = signal(readStored(AUTHORS_AT) === 'shown');

export function setTheme(next: Theme): void {
  theme.value = next;
  writeStored(THEME_AT, next === 'auto' ? null : next);
  if (next === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
}

export function setOwnName(name: string): void {
  ownName.value = name.trim().slice(0, NAME_MAX_LENGTH);
  writeStored(NAME_AT, ownName.value === '' ? null : ownName.value);
}

export function setAuthorsShown(yes: boolean): void {
  authorsShown.value = yes;
  writeStored(AUTHORS_AT, yes ? 'shown' : null);
}
