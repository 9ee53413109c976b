/** The small pages around published ones: why one is not there. They run nothing. */
import type { RemovalCategory } from '@archipel/protocol';
import { escapeHtml } from './escape.ts';
import { documentOf } from './render.ts';
import { type Words, wordsOf } from './words.ts';

const BOTH = ['fr', 'en'] as const;

export interface Reason {
  category: RemovalCategory;
  /** Of the people of the host; may be empty. */
  words: string;
}

/** In both languages: nobody knows who comes, and the answer is the same for everybody. */
export function renderNotice(kind: 'missing' | 'takenBack' | 'expired' | 'removed', reason?: Reason): string {
  const sections = BOTH.map((language) => {
    const words = wordsOf(language);
    const { title, text } = words[kind];
    const why = kind === 'removed' && reason ? reasonOf(words, reason) : '';
    return `<section lang="${language}"><h1>${title}</h1><p>${text}</p>${why}</section>`;
  });
  const title = BOTH.map((language) => wordsOf(language)[kind].title).join(' · ');
  const head = '<meta name="robots" content="noindex">';
  return documentOf({ language: 'fr', title, head }, `<main>${sections.join('<hr>')}</main>`);
}

function reasonOf({ hostSays, categories }: Words, { category, words }: Reason): string {
  const own = words === '' ? '' : `<br><em>${escapeHtml(words)}</em>`;
  return `<p class="note">${hostSays} <strong>${categories[category]}</strong>${own}</p>`;
}
