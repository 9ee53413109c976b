import type { VNode } from 'preact';
import { House, Isles, PaperBoat, Pine, Ripple, Tree } from '../../ui/drawings/parts.tsx';

const SHORE =
  'M312 112C330 134 326 166 296 184C262 204 214 206 170 208C128 210 84 206 60 184C38 164 40 128 62 106C88 80 132 74 176 72C222 70 286 82 312 112zM404 92C406 100 398 108 388 110C378 112 366 108 362 100C358 92 364 84 374 81C384 78 400 84 404 92z';

function Crate({ x, y, roof = false }: { x: number; y: number; roof?: boolean }): VNode {
  return (
    <g transform={`translate(${x} ${y})`}>
      <path d="M-19 0v-30h38V0z" class={roof ? 'i-roof' : 'i-sand-deep'} />
      <path d="M9 0v-30h10V0z" class={roof ? 'i-roof-deep' : 'i-trunk'} opacity=".55" />
      <path d="M-5 0v-30M-19-10h38" class="i-line" stroke-width="2" />
    </g>
  );
}

/** The island of the drop: a harbour, its crane lets a sealed crate down onto the quay. */
export function DropDrawing(): VNode {
  return (
    <svg viewBox="-6 -30 448 290" class="drawing" aria-hidden="true" focusable="false">
      <Isles shores={SHORE} reach={40} />
      <path d="M214 150h132l14 16H214z" class="i-wall-shade" />
      <path d="M214 166h146v10H214z" class="i-trunk" />
      <path d="M236 176v20M286 176v22M340 176v22" class="i-line" stroke-width="5" />
      <g>
        <path d="M112 166L124 12h12l12 154z" class="i-roof" />
        <path d="M130 12h6l12 154h-12z" class="i-roof-deep" />
        <path d="M116 118l27-26M119 78l20-22M121 46l14-14" class="i-line" stroke-width="2.2" />
        <path d="M76 6h206l12 12H76z" class="i-sun" />
        <path d="M64 0h34v30H64z" class="i-wall-shade" />
        <path d="M118-12h24v20h-24z" class="i-wall" />
        <path d="M123-7h14v9h-14z" class="i-window" />
        <path d="M262 18v38M262 56l-17 12M262 56l17 12" class="i-line" stroke-width="2.2" />
        <Crate x={262} y={98} roof />
        <path d="M256 88v-5a6 6 0 0 1 12 0v5z" class="i-line" stroke-width="2.4" />
        <path d="M253 86h18v11h-18z" class="i-sun" />
      </g>
      <Crate x={242} y={150} />
      <Crate x={284} y={150} />
      <House x={192} y={188} k={1.05} />
      <Pine x={66} y={152} />
      <Pine x={84} y={136} k={1.15} />
      <Tree x={92} y={190} />
      <Tree x={164} y={198} k={0.75} />
      <Pine x={382} y={96} k={0.85} />
      <PaperBoat x={394} y={182} k={0.95} />
      <Ripple x={18} y={222} />
      <Ripple x={278} y={236} />
    </svg>
  );
}
