import { expect, test } from 'vitest';
import { landPicture, type Topology } from './land.ts';

/** In whole degrees: an island of two arcs of which one runs backwards, one that is a dot, one near the South Pole, and one over the edge of the world. */
const TOPOLOGY: Topology = {
  transform: { scale: [1, 1], translate: [-180, -90] },
  arcs: [
    [
      [180, 140],
      [10, 0],
      [0, -10],
    ],
    [
      [180, 140],
      [0, -10],
      [10, 0],
    ],
    [
      [10, 100],
      [0, 0],
      [0, 0],
      [0, 0],
    ],
    [
      [10, 5],
      [10, 0],
      [0, -5],
      [-10, 5],
    ],
    // From 178 degrees east to 178 west and back.
    [
      [358, 90],
      [-356, 0],
      [0, -4],
      [356, 4],
    ],
  ],
  objects: { land: { geometries: [{ type: 'MultiPolygon', arcs: [[[0, ~1]], [[2]], [[3]], [[4]]] }] } },
};

test('coasts are put together of their arcs, at five units a degree; dots and what is outside of the picture are left out, what is cut by the edge of the world is on both sides', () => {
  expect(/ d="([^"]*)"/.exec(landPicture(TOPOLOGY))?.[1]).toBe(
    'M900 170l50 0 0 50-50 0zM-10 420l20 0 0 20zM1790 420l20 0 0 20z',
  );
});

test('the source is named in the file', () => {
  expect(landPicture(TOPOLOGY)).toContain('Natural Earth');
});
