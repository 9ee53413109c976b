import { describe, expect, it } from 'vitest';
import { lookOf, withoutActive } from './pasted.ts';

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
