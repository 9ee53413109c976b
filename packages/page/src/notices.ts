/** The small pages around published ones: why one is not there, and the form by which people report one. They run nothing. */
import { REMOVAL_CATEGORIES, type RemovalCategory } from '@archipel/protocol';
import { escapeHtml } from './escape.ts';
import { documentOf } from './render.ts';
import { type PageLanguage, type Words, wordsOf } from './words.ts';

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

/** Without JavaScript: the browser sends it by itself. */
export function renderReportForm(pageId: string, language: PageLanguage): string {
  const { reportForm, categories } = wordsOf(language);
  const options = REMOVAL_CATEGORIES.map((name) => `<option value="${name}">${categories[name]}</option>`);
  const body = [
    `<main><h1>${reportForm.title}</h1><p>${reportForm.about}</p>`,
    `<form method="post" action="/p/${pageId}/report?l=${language}">`,
    `<label for="category">${reportForm.category}</label>`,
    `<select id="category" name="category" required><option value=""></option>${options.join('')}</select>`,
    `<label for="words">${reportForm.words}</label><textarea id="words" name="words" rows="5" maxlength="4000"></textarea>`,
    `<label for="contact">${reportForm.contact}</label>`,
    '<input id="contact" name="contact" maxlength="200" aria-describedby="hint">',
    `<p id="hint" class="small">${reportForm.contactHint}</p>`,
    `<button>${reportForm.send}</button></form><p><a href="/p/${pageId}">${reportForm.back}</a></p></main>`,
  ];
  return small(reportForm.title, language, body.join(''));
}

/** After the form. */
export function renderThanks(pageId: string, language: PageLanguage, isTaken: boolean): string {
  const { thanks, notTaken, reportForm } = wordsOf(language);
  const { title, text } = isTaken ? thanks : notTaken;
  const body = `<main><h1>${title}</h1><p>${text}</p><p><a href="/p/${pageId}">${reportForm.back}</a></p></main>`;
  return small(title, language, body);
}

function small(title: string, language: PageLanguage, body: string): string {
  return documentOf({ language, title, head: '<meta name="robots" content="noindex">' }, body);
}
