import { expect, it } from 'vitest';
import { isRightToLeft } from './direction.ts';

it.each([
  ['שלום, world', true],
  ['1. (مرحبا)', true],
  ['hello שלום', false],
  ['123', false],
  ['', false],
])('%j runs from right to left: %s', (text, expected) => {
  const paragraph = { type: 'paragraph', content: [{ type: 'text', text }] };
  expect(isRightToLeft({ type: 'listItem', content: [paragraph] })).toBe(expected);
});
