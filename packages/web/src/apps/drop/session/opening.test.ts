import { CLIENT_ERRORS, ERRORS } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import english from '../../../locales/en.json' with { type: 'json' };
import { openingOf, pageOf } from './opening.ts';

const linkOf = (letter: string): string => `1${letter}.${'A'.repeat(27)}.${'A'.repeat(27)}`;

describe('what the page of the drop is for', () => {
  it('sends without a link, takes by one to view, and looks after the drop by one to own', () => {
    expect(openingOf(null)).toEqual({ at: 'send' });
    expect(openingOf(linkOf('v'))).toEqual({ at: 'take', link: linkOf('v') });
    expect(openingOf(linkOf('o'))).toEqual({ at: 'mine', link: linkOf('o') });
    expect(openingOf(linkOf('f'))).toEqual({ at: 'give', link: linkOf('f') });
  });

  it.each([
    [linkOf('e'), 'link_broken'],
    ['1v.AAAA', 'link_incomplete'],
    ['hello', 'link_broken'],
    [linkOf('v').replace('1', '3'), 'version_newer'],
  ])('says what is wrong with %s', (fragment, code) => {
    expect(openingOf(fragment)).toEqual({ at: 'stopped', code });
  });

  it.each([...ERRORS.map(({ name }) => name), ...CLIENT_ERRORS])('%s has a page with its words', (name) => {
    expect(Object.hasOwn(english, `error.${pageOf(name)}.title`)).toBe(true);
  });
});
