/** One emoji as Emojibase lists it, in a language. */
export interface EmojiRow {
  unicode: string;
  hexcode: string;
  label: string;
  tags?: readonly string[];
  /** its place among the groups; none: a part of others */
  group?: number;
}

export interface Emoji {
  sign: string;
  /** in the person's language */
  name: string;
  group: number;
  /** What it is called: first its name, then short names in English, then what it has to do with. */
  words: { names: readonly string[]; tags: readonly string[] };
}

/** The group of what only changes others. */
const PARTS_GROUP = 2;

/** Letters without accents and ligatures, in one case; words apart by spaces. */
export function plainName(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .replace(/[\s_’'-]+/g, ' ')
    .trim();
}

/** `codes`: short names by `hexcode`, as GitHub has them. */
export function emojiOf(
  rows: readonly EmojiRow[],
  codes: Readonly<Record<string, string | readonly string[]>>,
): Emoji[] {
  return rows.flatMap(({ unicode, hexcode, label, tags = [], group }) => {
    if (group === undefined || group === PARTS_GROUP) return [];
    const names = [label, ...[codes[hexcode] ?? []].flat()].map(plainName);
    return [{ sign: signOf(unicode), name: label, group, words: { names, tags: tags.map(plainName) } }];
  });
}

/** A sign that is drawn in colour anyway needs no selector that asks for it. */
function signOf(unicode: string): string {
  return /^\p{Emoji_Presentation}\ufe0f$/u.test(unicode) ? unicode.slice(0, -1) : unicode;
}

/** What suits the words best first, at most `max`. */
export function findEmoji(all: readonly Emoji[], typed: string, max: number): Emoji[] {
  const wanted = plainName(typed);
  if (wanted === '') return all.slice(0, max);
  const found: { emoji: Emoji; rank: number }[] = [];
  for (const emoji of all) {
    const rank = rankOf(emoji, wanted);
    if (rank !== undefined) found.push({ emoji, rank });
  }
  // Sorting is stable: within a rank the order of Unicode stays.
  found.sort((a, b) => a.rank - b.rank);
  return found.slice(0, max).map(({ emoji }) => emoji);
}

/** The one that is called just so. */
export function emojiNamed(all: readonly Emoji[], typed: string): Emoji | undefined {
  const wanted = plainName(typed);
  return all.find(({ words }) => words.names.includes(wanted));
}

/** 0 is best; undefined: it does not suit. */
function rankOf({ words: { names, tags } }: Emoji, wanted: string): number | undefined {
  if (names.includes(wanted)) return 0;
  if (names.some((name) => name.startsWith(wanted))) return 1;
  if (tags.includes(wanted)) return 2;
  const within = ` ${wanted}`;
  if (names.some((name) => name.includes(within))) return 3;
  return tags.some((tag) => tag.startsWith(wanted) || tag.includes(within)) ? 4 : undefined;
}
