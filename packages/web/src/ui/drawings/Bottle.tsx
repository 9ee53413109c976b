import type { VNode } from 'preact';
import { Isles, Pine, Ripple, Tree } from './parts.tsx';

/** An island without anybody yet, and a bottle that comes with a letter: an empty list. */
export function Bottle(): VNode {
  return (
    <svg viewBox="0 0 320 200" class="drawing" aria-hidden="true" focusable="false">
      <Isles
        shores="M276 92C280 106 262 122 236 128C206 134 168 132 150 120C136 110 140 92 156 82C176 70 208 68 234 72C256 75 272 80 276 92z"
        reach={34}
      />
      <path
        d="M244 92C240 104 222 112 202 110C184 108 172 102 174 94C176 86 192 82 210 82C228 82 246 84 244 92z"
        class="i-grass-deep"
      />
      <Pine x={190} y={96} k={1.2} />
      <Pine x={208} y={104} />
      <Tree x={234} y={102} k={1.1} />
      <g class="afloat">
        <g transform="translate(-26 6) rotate(-24 86 150)">
          <path
            d="M52 136h58c8 0 12 6 20 6h16v16h-16c-8 0-12 6-20 6H52c-6 0-10-4-10-10v-8c0-6 4-10 10-10z"
            class="i-glass"
          />
          <path d="M58 142h44v16H58z" class="i-wall" />
          <path d="M58 142h7v16h-7z" class="i-wall-shade" />
          <path d="M71 147h24M71 152h17" class="i-text i-text-fine" />
          <path d="M146 144h9v12h-9z" class="i-trunk" />
          <path
            d="M52 136h58c8 0 12 6 20 6h16v16h-16c-8 0-12 6-20 6H52c-6 0-10-4-10-10v-8c0-6 4-10 10-10z"
            class="i-line"
            stroke-width="1.6"
          />
        </g>
      </g>
      <path d="M30 176q8-6 16 0t16 0 16 0 16 0 16 0 16 0 16 0" class="i-wave" />
      <path d="M54 188q8-6 16 0t16 0 16 0" class="i-wave" />
      <Ripple x={52} y={70} />
      <Ripple x={250} y={176} />
    </svg>
  );
}
