import { expect, test } from 'vitest';
import { seededRandom } from '../harness/random.ts';
import { type Key, typingSchedule } from '../harness/typing.ts';
import { type Letter, recordLetters, typedLetters } from './letters.ts';

const keysAt = (...times: number[]): Key[] => times.map((atMs, number) => ({ atMs, writer: 0, number }));
const short = ({ atMs, kind, from, to }: Letter) => `${kind} ${from}-${to} at ${atMs}`;

test('live messages leave at most every 40 ms, a record a second after its first key, and the last one at the end', () => {
  expect(typedLetters(keysAt(10, 20, 45, 200, 1100), 1500).map(short)).toEqual([
    'live 0-1 at 10',
    'live 1-3 at 50',
    'live 3-4 at 200',
    'record 0-4 at 1010',
    'live 4-5 at 1100',
    'record 4-5 at 1500',
  ]);
});

test.each([1, 2, 3])('every key is in one live message and in one record, whoever types, seed %i', (seed) => {
  const keys = typingSchedule(5, 30, 3000, seededRandom(seed));
  const letters = typedLetters(keys, 3000);
  for (const kind of ['live', 'record']) {
    const carried = letters
      .filter((letter) => letter.kind === kind)
      .flatMap(({ writer, from, to }) => Array.from({ length: to - from }, (_, index) => `${writer} ${from + index}`));
    expect(carried.sort()).toEqual(keys.map(({ writer, number }) => `${writer} ${number}`).sort());
  }
  expect(letters.filter(({ isFirst }) => isFirst)).toEqual(letters.filter(({ kind }) => kind === 'live'));
});

test('for what the disk takes, each key is a record', () => {
  expect(recordLetters(keysAt(5, 6)).map(short)).toEqual(['record 0-1 at 5', 'record 1-2 at 6']);
});
