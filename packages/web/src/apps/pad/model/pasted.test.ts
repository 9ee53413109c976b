import { describe, expect, it } from 'vitest';
import { lookOf, MAX_PASTED_CHARACTERS, withoutActive } from './pasted.ts';

describe('pasted HTML', () => {
  it('keeps styles under another name and drops handlers, scripts and style sheets', () => {
    const html =
      '<style>p{color:red}</style><!--StartFragment--><p style="color: red" onclick=\'a>b\' class=x>a<script>x</script>' +
      "<b STYLE='font-weight:normal'>b</b></p>";
    expect(withoutActive(html)).toBe(
      '<p data-pad-style="color: red"  class=x>a<b data-pad-style=\'font-weight:normal\'>b</b></p>',
    );
  });

  it('leaves text and the values of other attributes alone', () => {
    const html =
      '<a href="https://example.org/?style=x&onclick=y" data-pm-slice="1 1 []" title="style=1">style="x" onclick=y</a>';
    expect(withoutActive(html)).toBe(html);
  });

  it.each(['<!--', '<style>', '<SCRIPT src="x">', '<a ', '<a href="x"'])(
    '%s that never ends takes the rest with it',
    (open) => {
      expect(withoutActive(`<p>1 < 2</p>${open} and more`)).toBe('<p>1 < 2</p>');
    },
  );

  it('ends a comment and a script where a browser does', () => {
    expect(withoutActive('a<!-->b<!--->c<script>x</scripts></SCRIPT >d<p "onclick=x>e')).toBe('abcd<p ">e');
  });

  // Quadratic work on any of these would take minutes.
  it.each([
    '<!--',
    '<style>',
    '<a ',
    '<a "',
    `<a '"`,
    '<style></style',
    '<a x ',
    '<a>',
    '<a x="\'>',
    '< ',
    '="',
    ' ',
    'x= ',
    "='",
  ])('reads a large page of nothing but %s', (part) => {
    const html = `<a x${part.repeat(MAX_PASTED_CHARACTERS / 16)}`;
    expect(withoutActive(html).length).toBeLessThanOrEqual(html.length);
    expect(withoutActive(`${html}>`).length).toBeLessThanOrEqual(html.length + 1);
  });

  it('takes the beginning of a page without end', () => {
    expect(withoutActive('x'.repeat(MAX_PASTED_CHARACTERS + 1)).length).toBe(MAX_PASTED_CHARACTERS);
  });

  it('reads what a style says in words of a pad', () => {
    expect(lookOf('font-weight:700;font-style:italic')).toEqual({
      bold: true,
      italic: true,
      underline: false,
      strike: false,
    });
    expect(lookOf('FONT-WEIGHT: normal')).toMatchObject({ bold: false });
    expect(lookOf('text-decoration: underline line-through')).toMatchObject({ underline: true, strike: true });
    expect(lookOf('-x-font-weight: bold')).toEqual({ italic: false, underline: false, strike: false });
  });
});
