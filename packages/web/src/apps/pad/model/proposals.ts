import type { Identity } from './people.ts';
import { COLOURS, cleanName } from './people.ts';

/** What is proposed: words, a sign or a new paragraph to be added, or to be taken away. */
export type ProposalKind = 'insertion' | 'deletion';

/** What each piece of a proposal carries, in the text itself: pieces with one id are one proposal. */
export interface ProposalTag extends Identity {
  id: string;
  /** Number in Yjs of the program that proposes, and its clock when it began to. */
  by: number;
  since: number;
}

/** The attribute of blocks (the break before one is proposed) and of signs without text, which can have no mark in Yjs. */
export const PROPOSAL = 'proposal';
/** Blocks of words: the break before one can be proposed, or proposed to go. */
export const PROPOSED_BLOCKS: readonly string[] = ['paragraph', 'heading', 'codeBlock'];
export const PROPOSED_SIGNS: readonly string[] = ['hardBreak', 'formula', 'mention', 'footnote'];

/** Attributes of blocks: all of it is to come, all of it is to go, or it is to be of another kind. A block may have several. */
export const COMES = 'comes';
export const GOES = 'goes';
export const BECOMES = 'becomes';
export const WHOLE_BLOCKS: readonly string[] = [
  ...PROPOSED_BLOCKS,
  ...['bulletList', 'orderedList', 'listItem', 'taskList', 'taskItem', 'blockquote', 'callout', 'horizontalRule'],
  ...['table', 'tableRow', 'tableHeader', 'tableCell', 'picture'],
];

/** Formats that can be proposed, each with the mark that keeps how the words were before. */
export const FORMATS: Readonly<Record<string, string>> = {
  bold: 'wasBold',
  italic: 'wasItalic',
  underline: 'wasUnderline',
  strike: 'wasStrike',
  code: 'wasCode',
  link: 'wasLink',
};
/** The format that a mark is about. */
export const FORMAT_OF: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(FORMATS).map(([format, was]) => [was, format]),
);

const ID_MAX_LENGTH = 40;

/** A tag as another program may have written it; undefined when it is none. */
export function readTag(value: unknown): ProposalTag | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, name, colour, by, since } = value as Record<string, unknown>;
  if (typeof id !== 'string' || id === '' || id.length > ID_MAX_LENGTH) return undefined;
  const isColour = typeof colour === 'number' && Number.isInteger(colour) && colour >= 0 && colour < COLOURS;
  const [client, clock] = [by, since].map((count) => (Number.isSafeInteger(count) ? Number(count) : 0));
  return { id, name: cleanName(name), colour: isColour ? colour : 0, by: client ?? 0, since: clock ?? 0 };
}

/** The attribute `PROPOSAL` as another program may have written it. */
export function readProposal(value: unknown): (ProposalTag & { kind: ProposalKind }) | undefined {
  const tag = readTag(value);
  const kind = (value as { kind?: unknown } | null)?.kind;
  return tag !== undefined && (kind === 'insertion' || kind === 'deletion') ? { ...tag, kind } : undefined;
}

/** What a block is to become. */
export interface Becoming extends ProposalTag {
  type: string;
  attrs: Record<string, unknown>;
}

/** The attribute `BECOMES` as another program may have written it. */
export function readBecoming(value: unknown): Becoming | undefined {
  const tag = readTag(value);
  const { type, attrs } = (value ?? {}) as Record<string, unknown>;
  if (tag === undefined || typeof type !== 'string' || !WHOLE_BLOCKS.includes(type)) return undefined;
  return { ...tag, type, attrs: typeof attrs === 'object' && attrs !== null ? { ...attrs } : {} };
}

/** The attributes of a format before it was changed, from a mark's `was`; undefined: the words did not have it. */
export function readWas(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}
