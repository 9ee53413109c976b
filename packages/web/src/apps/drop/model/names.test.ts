import { isFileName } from '@archipel/protocol/secret';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropNames } from './names.ts';

describe('names in a drop', () => {
  it('keep the folders readable', () => {
    expect(dropNames(['Vacances/Été 2026/DSC_1.jpg', '春/雪.txt', 'plan.pdf'])).toEqual([
      'Vacances - Été 2026 - DSC_1.jpg',
      '春 - 雪.txt',
      'plan.pdf',
    ]);
  });

  it('are told apart when two would be the same', () => {
    expect(dropNames(['a.txt', 'a.txt', 'a/b.txt', 'a - b.txt'])).toEqual([
      'a.txt',
      'a (2).txt',
      'a - b.txt',
      'a - b (2).txt',
    ]);
  });

  it('lose the outer folders first, never the ending', () => {
    const deep = [...Array.from({ length: 9 }, (_, depth) => `${depth}${'é'.repeat(20)}`), 'photo.jpg'];
    const [name = ''] = dropNames([deep.join('/')]);
    expect(name).toMatch(/^4é+ - 5é+ - 6é+ - 7é+ - 8é+ - photo\.jpg$/);
  });

  it('of any paths are names that a drop may hold, no two the same', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 20 }), (paths) => {
        const names = dropNames(paths);
        expect(names.every(isFileName)).toBe(true);
        expect(new Set(names).size).toBe(paths.length);
      }),
    );
  });
});
