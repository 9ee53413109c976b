import { describe, expect, it } from 'vitest';
import { type Level, ListCounters, type Numbering, readStart, signOf, withStarts } from './list-numbers.ts';

const level = (start: number, restart: number): Level => ({ isOrdered: true, start, restart });
const numbering = (list: string, overrides: [number, number][] = [], second = level(1, 1)): Numbering => ({
  list,
  levels: new Map([
    [0, level(5, 0)],
    [1, second],
  ]),
  overrides: new Map(overrides),
});

/** The numbers of items, each of a numbering on a level. */
function counted(...items: [Numbering, number][]): number[] {
  const counters = new ListCounters();
  return items.map(([of, at]) => counters.next(of, at));
}

describe('the numbers of items', () => {
  it('go on from the first one, and those of an inner list begin anew under each item', () => {
    const one = numbering('a');
    expect(counted([one, 0], [one, 1], [one, 1], [one, 0], [one, 1])).toEqual([5, 1, 2, 6, 1]);
  });

  it('of an inner list go on where the file says that nothing begins it anew', () => {
    const one = numbering('a', [], level(3, 0));
    expect(counted([one, 0], [one, 1], [one, 0], [one, 1])).toEqual([5, 3, 6, 4]);
  });

  it('go on through all numberings of a list, and begin once where one has a number of its own', () => {
    const [one, same, own, other] = [numbering('a'), numbering('a'), numbering('a', [[0, 9]]), numbering('b')];
    expect(counted([one, 0], [same, 0], [own, 0], [own, 0], [one, 0], [other, 0])).toEqual([5, 6, 9, 10, 11, 5]);
  });

  it('are those that Word allows', () => {
    const odd = ['-1', '32768', '1e3', '1.5', '', ' 7', '99999999999999999999', null, undefined];
    expect(odd.map((value) => readStart(value, 1))).toEqual(odd.map(() => 1));
    expect(['0', '7', '32767'].map((value) => readStart(value, 1))).toEqual([0, 7, 32_767]);
  });
});

const li = (number: number, words: string): string => `<li>${signOf(number)}${words}</li>`;

describe('lists in HTML', () => {
  it.each([
    ['that begin with 1 say nothing', `<ol>${li(1, 'a')}${li(2, 'b')}</ol>`, '<ol><li>a</li><li>b</li></ol>'],
    ['begin with the number of their first item', `<ol>${li(5, 'a')}</ol>`, '<ol start="5"><li>a</li></ol>'],
    [
      'end before a number that does not follow',
      `<ol>${li(1, 'a')}${li(7, 'b')}${li(8, 'c')}${li(1, 'd')}</ol>`,
      '<ol><li>a</li></ol><ol start="7"><li>b</li><li>c</li></ol><ol><li>d</li></ol>',
    ],
    [
      'have lists within them, which count for themselves',
      `<ol><li>${signOf(2)}a<ol>${li(4, 'b')}</ol></li>${li(3, 'c')}</ol>`,
      '<ol start="2"><li>a<ol start="4"><li>b</li></ol></li><li>c</li></ol>',
    ],
    ['without numbers stay', '<ol><li id="note">a</li></ol><ul><li>b</li></ul>', undefined],
    ['leave no sign elsewhere', `<p>${signOf(3)}a</p><h1>${signOf(4)}</h1>`, '<p>a</p>'],
  ])('%s', (_what, html, expected = html) => {
    expect(withStarts(html)).toBe(expected);
  });
});
