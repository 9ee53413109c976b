/** Where things are on the map that is shipped (land.svg): five units a degree, from 180 west and 84 north. */
const UNITS = 5;
const NORTH = 84;
export const WORLD = { x: 0, y: 0, width: 1800, height: 700 } as const;
/** The same shape for each part of the world that is shown. */
const RATIO = WORLD.width / WORLD.height;
/** Around the outermost points. */
const MARGIN = 60;
/** Closer, the coasts would be coarse. */
const WIDTH_MIN = 360;

export interface Point {
  x: number;
  y: number;
}
export type View = Point & { width: number; height: number };

export function pointOf([latitude, longitude]: readonly [number, number]): Point {
  return { x: (longitude + 180) * UNITS, y: (NORTH - latitude) * UNITS };
}

/** The part of the world with all these points, within the map. */
export function viewOf(points: readonly Point[]): View {
  if (points.length === 0) return WORLD;
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, right] = [Math.min(...xs) - MARGIN, Math.max(...xs) + MARGIN];
  const [top, bottom] = [Math.min(...ys) - MARGIN, Math.max(...ys) + MARGIN];
  const width = Math.min(WORLD.width, Math.max(WIDTH_MIN, right - left, (bottom - top) * RATIO));
  const height = width / RATIO;
  const within = (from: number, most: number): number => Math.max(0, Math.min(most, from));
  return {
    x: within((left + right - width) / 2, WORLD.width - width),
    y: within((top + bottom - height) / 2, WORLD.height - height),
    width,
    height,
  };
}
