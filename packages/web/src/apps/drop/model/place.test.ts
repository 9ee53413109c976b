import { expect, it } from 'vitest';
import { placeAt, startsOf } from './place.ts';

it('names the file that is on its way, and how far it is', () => {
  const starts = startsOf([100, 0, 300]);
  expect(starts).toEqual([0, 100, 100, 400]);
  expect(placeAt(starts, 0)).toEqual({ index: 0, share: 0 });
  expect(placeAt(starts, 0.125)).toEqual({ index: 0, share: 0.5 });
  expect(placeAt(starts, 0.25)).toEqual({ index: 2, share: 0 });
  expect(placeAt(starts, 0.625)).toEqual({ index: 2, share: 0.5 });
  expect(placeAt(starts, 1)).toEqual({ index: 3, share: 0 });
});

it('of files without bytes only says whether they are sent', () => {
  expect(placeAt(startsOf([0, 0]), 0)).toEqual({ index: 2, share: 0 });
  expect(placeAt(startsOf([0]), 1)).toEqual({ index: 1, share: 0 });
});
