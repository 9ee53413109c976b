import type { VNode } from 'preact';
import { House, Isles, Lighthouse, PaperBoat, Pine, Ripple, Sailboat, Tree } from '../ui/drawings/parts.tsx';

const SHORES = {
  village:
    'M587 286C589 302 563 322 543 334C522 346 492 352 466 357C440 363 408 374 385 368C362 362 340 337 328 324C315 310 312 305 310 289C309 273 310 242 318 227C327 212 335 201 364 197C392 193 462 197 490 205C518 213 515 229 531 243C548 256 585 271 587 286z',
  camp: 'M700 145C697 156 689 168 676 179C664 189 646 208 627 209C608 210 574 196 561 187C547 178 544 165 546 154C548 142 561 127 573 119C585 111 598 104 618 103C638 102 678 107 692 114C706 121 703 134 700 145z',
  quay: 'M720 411C719 422 708 429 698 438C689 448 682 465 665 468C648 471 616 465 598 458C580 450 561 436 555 424C549 413 554 398 562 388C570 377 591 366 606 361C620 356 632 357 648 358C665 359 693 359 705 368C717 377 722 399 720 411z',
  house:
    'M269 150C270 161 263 176 254 182C245 187 230 186 216 185C201 184 179 180 166 175C153 170 139 163 138 153C137 144 149 125 161 117C173 109 195 106 210 106C225 106 242 109 252 116C262 124 269 140 269 150z',
  garden:
    'M293 407C291 419 277 425 264 434C251 443 231 457 214 460C197 462 175 455 163 448C150 442 147 432 140 422C134 412 121 399 123 389C125 379 136 366 151 361C166 356 193 359 213 360C233 360 259 355 272 363C285 371 294 396 293 407z',
  islet:
    'M90 277C91 281 91 287 86 289C80 291 63 291 56 289C49 287 45 281 45 276C46 271 52 263 58 261C64 258 75 258 80 261C85 263 90 272 90 277z',
};

/** Two more, for which a narrow screen has no room. */
const FAR_SHORES =
  'M449 98C449 106 437 117 428 121C419 124 405 120 394 118C383 116 369 116 364 110C359 104 360 88 365 82C370 75 382 72 393 71C403 69 419 69 428 74C438 78 449 90 449 98zM455 469C454 475 447 481 441 485C434 490 424 495 416 494C409 494 398 487 396 482C393 476 396 467 399 461C403 456 408 449 416 447C424 446 441 448 447 451C454 455 456 464 455 469z';

const NEAR_SHORES = Object.values(SHORES).join('');

const HILLS =
  'M527 282C528 291 512 303 500 309C487 316 468 320 452 323C436 326 416 332 402 329C388 326 374 311 367 303C359 296 357 292 356 283C355 274 355 256 361 247C366 239 371 232 389 230C407 228 450 230 467 235C485 239 483 249 493 257C503 264 526 273 527 282zM672 143C670 149 664 157 657 163C649 169 638 179 626 180C614 181 594 173 585 167C577 162 575 155 576 148C577 142 585 133 593 128C600 123 608 119 621 119C633 118 658 121 667 125C675 129 673 137 672 143zM247 146C247 153 243 161 238 164C232 168 223 167 214 166C204 166 191 164 183 161C175 157 166 153 166 148C165 142 172 132 180 127C187 123 200 121 210 121C219 120 230 122 236 127C242 131 247 140 247 146z';

function Village(): VNode {
  return (
    <g>
      <path d="M342 318C372 292 420 300 452 292S520 276 560 288" class="i-path" stroke-width="6" />
      <path d="M446 292C450 320 440 338 436 362" class="i-path" stroke-width="6" />
      <Pine x={352} y={246} />
      <Pine x={370} y={238} k={1.2} />
      <Pine x={390} y={246} k={0.95} />
      <Tree x={500} y={252} />
      <House x={420} y={262} k={1.15} />
      <House x={464} y={272} />
      <House x={392} y={296} k={0.95} />
      <House x={484} y={318} k={1.05} />
      <Tree x={446} y={256} k={0.8} />
      <Tree x={350} y={298} k={1.05} />
      <Tree x={412} y={340} k={0.9} />
      <Pine x={516} y={318} k={0.85} />
      <Lighthouse x={552} y={292} />
    </g>
  );
}

function Camp(): VNode {
  return (
    <g>
      <Pine x={578} y={146} k={0.9} />
      <Pine x={592} y={156} k={1.1} />
      <path d="M606 178l20-32 20 32z" class="i-sun" />
      <path d="M626 146l20 32h-14z" class="i-sand-deep" />
      <path d="M620 178l6-14 6 14z" class="i-draw" />
      <path d="M625.2 146v-12h1.6v12z" class="i-trunk" />
      <path d="M627 134l12 4-12 4z" class="i-roof" />
      <Tree x={662} y={160} k={1.1} />
      <Tree x={678} y={148} k={0.8} />
    </g>
  );
}

function Quay(): VNode {
  return (
    <g>
      <path d="M574 402C612 396 650 410 700 400" class="i-path" stroke-width="6" />
      <path d="M550 420h-34v-4h34zM522 420h3v10h-3zM538 420h3v10h-3z" class="i-trunk" />
      <House x={602} y={392} />
      <House x={640} y={388} k={1.2} />
      <path d="M624 432v-18h2v18zM672 432v-18h2v18z" class="i-trunk" />
      <path d="M622 414h54l5 9h-64z" class="i-sail" />
      <path d="M631 414h9l-1 9h-10zM649 414h9l1.5 9h-10zM667 414h9l5 9h-11z" class="i-roof" />
      <path d="M628 430h44v5h-44z" class="i-sand-deep" />
      <circle cx="638" cy="428" r="3.2" class="i-roof" />
      <circle cx="646" cy="428" r="3.2" class="i-sun" />
      <circle cx="654" cy="428" r="3.2" class="i-wood" />
      <circle cx="662" cy="428" r="3.2" class="i-roof" />
      <Tree x={690} y={396} k={0.95} />
    </g>
  );
}

function Garden(): VNode {
  return (
    <g>
      <path d="M206 386h66M200 396h82M196 406h88M196 416h80M198 426h62" class="i-furrow" stroke-width="3.4" />
      <path d="M166 420l5-38h14l5 38z" class="i-wall" />
      <path d="M179 382h6l5 38h-9z" class="i-wall-shade" />
      <path d="M167 384c4-12 18-12 22 0z" class="i-roof" />
      <path d="M178 380l-22-22 6-4 18 24 24-18 4 6-24 16 18 22-6 4-18-22-22 16-4-6z" class="i-sail i-edge" />
      <Tree x={150} y={402} k={0.9} />
      <Tree x={152} y={430} k={0.7} />
    </g>
  );
}

/** The archipelago: small islands, each with its life, and the sheets of paper that sail from one to the other. */
export function Hero(): VNode {
  return (
    <svg
      viewBox="24 30 760 490"
      preserveAspectRatio="xMidYMid slice"
      class="drawing hero-drawing"
      aria-hidden="true"
      focusable="false"
    >
      <g class="hero-near">
        <Isles shores={NEAR_SHORES} />
      </g>
      <g class="hero-far">
        <Isles shores={NEAR_SHORES + FAR_SHORES} />
        <path d="M452 104C490 108 520 122 548 140M404 122C402 150 404 170 410 192" class="i-route" />
        <Pine x={396} y={102} />
        <Pine x={412} y={108} k={0.8} />
        <path d="M425 472v-30h2v30z" class="i-trunk" />
        <path d="M427 442c8-4 12 4 22 0v12c-10 4-14-4-22 0z" class="i-roof" />
      </g>
      <path d={HILLS} class="i-grass-deep" />
      <path
        d="M272 158C300 168 312 182 332 200M690 186C716 230 722 300 700 358M556 404C520 388 500 380 478 358M318 330C300 346 288 352 276 362M130 372C90 350 78 330 72 294"
        class="i-route"
      />
      <Village />
      <Camp />
      <Quay />
      <Garden />
      <House x={206} y={150} />
      <Tree x={236} y={156} k={0.9} />
      <Pine x={176} y={152} k={0.85} />
      <Pine x={68} y={280} k={0.7} />
      <PaperBoat x={290} y={190} k={0.85} />
      <PaperBoat x={716} y={284} k={0.95} late />
      <Sailboat x={494} y={108} k={0.8} late />
      <Sailboat x={344} y={432} k={1.05} />
      <Ripple x={120} y={232} />
      <Ripple x={520} y={482} />
      <Ripple x={306} y={92} />
    </svg>
  );
}
