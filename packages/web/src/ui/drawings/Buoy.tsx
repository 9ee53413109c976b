import type { VNode } from 'preact';
import { Isles, Ripple } from './parts.tsx';

/** A buoy over a shoal: something is to be known here before going on. */
export function Buoy(): VNode {
  return (
    <svg viewBox="0 0 320 220" class="drawing" aria-hidden="true" focusable="false">
      <Isles
        shores="M262 158C263 164 256 172 246 174C234 177 218 175 211 169C206 164 208 155 216 151C225 146 243 146 252 149C258 151 261 154 262 158z"
        reach={34}
      />
      <path d="M62 164C62 156 84 150 118 150S174 156 174 164 150 178 118 178 62 172 62 164z" class="i-shoal-2" />
      <g class="afloat">
        <path d="M112 62h12v20h-12z" class="i-sun" />
        <path d="M106 62c2-10 22-10 24 0z" class="i-roof-deep" />
        <path d="M104 82h28l14 56H90z" class="i-roof" />
        <path d="M118 82h14l14 56h-20z" class="i-roof-deep" />
        <path d="M99.5 100h37l4.5 18h-46z" class="i-wall" />
        <path d="M121 100h15.5l4.5 18h-18z" class="i-wall-shade" />
        <path d="M76 138h84c-3 16-12 24-22 24H98c-10 0-19-8-22-24z" class="i-wall" />
        <path d="M122 138h38c-3 16-12 24-22 24h-22z" class="i-wall-shade" />
        <path d="M76 138h84l-2 7H78z" class="i-roof" />
      </g>
      <path d="M56 166q8-6 16 0t16 0 16 0 16 0 16 0 16 0 16 0" class="i-wave" />
      <path d="M74 178q8-6 16 0t16 0 16 0 16 0" class="i-wave" />
      <path d="M222 160v-18h2v18z" class="i-trunk" />
      <path d="M222 142l16 5-16 5z" class="i-roof" />
      <Ripple x={40} y={112} />
      <Ripple x={206} y={96} />
      <Ripple x={214} y={206} />
    </svg>
  );
}
