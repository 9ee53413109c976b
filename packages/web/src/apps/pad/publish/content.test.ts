import { expect, test } from 'vitest';
import { pageContent } from './content.ts';

const noPictures = () => Promise.reject(new Error('there are none'));
const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });

test.each([
  ['fr', 'Astuce', 'Attention'],
  ['fr-CA', 'Astuce', 'Attention'],
  ['en', 'Tip', 'Warning'],
  ['it', 'Tip', 'Warning'],
])(
  'callouts of a page in %s have their names in the language of the words around it',
  async (language, tip, warning) => {
    const words = { title: 'Pear', description: '', authors: '', language, licence: 'cc0' } as const;
    const callout = (kind: string) => ({ type: 'callout', attrs: { kind }, content: [paragraph('Prune it')] });
    const doc = { type: 'doc', content: [callout('tip'), callout('warning')] };
    const content = await pageContent(doc, noPictures, words, 0);
    if (content === 'too_large') throw new Error(content);
    const names = [...content.html.matchAll(/<strong>(.*?)<\/strong>/g)].map(([, name]) => name);
    expect(names).toEqual([tip, warning]);
  },
);
