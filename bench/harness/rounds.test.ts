import { expect, test } from 'vitest';
import { beginningWith, readOptions, selected } from './options.ts';
import { interleaved, TimeLeft } from './rounds.ts';

test('every peer has its turn in every round, and another one is first each time', () => {
  const cells = interleaved([{ name: 's', peers: ['a', 'b', 'c'], seconds: 2 }], 3);
  expect(cells.map(({ peer, round }) => `${peer}${round}`)).toEqual([
    'a0',
    'b0',
    'c0',
    'b1',
    'c1',
    'a1',
    'c2',
    'a2',
    'b2',
  ]);
});

test('the time left follows the pace so far', () => {
  const cells = interleaved([{ name: 's', peers: ['a'], seconds: 20 }], 3);
  const left = new TimeLeft();
  expect(left.of(cells)).toBe('60 s');
  left.done(cells[0] as (typeof cells)[0], 60);
  expect(left.of(cells.slice(1))).toBe('2 min');
});

test('options are read, and wrong ones are refused in words', () => {
  expect(readOptions(['--quick', '--only', 'hot,fast'])).toEqual({
    quick: true,
    rounds: 1,
    only: ['hot', 'fast'],
    peers: [],
  });
  expect(readOptions([]).rounds).toBe(3);
  expect(() => readOptions(['--rounds', '0'])).toThrow('whole number');
  expect(() => readOptions(['--faster'])).toThrow('--faster');
});

test('what is named is taken in its own order, and names of nothing are refused in words', () => {
  const all = ['one', 'two', 'three'].map((name) => ({ name }));
  expect(selected(all, ['three', 'one'], 'peer').map(({ name }) => name)).toEqual(['one', 'three']);
  expect(selected(all, [], 'peer')).toEqual(all);
  expect(() => selected(all, ['four'], 'peer')).toThrow('no such peer: four');
  expect(beginningWith(all, ['t']).map(({ name }) => name)).toEqual(['two', 'three']);
  expect(() => beginningWith(all, ['x'])).toThrow('one, two, three');
});
