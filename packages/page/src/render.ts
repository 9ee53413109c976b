/** A published page as a browser gets it: head, foot and style are ours, between them stands what was sanitised. */
import type { Page, PageContent } from '@archipel/protocol';
import { escapeHtml } from './escape.ts';
import { LICENCE_FACTS } from './licences.ts';
import { pictureNames } from './picture-names.ts';
import { sanitise } from './sanitise.ts';
import { PAGE_STYLE } from './style.ts';
import { pageLanguageOf, wordsOf } from './words.ts';

const SECOND_MS = 1000;

export interface PagePlace {
  /** As in its address. */
  pageId: string;
  /** Under which people reach the host; empty: it does not say. */
  origin: string;
  host: HostPeople;
}

/** How to reach who runs the host, for readers without JavaScript too; each may be empty. */
export interface HostPeople {
  /** A mail address, or an https address. */
  contact: string;
  /** https address of its rules. */
  legal: string;
}

/** Where people tell the host of a page; the id stands behind it, and is sent by no request. */
export const REPORT_PATH = '/report-page#p.';

/** Whole; undefined: it cannot be made safe (PAGE-8). */
export function renderPage(
  { content, time }: Pick<Page, 'time'> & { content: PageContent },
  place: PagePlace,
): string | undefined {
  const path = `/p/${place.pageId}`;
  const addresses = pictureNames(content.pictures).map((name) => `${path}/${name}`);
  const { report, madeWith } = wordsOf(content.language);
  const links = `<p class="screen">${madeWith} <a href="/">Archipel</a> · <a href="${REPORT_PATH}${place.pageId}">${report}</a></p>`;
  const foot = links + peopleLine(place.host, content.language);
  const body = pageBody(content, time, (picture) => addresses[picture], foot);
  const { language, title } = content;
  return body && documentOf({ language, title, head: headOf(content, place, addresses) }, body);
}

/** What stands in the body. `time`: Unix seconds; `foot`: the links of the host. */
export function pageBody(
  content: PageContent,
  time: number,
  addressOf: (picture: number) => string | undefined,
  foot = '',
): string | undefined {
  const html = sanitise(content.html, { addressOf, tableLabel: wordsOf(content.language).table });
  if (html === undefined) return undefined;
  const { title, description, authors, language } = content;
  const words = wordsOf(language);
  const header = [
    `<h1>${escapeHtml(title)}</h1>`,
    description === '' ? '' : `<p class="lead">${escapeHtml(description)}</p>`,
    authors === '' ? '' : `<p class="authors">${words.authors} ${escapeHtml(authors)}</p>`,
  ];
  const end = `${licenceLine(content)}<p>${words.updated} ${dayOf(time, language)}</p>${foot}`;
  return `<main><header>${header.join('')}</header>${html}</main><footer>${end}</footer>`;
}

/** The address stands there in words: a page in a sandbox opens no mail program. */
function peopleLine({ contact, legal }: HostPeople, language: string): string {
  const { people, rules } = wordsOf(language);
  const mail = contact.replace(/^mailto:/, '');
  const parts = [
    isHttps(contact) ? link(contact, contact) : MAIL.test(mail) ? link(`mailto:${mail}`, mail) : escapeHtml(contact),
    isHttps(legal) ? link(legal, rules) : '',
  ].filter(Boolean);
  return parts.length === 0 ? '' : `<p class="screen">${people} ${parts.join(' · ')}</p>`;
}

const MAIL = /^[^\s@/:]+@[^\s@/:]+$/;
const isHttps = (address: string): boolean => address.startsWith('https://') && URL.canParse(address);
const link = (address: string, text: string): string => `<a href="${escapeHtml(address)}">${escapeHtml(text)}</a>`;

function licenceLine({ licence, language }: PageContent): string {
  const { licence: word, licences } = wordsOf(language);
  const { name, url } = LICENCE_FACTS[licence];
  if (url === undefined) return `<p>${licences[licence]}</p>`;
  const terms = `<a rel="license" href="${url[pageLanguageOf(language)]}">${name}</a>`;
  return `<p>${word} ${terms}. ${licences[licence]}</p>`;
}

function dayOf(time: number, language: string): string {
  const date = new Date(time * SECOND_MS);
  const day = date.toLocaleDateString(pageLanguageOf(language), { dateStyle: 'long', timeZone: 'UTC' });
  return `<time datetime="${date.toISOString().slice(0, 10)}">${day}</time>`;
}

function headOf(content: PageContent, place: PagePlace, pictures: readonly string[]): string {
  const { title, description, authors, licence, language } = content;
  const { url } = LICENCE_FACTS[licence];
  const own = `${place.origin}/p/${place.pageId}`;
  const meta = (name: string, text: string) => (text === '' ? '' : `<meta ${name} content="${escapeHtml(text)}">`);
  return [
    meta('name="description"', description),
    meta('name="author"', authors),
    url === undefined ? '' : `<link rel="license" href="${url[pageLanguageOf(language)]}">`,
    meta('property="og:title"', title),
    meta('property="og:description"', description),
    meta('property="og:type"', 'article'),
    meta('property="og:locale"', language.replace('-', '_')),
    ...(place.origin === ''
      ? []
      : [
          `<link rel="canonical" href="${escapeHtml(own)}">`,
          meta('property="og:url"', own),
          pictures[0] === undefined ? '' : meta('property="og:image"', `${place.origin}${pictures[0]}`),
        ]),
  ].join('');
}

interface Head {
  language: string;
  title: string;
  head: string;
}

/** A whole document around a body. */
export function documentOf({ language, title, head }: Head, body: string): string {
  return [
    `<!doctype html><html lang="${escapeHtml(language)}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">',
    `<title>${escapeHtml(title)}</title>${head}<style>${PAGE_STYLE}</style></head>`,
    `<body>${body}</body></html>\n`,
  ].join('\n');
}
