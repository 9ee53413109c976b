/** The hues of the colours for people (`--person-0` to `--person-11`), in degrees. */
const HUES = [184, 12, 249, 117, 326, 41, 211, 20, 338, 78, 232, 287];
/** What Etherpad gave by number. */
const ETHERPAD =
  'ffc7c7 fff1c7 e3ffc7 c7ffd5 c7ffff c7d5ff e3c7ff ffc7f1 ffa8a8 ffe699 cfff9e 99ffb3 a3ffff 99b3ff cc99ff ff99e5 e7b1b1 e9dcaf cde9af bfedcc b1e7e7 c3cdee d2b8ea eec3e6 e9cece e7e0ca d3e5c7 bce1c5 c1e2e2 c1c9e2 cfc1e2 e0bdd9 baded3 a0f8eb b1e7e0 c3c8e4 cec5e2 b1d5e7 cda8f0 f0f0a8 f2f2a6 f5a8eb c5f9a9 ececbb e7c4bc daf0b2 b0a0fd bce2e7 cce2bb ec9afe edabbd aeaeea c4e7b1 d722bb f3a5e7 ffa8a8 d8c0c5 eaaedd adc6eb bedad1 dee9af e9afc2 f8d2a0 b3b3e6'.split(
    ' ',
  );

/** The one of ours that is nearest to theirs and not taken, as long as one is free. */
export function colourFor(colorId: unknown, taken: ReadonlySet<number>): number {
  const hue = hueOf(typeof colorId === 'number' ? (ETHERPAD[colorId] ?? '') : String(colorId ?? ''));
  const all = HUES.map((own, colour) => ({ colour, far: hue === undefined ? colour : distance(own, hue) }));
  const free = all.filter(({ colour }) => !taken.has(colour));
  const [best] = (free.length === 0 ? all : free).sort((a, b) => a.far - b.far);
  return best?.colour ?? 0;
}

const distance = (a: number, b: number): number => Math.min(Math.abs(a - b), 360 - Math.abs(a - b));

/** Undefined for what is no colour, and for grey. */
function hueOf(colour: string): number | undefined {
  const [, digits] = /^#?([0-9a-f]{6})$/i.exec(colour) ?? [];
  if (digits === undefined) return undefined;
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
  const most = Math.max(red, green, blue);
  const span = most - Math.min(red, green, blue);
  if (span === 0) return undefined;
  const sixth =
    most === red ? (green - blue) / span : most === green ? 2 + (blue - red) / span : 4 + (red - green) / span;
  return (sixth * 60 + 360) % 360;
}
