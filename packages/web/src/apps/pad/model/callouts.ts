import type { PadNode } from './content.ts';
import { childrenOf, textAttr } from './content.ts';

/** The name of a callout's type in the schema. */
export const CALLOUT = 'callout';

export const CALLOUT_KINDS = ['note', 'tip', 'warning'] as const;
export type CalloutKind = (typeof CALLOUT_KINDS)[number];
export type CalloutNames = Readonly<Record<CalloutKind, string>>;

/** What GitHub calls them, and what it has beyond ours. */
const GITHUB: Readonly<Record<string, CalloutKind>> = {
  note: 'note',
  tip: 'tip',
  warning: 'warning',
  important: 'note',
  caution: 'warning',
};

/** Names for who gives none. */
const PLAIN_NAMES: CalloutNames = { note: 'Note', tip: 'Tip', warning: 'Warning' };

/** The kind that a word means, whoever wrote it; undefined: none. */
export function calloutKind(word: unknown): CalloutKind | undefined {
  const key = typeof word === 'string' ? word.toLowerCase() : '';
  return Object.hasOwn(GITHUB, key) ? GITHUB[key] : undefined;
}

/** The same text for who writes it out: each callout carries its name, in the language of the reader. */
export function nameCallouts(node: PadNode, names: CalloutNames): PadNode {
  const content = node.content && { content: childrenOf(node).map((child) => nameCallouts(child, names)) };
  if (node.type !== CALLOUT) return { ...node, ...content };
  return { ...node, ...content, attrs: { ...node.attrs, name: names[calloutOf(node).kind] } };
}

export function calloutOf({ attrs }: PadNode): { kind: CalloutKind; name: string } {
  const kind = calloutKind(attrs?.kind) ?? 'note';
  return { kind, name: textAttr(attrs, 'name') || PLAIN_NAMES[kind] };
}
