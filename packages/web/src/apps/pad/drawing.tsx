import type { VNode } from 'preact';
import { House, Isles, PaperBoat, Pine, Ripple, Tree } from '../../ui/drawings/parts.tsx';

const SHORE =
  'M328 122C332 146 318 172 288 186C254 202 214 200 172 206C132 212 92 208 66 190C42 174 32 146 40 120C48 92 78 78 112 70C150 60 190 62 228 64C268 66 322 84 328 122zM396 196C397 203 391 211 382 213C372 216 356 214 350 207C345 201 348 190 355 186C363 181 378 181 386 185C392 188 395 191 396 196z';

/** The island of the pad: its fields are lines of text, its lighthouse is a pencil. */
export function PadDrawing(): VNode {
  return (
    <svg viewBox="-6 -30 448 290" class="drawing" aria-hidden="true" focusable="false">
      <Isles shores={SHORE} reach={40} />
      <path d="M78 96h150l32 34v56H78z" class="i-grass-deep" />
      <path d="M90 92h122l38 34v52H90z" class="i-wall" />
      <path d="M212 92l38 34h-32c-4 0-6-2-6-6z" class="i-wall-shade" />
      <path d="M104 112h52M104 126h90M104 140h130M104 154h112M104 168h64" class="i-text" />
      <path d="M164 112h26M202 126h6M176 168h30" class="i-text i-text-other" />
      <path d="M196 106v12" class="i-line" stroke-width="2.4" />
      <path d="M214 162v12" class="i-line i-caret-other" stroke-width="2.4" />
      <g>
        <path d="M294-2l100-28c6 14 6 42 0 56zM294-2l-78-20c-4 10-4 30 0 40z" class="i-beam" />
        <path d="M294-2l64-14c3 8 3 20 0 28zM294-2l-48-10c-2 6-2 14 0 20z" class="i-beam" />
        <path d="M278 152V26l16-32 16 32v126z" class="i-sun" />
        <path d="M278 152V26h11v126z" class="i-pencil-light" />
        <path d="M300 152V26h10v126z" class="i-sand-deep" />
        <path d="M278 26l16-32 16 32c-4 5-8 5-11 0-3 5-7 5-10 0-4 5-8 5-11 0z" class="i-wall" />
        <path d="M288.5 5L294-6l5.5 11c-3 3-8 3-11 0z" class="i-draw" />
        <path d="M276 152v-14h36v14z" class="i-wall-shade" />
        <path d="M276 152h36v10c0 5-4 8-9 8h-18c-5 0-9-3-9-8z" class="i-roof" />
        <path d="M289 128h10v-12a5 5 0 0 0-10 0z" class="i-window" />
        <path d="M290 76h8v-8a4 4 0 0 0-8 0z" class="i-window" />
      </g>
      <Pine x={60} y={128} />
      <Pine x={76} y={120} k={1.15} />
      <Tree x={62} y={168} />
      <House x={256} y={190} k={1.05} />
      <Tree x={226} y={196} k={0.75} />
      <Pine x={372} y={204} k={0.9} />
      <path d="M330 152C350 158 360 166 366 178" class="i-route" />
      <PaperBoat x={352} y={118} k={0.9} />
      <Ripple x={18} y={222} />
      <Ripple x={254} y={236} />
    </svg>
  );
}
