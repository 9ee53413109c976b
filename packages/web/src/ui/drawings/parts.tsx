import './drawings.css';
import type { ComponentChildren, VNode } from 'preact';

/** Where a part stands: `x`, `y` is the middle of its foot, `k` its scale. */
export interface Place {
  x: number;
  y: number;
  k?: number;
}

const at = ({ x, y, k = 1 }: Place): string => `translate(${x} ${y}) scale(${k})`;

/**
 * Islands seen from above, on their rings of shallow water. All shores are one path: drawn with ever thinner strokes,
 * it gives the depth lines of a sea chart, and the waters of neighbours flow together.
 * @param shores closed outlines, SVG path data
 * @param reach width of the outermost ring, in the units of the drawing
 */
export function Isles({ shores, reach = 46 }: { shores: string; reach?: number }): VNode {
  return (
    <g stroke-linejoin="round">
      <path d={shores} class="i-isobath" stroke-width={reach * 2 + 2} opacity=".55" />
      <path d={shores} class="i-shoal-1" stroke-width={reach * 2} />
      <path d={shores} class="i-isobath" stroke-width={reach * 1.2 + 2} opacity=".75" />
      <path d={shores} class="i-shoal-2" stroke-width={reach * 1.2} />
      <path d={shores} class="i-isobath" stroke-width={reach * 0.54 + 2} />
      <path d={shores} class="i-shoal-3" stroke-width={reach * 0.54} />
      <path d={shores} class="i-beach" stroke-width="11" />
      <path d={shores} class="i-shore" stroke-width="8" />
    </g>
  );
}

export function Pine(place: Place): VNode {
  return (
    <g transform={at(place)}>
      <path d="M-1.5 0v-7h3v7z" class="i-trunk" />
      <path d="M0-34C4-24 9-15 11-6c-7 3-15 3-22 0C-9-15-4-24 0-34z" class="i-wood" />
      <path d="M0-34C4-24 9-15 11-6 7-4 4-4 1-4 3-14 2-25 0-34z" class="i-wood-light" />
    </g>
  );
}

export function Tree(place: Place): VNode {
  return (
    <g transform={at(place)}>
      <path d="M-1.6 0v-9h3.2v9z" class="i-trunk" />
      <circle cy="-16" r="10.5" class="i-wood" />
      <path d="M2-26a10.5 10.5 0 0 1-3 20.500C6-9 8-19 2-26z" class="i-wood-light" />
    </g>
  );
}

export function House(place: Place): VNode {
  return (
    <g transform={at(place)}>
      <path d="M-15 0v-15h18V0z" class="i-wall" />
      <path d="M3 0v-15l6-9 7 9V0z" class="i-wall-shade" />
      <path d="M-19-14l7-12H9L3-14z" class="i-roof" />
      <path d="M9-26l9.5 12H15L8.5-22.5 3-14z" class="i-roof-deep" />
      <path d="M-10-10h4v5h-4zM-3-10h4v5h-4zM7.5-9h4V0h-4z" class="i-window" />
    </g>
  );
}

export function Lighthouse({ children, ...place }: Place & { children?: ComponentChildren }): VNode {
  return (
    <g transform={at(place)}>
      <path d="M0-66l108-30c6 16 6 44 0 60zM0-66l-74-20c-4 10-4 30 0 40z" class="i-beam" />
      <path d="M0-66l70-14c3 8 3 20 0 28zM0-66l-46-10c-2 6-2 14 0 20z" class="i-beam" />
      <path d="M-10 0l3-58H7L10 0z" class="i-wall" />
      <path d="M2 0V-58h5L10 0z" class="i-wall-shade" />
      <path d="M-8.8-22l.6-12H8.200l.6 12zM-7.6-46l.6-12H7l.6 12z" class="i-roof" />
      <path d="M-10-58h20v-3h-20z" class="i-draw" />
      <path d="M-5.5-61h11v-10h-11z" class="i-sun" />
      <path d="M-8-71c3-7 13-7 16 0z" class="i-roof-deep" />
      {children}
    </g>
  );
}

/** A sheet folded into a boat: a document on its way. */
export function PaperBoat({ late = false, ...place }: Place & { late?: boolean }): VNode {
  return (
    <g transform={at(place)}>
      <g class={late ? 'afloat afloat-late' : 'afloat'}>
        <path d="M-13-7L1-27l12 20z" class="i-sail" />
        <path d="M1-27l12 20H3z" class="i-sail-shade" />
        <path d="M-24-9l11 0 26 0 11 0C20-2 16 2 12 3h-24C-16 2-20-2-24-9z" class="i-sail" />
        <path d="M3-9h21C20-2 16 2 12 3H0z" class="i-sail-shade" />
        <path d="M-24-9h48C20-2 16 2 12 3h-24C-16 2-20-2-24-9zM-13-9L1-27l12 18" class="i-line" stroke-width="1.4" />
      </g>
      <path d="M-30 7q5-4 10 0t10 0 10 0 10 0 10 0 10 0" class="i-wave" />
    </g>
  );
}

export function Sailboat({ late = false, ...place }: Place & { late?: boolean }): VNode {
  return (
    <g transform={at(place)}>
      <g class={late ? 'afloat afloat-late' : 'afloat'}>
        <path d="M-1-40h2v34h-2z" class="i-trunk" />
        <path d="M-3-36C-12-26-17-18-19-9h16z" class="i-sail-shade" />
        <path d="M3-40C15-28 18-18 18-9H3z" class="i-sail" />
        <path d="M-20-6h40C17 1 14 4 10 4h-20C-14 4-17 1-20-6z" class="i-roof" />
      </g>
      <path d="M-25 7q5-4 10 0t10 0 10 0 10 0 10 0" class="i-wave" />
    </g>
  );
}

/** Two strokes of water. */
export function Ripple(place: Place): VNode {
  return <path transform={at(place)} d="M-16 0q4-4 8 0t8 0 8 0 8 0M-6 7q4-4 8 0t8 0" class="i-wave" />;
}
