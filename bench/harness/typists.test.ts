import { expect, test } from 'vitest';
import { Deliveries, Typists } from './typists.ts';

test('a key counts once at each connection, and never at its writer', () => {
  const deliveries = new Deliveries(new Typists([], [[], []]));
  const reader = deliveries.listener(4, 2);
  const writer = deliveries.listener(4, 2, 5);
  reader.delivered([{ writer: 4, from: 0, to: 1 }]);
  reader.delivered([{ writer: 4, from: 0, to: 3 }]);
  writer.delivered([
    { writer: 5, from: 0, to: 9 },
    { writer: 4, from: 0, to: 2 },
  ]);
  expect(deliveries.count).toBe(3 + 2);
});
