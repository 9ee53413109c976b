import type { Words } from './words.ts';

export const en: Words = {
  authors: 'By',
  updated: 'Updated on',
  licence: 'Licence:',
  licences: {
    'rights-reserved': 'All rights reserved. Ask its authors before you use it elsewhere.',
    cc0: 'Public domain: everybody may do with it whatever they like.',
    'cc-by': 'Everybody may use and change it, if they name its authors.',
    'cc-by-sa': 'Everybody may use and change it, if they name its authors and share under the same terms.',
    'licence-ouverte': 'Everybody may use and change it, if they say where it comes from and of when it is.',
  },
  madeWith: 'Made with',
  report: 'Report this page',
  people: 'The people of this host:',
  rules: 'Rules of this host',
  table: 'Table, wider than the screen perhaps',
  callouts: { note: 'Note', tip: 'Tip', warning: 'Warning' },
  missing: {
    title: 'There is no page here',
    text: 'The address may be incomplete, or this host never had it.',
  },
  takenBack: {
    title: 'This page is not published any more',
    text: 'Whoever published it has taken it back.',
  },
  expired: {
    title: 'This page is not published any more',
    text: 'It was published until a day that has passed.',
  },
  removed: {
    title: 'This host has taken this page down',
    text: 'The people of this host decided that it should not be here.',
  },
  hostSays: 'Their reason:',
  categories: {
    minors: 'Sexual abuse of minors',
    violence: 'Violence, threats, or calls for them',
    harassment: 'Harassment or hate',
    privacy: 'Somebody’s privacy, against their will',
    fraud: 'Fraud: it wants passwords, money or bank details',
    malware: 'Harmful software',
    copyright: 'Somebody else’s work, without their consent',
    spam: 'Advertising nobody asked for',
    other: 'Something else',
  },
};
