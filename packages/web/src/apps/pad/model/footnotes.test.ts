import { describe, expect, it } from 'vitest';
import type { PadNode } from './content.ts';
import { numberNotes, withoutNotes } from './footnotes.ts';
import { toHtmlFragment } from './html.ts';
import { toMarkdown } from './markdown.ts';
import { outlineOf, sizeOf } from './outline.ts';
import { toText } from './text.ts';

const text = (words: string, ...marks: string[]): PadNode => ({
  type: 'text',
  text: words,
  marks: marks.map((type) => ({ type })),
});
const note = (...content: PadNode[]): PadNode => ({ type: 'footnote', content, marks: [{ type: 'bold' }] });
const DOC: PadNode = {
  type: 'doc',
  content: [
    { type: 'heading', attrs: { level: 1 }, content: [text('Budget'), note(text('in euros'))] },
    {
      type: 'table',
      content: [
        {
          type: 'tableRow',
          content: [
            {
              type: 'tableCell',
              content: [{ type: 'paragraph', content: [text('b'), note(text('c', 'italic'), text(' <d>'))] }],
            },
          ],
        },
      ],
    },
    {
      type: 'paragraph',
      content: [
        text('end'),
        note({ type: 'text', text: 'x' }, { type: 'hardBreak' }, { type: 'text', text: 'y' }),
        text('.'),
      ],
    },
  ],
};

describe('the notes of a text', () => {
  it('are numbered in its order, wherever they stand', () => {
    const { notes, doc } = numberNotes(DOC);
    expect(notes.map(({ attrs }) => attrs?.number)).toEqual([1, 2, 3]);
    expect(JSON.stringify(doc).match(/"number":\d/g)).toEqual(['"number":1', '"number":2', '"number":3']);
    expect(JSON.stringify(DOC)).not.toContain('number');
  });

  it('stand under Markdown, with their signs', () => {
    expect(toMarkdown(DOC)).toBe(
      '# Budget[^1]\n\n|  |\n| --- |\n| b[^2] |\n\nend[^3].\n\n[^1]: in euros\n\n[^2]: *c* \\<d\\>\n\n[^3]: x y\n',
    );
  });

  it('lead there and back in HTML', () => {
    const html = toHtmlFragment(DOC);
    expect(html).toContain('Budget<sup><a href="#note-1" id="note-1-at" role="doc-noteref">1</a></sup>');
    expect(html).toContain('<em>c</em> &lt;d&gt; <a href="#note-2-at" role="doc-backlink">');
    expect(html.match(/<li id="note-/g)?.length).toBe(3);
    expect(toHtmlFragment({ type: 'doc', content: [] })).toBe('');
  });

  it('are no words of a heading or a line, and count as lines of their own', () => {
    expect(toText(DOC)).toBe('Budget[1]\n\nb[2]\n\nend[3].\n\n----\n\n[1] in euros\n[2] c <d>\n[3] x\ny\n');
    expect(outlineOf(DOC)[0]?.words).toBe('Budget');
    expect(sizeOf(DOC, 'en').words).toBe(9);
  });
});

it('the words alone have neither notes nor their numbers', () => {
  expect(toText(withoutNotes(DOC))).toMatch(/^Budget\n/);
  expect(toText(withoutNotes(DOC))).not.toMatch(/\[\d\]|in euros|----/);
});
