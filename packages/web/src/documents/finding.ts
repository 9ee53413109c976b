/** Finding in the list: what somebody looks for, and in which order they see it. */
import type { ToolId } from '../apps/registry.ts';
import { plain } from './plain.ts';
import type { RememberedDocument } from './store.ts';

export type Order = 'opened' | 'title' | 'expiry';

export interface Wish {
  /** Parts of words of the title or of the tags, in any order. */
  words: string;
  /** Undefined: of every kind. */
  tool: ToolId | undefined;
  /** Those that a line must have, all of them. */
  tags: readonly string[];
  order: Order;
}

/** Lines with what is looked for in them made plain once: a thousand are searched with every key. */
export interface Findable {
  document: RememberedDocument;
  title: string;
  plainTitle: string;
  plainTags: readonly string[];
}

export function findable(documents: readonly RememberedDocument[], untitled: string): Findable[] {
  return documents.map((document) => {
    const title = document.title || untitled;
    return { document, title, plainTitle: plain(title), plainTags: (document.tags ?? []).map(plain) };
  });
}

export function find(all: readonly Findable[], { words, tool, tags, order }: Wish): RememberedDocument[] {
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  const must = tags.map(plain);
  const found = all.filter(
    ({ document, plainTitle, plainTags }) =>
      (tool === undefined || document.tool === tool) &&
      must.every((tag) => plainTags.includes(tag)) &&
      wanted.every((word) => plainTitle.includes(word) || plainTags.some((tag) => tag.includes(word))),
  );
  return sorted(found, order).map(({ document }) => document);
}

const sorted = (found: Findable[], order: Order): Findable[] => {
  if (order === 'opened') return found.sort((a, b) => b.document.openedAt - a.document.openedAt);
  if (order === 'expiry') return found.sort((a, b) => endOf(a) - endOf(b));
  const { compare } = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  return found.sort((a, b) => compare(a.title, b.title));
};

/** What ends first is seen first. */
const endOf = ({ document }: Findable): number => document.expiresAt ?? Number.MAX_SAFE_INTEGER;

/** All tags of the list, alphabetically, as whoever wrote them first spelt them. */
export function tagsOf(documents: readonly RememberedDocument[]): string[] {
  const known = new Map<string, string>();
  for (const { tags = [] } of documents) {
    for (const tag of tags) if (!known.has(plain(tag))) known.set(plain(tag), tag);
  }
  return [...known.values()].sort((a, b) => a.localeCompare(b));
}

/** The tools that the list has something of. */
export function toolsOf(documents: readonly RememberedDocument[]): ToolId[] {
  return [...new Set(documents.map(({ tool }) => tool))].sort();
}
