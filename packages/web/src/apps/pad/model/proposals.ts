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
export const PROPOSED_SIGNS: readonly string[] = ['hardBreak', 'formula', 'mention'];

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
