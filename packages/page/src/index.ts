/** What a published page looks like (docs/protocol.md §22), for the host that serves it and the browser that shows it beforehand. */
export { LICENCE_FACTS, type LicenceFacts } from './licences.ts';
export { renderNotice } from './notices.ts';
export { pictureName, pictureNames } from './picture-names.ts';
export { type HostPeople, type PagePlace, pageBody, REPORT_PATH, renderPage } from './render.ts';
export { sanitise } from './sanitise.ts';
export { PAGE_STYLE } from './style.ts';
export { type PageLanguage, pageLanguageOf, wordsOf } from './words.ts';
