import fc from 'fast-check';
import { parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import { sanitise } from '../src/index.ts';
import { HOSTILE } from './hostile.ts';

const options = { addressOf: (n: number) => (n < 2 ? `/p/x/${n}.png` : undefined), tableLabel: 'Table' };
const clean = (html: string) => sanitise(html, options);

const ACTIVE_TAG =
  /^(script|style|iframe|object|embed|form|input|button|base|meta|link|svg|template|textarea|title|video|audio|animate|set|use|image|foreignobject|annotation|annotation-xml)$/i;
const ACTIVE_NAME = /^(on.*|style|srcdoc|action|formaction|ping|srcset|xlink:href|background|poster)$/i;

interface Tree {
  tagName?: string;
  attrs?: { name: string; value: string }[];
  childNodes?: Tree[];
  content?: Tree;
}

/** Whatever is active in what a browser would make of it. */
function active(html: string): string[] {
  const found: string[] = [];
  const look = ({ tagName = '', attrs = [], childNodes = [], content }: Tree): void => {
    if (ACTIVE_TAG.test(tagName)) found.push(tagName);
    for (const { name, value } of attrs) {
      const leads =
        (name === 'href' && !/^(https?:|mailto:|#)/.test(value)) || (name === 'src' && !value.startsWith('/p/x/'));
      if (leads || ACTIVE_NAME.test(name)) found.push(`${name}=${value}`);
    }
    for (const child of childNodes) look(child);
    if (content !== undefined) look(content);
  };
  const page = parse(`<!doctype html><html><head></head><body>${html}</body></html>`) as Tree;
  const root = page.childNodes?.find(({ tagName }) => tagName === 'html');
  look({ childNodes: root?.childNodes?.find(({ tagName }) => tagName === 'body')?.childNodes ?? [] });
  return found;
}

describe('what a published page is made of', () => {
  it.each(HOSTILE)('[PAGE-8] $name leaves nothing that acts', ({ html }) => {
    const text = clean(html);
    if (text !== undefined) expect(active(text)).toEqual([]);
  });

  it('[PAGE-8] looks for what acts so that it would be found', () => {
    const found = HOSTILE.filter(({ html }) => active(html).length > 0);
    expect(found.length).toBeGreaterThan(HOSTILE.length * 0.8);
  });

  it('[PAGE-8] stays what it is when it is read again', () => {
    const pieces = fc.constantFrom(
      ...[
        '<p>',
        '</p>',
        '<b>',
        '<i>',
        '</b>',
        '<a href="https://a.example">',
        '<table>',
        '<td>',
        '</table>',
        '<math>',
        '<mtext>',
        '<mglyph>',
      ],
      ...[
        '<style>',
        '</style>',
        '<svg>',
        '</math>',
        '<title>',
        '<!--',
        '-->',
        '<li>',
        '<ul>',
        '<img src=x onerror=y>',
        '<select>',
        '<h1>',
        'text',
        '<annotation-xml encoding="text/html">',
      ],
      ...[
        '<form>',
        '</form>',
        '<mi>',
        '<foreignObject>',
        '<template>',
        '<frameset>',
        '</body>',
        '<caption>',
        '<tr>',
        '<pre>',
        '\n',
        '<plaintext>',
        '<noscript>',
        '&lt;img src=x onerror=y&gt;',
      ],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 25 }), (parts) => {
        const text = clean(parts.join(''));
        if (text === undefined) return;
        expect(active(text)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps what shows something', () => {
    const html =
      '<h2>Programme</h2><p>Venez <strong>tous</strong>, <a href="https://example.org/">ici</a>.</p><ul><li>un</li></ul>';
    expect(clean(html)).toBe(html.replace('.org/"', '.org/" rel="nofollow ugc noopener"'));
    const math = '<p><math display="block"><mfrac><mi>a</mi><mn>2</mn></mfrac><mo stretchy="false">(</mo></math></p>';
    expect(clean(math)).toBe(math);
    const table =
      '<table><thead><tr><th colspan="2">a</th></tr></thead><tbody><tr><td>b</td><td>c</td></tr></tbody></table>';
    expect(clean(table)).toBe(table);
    expect(clean('<table><tr><td>1<td>2<td>3<td>4<td>5</table>')).toMatch(
      /^<div class="wide" role="region" aria-label="Table" tabindex="0"><table>/,
    );
    const note =
      '<p>a<sup><a href="#fn1" id="fnref1">1</a></sup></p><section role="doc-endnotes"><ol><li id="fn1">b</li></ol></section>';
    expect(clean(note)).toBe(note);
  });

  it('[PAGE-8] shows its own pictures alone', () => {
    expect(clean('<img src="1" alt="Un chat" width="50%">')).toBe(
      '<img src="/p/x/1.png" alt="Un chat" width="50%" loading="lazy">',
    );
    expect(clean('<img src="2" alt="Un chat">')).toBe('[Un chat]');
    for (const src of [
      'https://evil.example/x.png',
      '//evil.example',
      'data:image/svg+xml,<svg/>',
      '0/../..',
      '/pad',
      '',
    ])
      expect(clean(`<img src="${src}" alt="a">`)).toBe('[a]');
  });

  it('[PAGE-8] refuses what is nested deeper than browsers keep', () => {
    expect(clean(`${'<div>'.repeat(150)}a`)).toContain('a');
    expect(clean(`${'<div>'.repeat(600)}a`)).toBeUndefined();
  });
});
