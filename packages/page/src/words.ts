/** What pages say themselves, in the language of the page where we have it, else in English. */
import type { Licence, RemovalCategory } from '@archipel/protocol';
import { en } from './words-en.ts';
import { fr } from './words-fr.ts';

export type PageLanguage = 'en' | 'fr';

export interface Words {
  authors: string;
  updated: string;
  licence: string;
  licences: Record<Licence, string>;
  madeWith: string;
  report: string;
  /** Before how to reach the people of the host. */
  people: string;
  rules: string;
  table: string;
  /** Above a passage that stands out. */
  callouts: { note: string; tip: string; warning: string };
  missing: { title: string; text: string };
  takenBack: { title: string; text: string };
  expired: { title: string; text: string };
  removed: { title: string; text: string };
  hostSays: string;
  categories: Record<RemovalCategory, string>;
}

const WORDS: Readonly<Record<PageLanguage, Words>> = { en, fr };

/** `language`: a tag of BCP 47. */
export function pageLanguageOf(language: string): PageLanguage {
  return /^fr(-|$)/.test(language) ? 'fr' : 'en';
}

export function wordsOf(language: string): Words {
  return WORDS[pageLanguageOf(language)];
}
