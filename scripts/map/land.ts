/** From the coasts of a TopoJSON file to the picture beneath the map of hosts. */

/** Five units a degree, as packages/web/src/hosts/chart.ts says. */
const UNITS = 5;
const NORTH = 84;
const WIDTH = 1800;
const HEIGHT = 700;
const HALF_TURN = 180;
/** Smaller islands would be a dot. */
const POINTS_MIN = 3;

type Point = readonly [x: number, y: number];

/** The part of TopoJSON that this needs: quantised arcs, and polygons as rings of arcs; `~index` is an arc from its end. */
export interface Topology {
  transform: { scale: Point; translate: Point };
  arcs: Point[][];
  objects: { land: { geometries: { type: string; arcs: number[][][] }[] } };
}

/** Arcs in degrees; each point is stored as the step from the one before. */
function arcsOf({ arcs, transform: { scale, translate } }: Topology): Point[][] {
  return arcs.map((steps) => {
    let [x, y] = [0, 0];
    return steps.map(([dx, dy]): Point => {
      x += dx;
      y += dy;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
}

/** Arcs share the point at which they meet. */
function joined(ring: readonly number[], arcs: readonly Point[][]): Point[] {
  return ring.flatMap((index, at) => {
    const arc = index < 0 ? [...(arcs[~index] ?? [])].reverse() : (arcs[index] ?? []);
    return at === 0 ? arc : arc.slice(1);
  });
}

const placed = ([longitude, latitude]: Point): Point => [
  Math.round((longitude + 180) * UNITS),
  Math.round((NORTH - latitude) * UNITS),
];

/** What goes over the edge of the world goes on beyond it, in place of on the other side. */
function unwrapped(ring: readonly Point[]): Point[] {
  let turns = 0;
  return ring.map(([longitude, latitude], index) => {
    const step = longitude - (ring[index - 1]?.[0] ?? longitude);
    if (Math.abs(step) > HALF_TURN) turns -= Math.sign(step);
    return [longitude + turns * 2 * HALF_TURN, latitude];
  });
}

const isSame = (one: Point | undefined, other: Point | undefined): boolean =>
  one?.[0] === other?.[0] && one?.[1] === other?.[1];

/** Empty: outside of the picture, or too small to be seen. Drawn twice when it is cut by the edge of the world. */
function pathsOf(ring: readonly Point[]): string[] {
  const points = unwrapped(ring)
    .map(placed)
    .filter((point, index, all) => !isSame(point, all[index - 1]));
  if (isSame(points[0], points.at(-1))) points.pop();
  if (points.length < POINTS_MIN || points.every(([, y]) => y > HEIGHT)) return [];
  return [-WIDTH, 0, WIDTH]
    .map((shift) => points.map(([x, y]): Point => [x + shift, y]))
    .filter((moved) => moved.some(([x]) => x > 0) && moved.some(([x]) => x < WIDTH))
    .map(drawn);
}

function drawn(points: readonly Point[]): string {
  const [first = [0, 0]] = points;
  const steps = points.slice(1).map(([x, y], index) => {
    const [beforeX, beforeY] = points[index] as Point;
    return [x - beforeX, y - beforeY];
  });
  // A minus parts two numbers as well as a space does.
  return `M${first.join(' ')}l${steps.flat().join(' ')}z`.replaceAll(' -', '-');
}

/** The whole file. */
export function landPicture(topology: Topology): string {
  const arcs = arcsOf(topology);
  const rings = topology.objects.land.geometries.flatMap(({ arcs: polygons }) => polygons.flat());
  const d = rings.flatMap((ring) => pathsOf(joined(ring, arcs))).join('');
  const source = `Natural Earth, land at 1:110m, public domain; degrees x ${UNITS}, west 180 and north ${NORTH} at 0 0, equirectangular`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}"><title>Land</title><!-- ${source} --><path id="land" d="${d}"/></svg>\n`;
}
