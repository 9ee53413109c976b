import { getSchema } from '@tiptap/core';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import { ySyncPluginKey } from '@tiptap/y-tiptap';
import { describe, expect, it } from 'vitest';
import { localOnly } from './local-only.ts';
import { padSchema } from './schema.ts';

const schema = getSchema(padSchema());

describe('the schema of a pad', () => {
  it('holds the blocks and marks of the product page, and nothing else', () => {
    expect(Object.keys(schema.nodes).sort()).toEqual(
      [
        ...[
          'blockquote',
          'bulletList',
          'callout',
          'codeBlock',
          'doc',
          'footnote',
          'formula',
          'hardBreak',
          'heading',
          'horizontalRule',
          'listItem',
          'mention',
        ],
        ...[
          'orderedList',
          'paragraph',
          'picture',
          'table',
          'tableCell',
          'tableHeader',
          'tableRow',
          'taskItem',
          'taskList',
          'text',
        ],
      ].sort(),
    );
    expect(Object.keys(schema.marks).sort()).toEqual([
      ...['bold', 'code', 'deletion', 'insertion', 'italic', 'link', 'strike', 'underline'],
      ...['wasBold', 'wasCode', 'wasItalic', 'wasLink', 'wasStrike', 'wasUnderline'],
    ]);
  });

  it('keeps of a link its address only, and draws none that is not safe', () => {
    const { link } = schema.marks;
    expect(Object.keys(link?.spec.attrs ?? {})).toEqual(['href']);
    const draw = (href: string) => link?.spec.toDOM?.(link.create({ href }), true);
    expect(draw('https://example.org/')).toEqual([
      'a',
      { href: 'https://example.org/', rel: 'noopener noreferrer nofollow', target: '_blank' },
      0,
    ]);
    expect(draw('javascript:alert(1)')).toEqual(['span', 0]);
  });

  it('draws tables and cells without a style attribute, and small spans only', () => {
    const { tableCell, table } = schema.nodes;
    const draw = (attrs: Record<string, unknown>) => tableCell?.spec.toDOM?.(tableCell.create(attrs));
    expect(draw({ colspan: 2, rowspan: 1 })).toEqual(['td', { colspan: 2 }, 0]);
    expect(draw({ colspan: 1e9, rowspan: '<x>' })).toEqual(['td', { colspan: 50 }, 0]);
    expect(JSON.stringify(table?.spec.toDOM?.(table.create()))).not.toContain('style');
  });
});

describe('a plugin that repairs', () => {
  it('leaves what came from others alone', () => {
    let calls = 0;
    const plugin = localOnly(
      new Plugin({
        key: new PluginKey('repair'),
        appendTransaction: () => {
          calls += 1;
          return null;
        },
      }),
    );
    const transaction = (remote: boolean) => ({ getMeta: (key: unknown) => remote && key === ySyncPluginKey });
    const append = (remote: boolean) =>
      plugin.spec.appendTransaction?.call(plugin, [transaction(remote)] as never, {} as never, {} as never);
    append(true);
    expect(calls).toBe(0);
    append(false);
    expect(calls).toBe(1);
  });
});
