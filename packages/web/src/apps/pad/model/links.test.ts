import { describe, expect, it } from 'vitest';
import { fileName } from './file-name.ts';
import { completeHref, HREF_MAX_LENGTH, safeHref } from './links.ts';

describe('a link of a pad', () => {
  it.each(['https://example.org/a?b#c', 'http://example.org/', 'mailto:a@example.org', 'tel:+33123456789'])(
    'may lead to %s',
    (href) => expect(safeHref(href)).toBe(href),
  );

  it.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'JAVASCRIPT:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://example.org/x',
    'ftp://example.org/',
    '/relative',
    'example.org',
    '',
    `https://example.org/${'a'.repeat(HREF_MAX_LENGTH)}`,
    undefined,
    7,
  ])('may not lead to %j', (href) => expect(safeHref(href)).toBeUndefined());

  it.each([
    ['example.org', 'https://example.org/'],
    ['example.org:8080/a', 'https://example.org:8080/a'],
    ['anne@example.org', 'mailto:anne@example.org'],
    ['+33 1 23 45 67 89', 'tel:+33123456789'],
    [' https://example.org/ ', 'https://example.org/'],
    ['javascript:alert(1)', undefined],
    ['two words', undefined],
    ['word', undefined],
    ['', undefined],
  ])('typed as %j is %j', (typed, href) => expect(completeHref(typed)).toBe(href));
});

describe('the name of a saved copy', () => {
  it.each([
    ['Réunion du 3/5 : « suite »', 'Réunion du 3 5 « suite »'],
    ['..', 'pad'],
    ['', 'pad'],
    ['con', 'pad'],
    ['a'.repeat(200), 'a'.repeat(80)],
  ])('of %j is %j', (title, name) => expect(fileName(title)).toBe(name));
});
