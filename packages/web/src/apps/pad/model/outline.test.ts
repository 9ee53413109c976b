import { describe, expect, it } from 'vitest';
import type { PadNode } from './content.ts';
import { outlineOf, sizeOf } from './outline.ts';

const text = (words: string): PadNode => ({ type: 'text', text: words });
const block = (type: string, ...content: PadNode[]): PadNode => ({ type, content });
const heading = (level: number, ...content: PadNode[]): PadNode => ({ type: 'heading', attrs: { level }, content });

describe('the outline of a pad', () => {
  it('has the headings with words, wherever they stand', () => {
    const doc = block(
      'doc',
      heading(1, text('One '), text('and more')),
      heading(2),
      block('blockquote', heading(3, text('Quoted'), { type: 'hardBreak' }, text('twice'))),
    );
    expect(outlineOf(doc)).toEqual([
      { level: 1, words: 'One and more', index: 0 },
      { level: 3, words: 'Quoted twice', index: 2 },
    ]);
  });
});

describe('the size of a pad', () => {
  it('counts words as the language does, and signs as people see them', () => {
    const doc = block('doc', block('paragraph', text('L’été, 12 degrés 👩‍🌾 !')), block('paragraph', text('Fin')));
    expect(sizeOf(doc, 'fr')).toEqual({ words: 4, signs: 23, letters: 19 });
  });

  it('parts neither words nor lines wrongly', () => {
    const list = block('bulletList', block('listItem', block('paragraph', text('one'))));
    const cells = block('table', block('tableRow', block('tableCell', block('paragraph', text('two')))));
    const broken = block('paragraph', text('bo'), text('ld'), { type: 'hardBreak' }, text('last'));
    expect(sizeOf(block('doc', list, cells, broken), 'en')).toEqual({ words: 4, signs: 15, letters: 14 });
    expect(sizeOf(block('doc', block('paragraph')), 'en')).toEqual({ words: 0, signs: 0, letters: 0 });
  });

  it('finds words where no spaces part them', () => {
    expect(sizeOf(block('doc', block('paragraph', text('東京は大きい'))), 'ja').words).toBe(3);
  });
});
