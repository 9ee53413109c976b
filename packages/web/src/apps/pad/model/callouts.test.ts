import { expect, it } from 'vitest';
import { calloutKind, calloutOf, nameCallouts } from './callouts.ts';

it('knows the kinds of GitHub, and no others', () => {
  expect(['NOTE', 'tip', 'Important', 'CAUTION', 'warning'].map(calloutKind)).toEqual([
    'note',
    'tip',
    'note',
    'warning',
    'warning',
  ]);
  expect(['', 'constructor', 'notes', undefined, 3].map(calloutKind)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

it('is named in the language of the reader, at any depth', () => {
  const callout = { type: 'callout', attrs: { kind: 'tip' }, content: [{ type: 'paragraph' }] };
  const doc = { type: 'doc', content: [{ type: 'blockquote', content: [callout] }] };
  const [quote] = nameCallouts(doc, { note: 'Remarque', tip: 'Astuce', warning: 'Attention' }).content ?? [];
  expect(calloutOf(quote?.content?.[0] ?? {})).toEqual({ kind: 'tip', name: 'Astuce' });
  expect(calloutOf(callout)).toEqual({ kind: 'tip', name: 'Tip' });
});
