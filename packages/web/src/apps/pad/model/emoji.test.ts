import { describe, expect, it } from 'vitest';
import type { Emoji, EmojiRow } from './emoji.ts';
import { emojiNamed, emojiOf, findEmoji } from './emoji.ts';

const ROWS = {
  en: () => import('emojibase-data/en/compact.json', { with: { type: 'json' } }),
  fr: () => import('emojibase-data/fr/compact.json', { with: { type: 'json' } }),
};

async function load(language: 'en' | 'fr'): Promise<Emoji[]> {
  const rows = await ROWS[language]();
  const codes = await import('emojibase-data/en/shortcodes/github.json', { with: { type: 'json' } });
  return emojiOf(rows.default as EmojiRow[], codes.default as unknown as Record<string, string>);
}

const signs = (found: readonly Emoji[]) => found.map(({ sign }) => sign);

describe('emoji', () => {
  it('are found by what they are called in English', async () => {
    const all = await load('en');
    expect(signs(findEmoji(all, 'tada', 3))).toContain('🎉');
    expect(signs(findEmoji(all, '+1', 1))).toEqual(['👍']);
    expect(signs(findEmoji(all, 'thumbs_up', 1))).toEqual(['👍']);
    expect(emojiNamed(all, 'heart')?.sign).toBe('❤️');
    expect(findEmoji(all, 'zzzz', 5)).toEqual([]);
  });

  it('are found by French names, with accents or without, and by the English short ones', async () => {
    const all = await load('fr');
    expect(signs(findEmoji(all, 'cotillon', 8))).toContain('🎉');
    expect(signs(findEmoji(all, 'fête', 8))).toEqual(signs(findEmoji(all, 'fete', 8)));
    expect(signs(findEmoji(all, 'coeur', 8))).toEqual(signs(findEmoji(all, 'cœur', 8)));
    expect(findEmoji(all, 'pouce', 8).map(({ name }) => name)).toContain('pouce vers le haut');
    expect(signs(findEmoji(all, 'tada', 3))).toContain('🎉');
    expect(findEmoji(all, 'e', 8).length).toBe(8);
  });

  it('are those that stand alone, each once', async () => {
    for (const all of [await load('en'), await load('fr')]) {
      expect(all.length).toBeGreaterThan(1800);
      expect(new Set(signs(all)).size).toBe(all.length);
      for (const { sign } of all) expect([...new Intl.Segmenter('en').segment(sign)].length, sign).toBe(1);
    }
  });
});
