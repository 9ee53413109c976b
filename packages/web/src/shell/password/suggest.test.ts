import { isPassword } from '@archipel/protocol/secret';
import { expect, it } from 'vitest';
import { suggestPassword } from './suggest.ts';

it('a suggested password can be read aloud, and never comes twice', () => {
  const made = Array.from({ length: 500 }, suggestPassword);
  for (const password of made) {
    expect(password).toMatch(/^[acdefhjkmnpqrtvwxy2-9]{4}(-[acdefhjkmnpqrtvwxy2-9]{4}){3}$/);
    expect(isPassword(password)).toBe(true);
  }
  expect(new Set(made).size).toBe(500);
  const each = new Set(made.join(''));
  expect(each.size).toBe(27);
});
