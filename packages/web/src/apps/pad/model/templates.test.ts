import { getSchema } from '@tiptap/core';
import { describe, expect, it } from 'vitest';
import english from '../../../locales/en.json' with { type: 'json' };
import french from '../../../locales/fr.json' with { type: 'json' };
import { padSchema } from '../editor/schema.ts';
import { TEMPLATES, templateBlocks } from './templates.ts';

const schema = getSchema(padSchema());

describe('a template', () => {
  it.each(TEMPLATES.flatMap((name) => [english, french].map((words) => [name, words] as const)))(
    '%s fits the schema and leaves places to write in',
    (name, words) => {
      const doc = schema.nodeFromJSON({ type: 'doc', content: templateBlocks(words[`pad.template.${name}.text`]) });
      doc.check();
      let headings = 0;
      doc.descendants(({ type }) => {
        headings += type.name === 'heading' ? 1 : 0;
      });
      expect(headings).toBeGreaterThan(1);
      expect(doc.textContent).not.toMatch(/[#>|]|\[\]/);
    },
  );

  it('puts lines of one list together and makes a table of rows', () => {
    expect(templateBlocks('# A\n- b\n- c\n[] d\nx | y\n1 | \nend').map(({ type }) => type)).toEqual([
      'heading',
      'bulletList',
      'taskList',
      'table',
      'paragraph',
    ]);
  });
});
