import { type Emoji, type EmojiRow, emojiOf } from '../model/emoji.ts';

export interface EmojiBook {
  all: readonly Emoji[];
  /** The names of the groups, by their places. */
  groups: readonly string[];
}

interface Messages {
  groups: readonly { order: number; message: string }[];
}

const loaders = {
  en: () => Promise.all([import('emojibase-data/en/compact.json'), import('emojibase-data/en/messages.json')]),
  fr: () => Promise.all([import('emojibase-data/fr/compact.json'), import('emojibase-data/fr/messages.json')]),
};

const books = new Map<string, Promise<EmojiBook>>();

/** All emoji with their names, fetched once per language. Short names in English serve in every language. */
export function loadEmoji(language: keyof typeof loaders): Promise<EmojiBook> {
  const book = books.get(language) ?? load(language);
  books.set(language, book);
  // A network that is gone comes back.
  book.catch(() => books.delete(language));
  return book;
}

async function load(language: keyof typeof loaders): Promise<EmojiBook> {
  const [[rows, messages], codes] = await Promise.all([
    loaders[language](),
    import('emojibase-data/en/shortcodes/github.json'),
  ]);
  const groups: string[] = [];
  for (const { order, message } of (messages.default as Messages).groups) groups[order] = message;
  return { all: emojiOf(rows.default as EmojiRow[], codes.default as Record<string, string>), groups };
}
