import { common, createLowlight } from 'lowlight';
import { describe, expect, it } from 'vitest';
import { CODE_LANGUAGES, spansOf } from './code-spans.ts';

const lowlight = createLowlight(common);

describe('the colours of code', () => {
  it('cover the words of it, in order, each once', () => {
    const code = 'let x = "é😀"; // why\nreturn 12';
    const spans = spansOf(lowlight.highlight('javascript', code));
    const kinds = spans.map(({ from, to, kind }) => `${kind} ${code.slice(from, to)}`);
    expect(kinds).toEqual(['word let', 'text "é😀"', 'comment // why', 'word return', 'number 12']);
    expect(spans.every(({ from }, index) => from >= (spans[index - 1]?.to ?? 0))).toBe(true);
  });

  it('take the innermost of nested parts', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code that is coloured, not run.
    const code = '`a${b}c`';
    const spans = spansOf(lowlight.highlight('javascript', code));
    expect(spans.map(({ from, to }) => code.slice(from, to)).join('')).toBe(code);
  });

  it.each(CODE_LANGUAGES.map(([id]) => id))('know %s', (id) => {
    expect(lowlight.registered(id)).toBe(true);
  });
});
