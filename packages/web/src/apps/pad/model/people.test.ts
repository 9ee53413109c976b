import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COLOURS, cleanName, freeColour, identityOf, NAME_MAX_LENGTH, peopleOf, settledColour } from './people.ts';

const states = (entries: [number, unknown][]): Map<number, Record<string, unknown> | null> =>
  new Map(entries as [number, Record<string, unknown> | null][]);

describe('a name', () => {
  it('loses what could break a line or turn the writing around', () => {
    expect(cleanName(' A\nB\u202eC\u0000 ')).toBe('A B C');
    expect(cleanName('x'.repeat(100))).toHaveLength(NAME_MAX_LENGTH);
    expect(cleanName({ toString: () => 'x' })).toBe('');
    expect(cleanName('👩‍🌾')).toBe('👩‍🌾');
  });
});

describe('who is here', () => {
  it('reads states that any program may have written', () => {
    const people = peopleOf(
      states([
        [1, { user: { name: 'Zoé', colour: 3 } }],
        [2, { user: { name: 'Anne', colour: 99 } }],
        [3, { user: { colour: -1 } }],
        [4, {}],
        [5, null],
        [6, { user: 'Eve' }],
        [7, { user: { name: 7, colour: '3' } }],
      ]),
      1,
    );
    expect(people.map(({ clientId, name, self }) => [clientId, name, self])).toEqual([
      [1, 'Zoé', true],
      [2, 'Anne', false],
      [3, '', false],
      [7, '', false],
    ]);
    for (const { colour } of people) expect(colour >= 0 && colour < COLOURS).toBe(true);
    expect(identityOf(undefined, 14).colour).toBe(14 % COLOURS);
  });

  it('gives a colour that nobody has while there is one', () => {
    const others = Array.from({ length: COLOURS - 1 }, (_, colour): [number, unknown] => [
      colour + 1,
      { user: { colour } },
    ]);
    expect(freeColour(states(others), 99, 4)).toBe(COLOURS - 1);
    expect(freeColour(states([]), 99, -3)).toBe(COLOURS - 3);
  });

  it('lets the one who came first keep the colour, and never turns round and round', () => {
    const two = states([
      [1, { user: { colour: 5 } }],
      [2, { user: { colour: 5 } }],
    ]);
    expect(settledColour(two, 1, 5)).toBe(5);
    expect(settledColour(two, 2, 5)).not.toBe(5);
    const full = states(Array.from({ length: COLOURS + 1 }, (_, id) => [id, { user: { colour: id % COLOURS } }]));
    expect(settledColour(full, COLOURS, 0)).toBe(0);
  });
});

describe('the colours of people', () => {
  const css = (file: string): string => readFileSync(new URL(`../../../ui/${file}`, import.meta.url), 'utf8');
  const tokens = css('tokens.css');

  it.each(Array.from({ length: COLOURS }, (_, colour) => colour))(
    '%i can be read on, and on the page, by day and night',
    (colour) => {
      const [, day = '', night = ''] =
        new RegExp(`--person-${colour}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(tokens) ?? [];
      const [, paperByDay = '', paperByNight = ''] = /--paper: light-dark\((#\w+), (#\w+)\)/.exec(tokens) ?? [];
      expect(contrast(day, paperByDay)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(night, paperByNight)).toBeGreaterThanOrEqual(4.5);
      expect(css('base.css')).toContain(`--person: var(--person-${colour});`);
    },
  );

  const sheet = readFileSync(new URL('../style/together.css', import.meta.url), 'utf8');
  const shareOf = (selector: string): number =>
    Number(
      new RegExp(`\\n${selector} \\{\\s+background: color-mix\\(in srgb, var\\(--person\\) (\\d+)%`).exec(sheet)?.[1],
    ) / 100;
  /** A colour by day and by night. */
  const token = (name: string): string[] =>
    new RegExp(`--${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(tokens)?.slice(1) ?? [];
  const words = ['ink', 'ink-soft', 'action'];
  const code = [...words, 'person-1', 'person-2', 'person-3', 'person-5', 'person-6'];

  it.each([
    ['.pad-text .pad-authored', 'surface', words],
    ['.pad-text .pad-authored', 'shoal-1', ['ink', 'action']],
    ['.pad-text pre .pad-authored', 'shoal-1', code],
  ] as const)('as a tint leave the text readable: %s on %s', (selector, ground, texts) => {
    const share = shareOf(selector);
    for (let colour = 0; colour < COLOURS; colour += 1) {
      for (const [theme, person = ''] of token(`person-${colour}`).entries()) {
        const tint = mixed(person, token(ground)[theme] ?? '', share);
        for (const text of texts) expect(contrast(token(text)[theme] ?? '', tint)).toBeGreaterThanOrEqual(4.5);
      }
    }
  });
});

/** WCAG 2.2, relative luminance and contrast ratio of two `#rrggbb`. */
function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** `color-mix(in srgb, one share, transparent)` over another. */
function mixed(one: string, other: string, share: number): string {
  const parts = [1, 3, 5].map((at) => {
    const [a = 0, b = 0] = [one, other].map((hex) => Number.parseInt(hex.slice(at, at + 2), 16));
    return Math.round(a * share + b * (1 - share));
  });
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
