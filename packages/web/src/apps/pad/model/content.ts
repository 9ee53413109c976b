import { cleanTex, FORMULA } from './formula.ts';
import { MENTION } from './mention.ts';
import { cleanName } from './people.ts';

/** A node of a pad's text as plain data: ProseMirror's JSON form. */
export interface PadNode {
  type?: string;
  attrs?: Record<string, unknown> | undefined;
  content?: PadNode[];
  text?: string;
  marks?: { type: string; attrs?: Record<string, unknown> | undefined }[];
}

/** The children, never undefined. */
export const childrenOf = (node: PadNode): readonly PadNode[] => node.content ?? [];

/** A whole number attribute, or `fallback` when another program wrote something else there. */
export function numberAttr(node: PadNode, name: string, fallback: number): number {
  const value = node.attrs?.[name];
  return typeof value === 'number' && Number.isInteger(value) ? value : fallback;
}

/** A text attribute, or nothing. */
export function textAttr(attrs: Record<string, unknown> | undefined, name: string): string {
  const value = attrs?.[name];
  return typeof value === 'string' ? value : '';
}

/**
 * Neighbours that share a mark, so that `**bold and *both***` opens each mark once: splits `nodes` at the changes of
 * the mark `type` (with the same attributes).
 */
export function runsOf(
  nodes: readonly PadNode[],
  type: string,
): { mark: NonNullable<PadNode['marks']>[number] | undefined; nodes: PadNode[] }[] {
  const runs: { mark: NonNullable<PadNode['marks']>[number] | undefined; nodes: PadNode[] }[] = [];
  for (const node of nodes) {
    const mark = node.marks?.find((candidate) => candidate.type === type);
    const last = runs.at(-1);
    if (last !== undefined && JSON.stringify(last.mark) === JSON.stringify(mark)) last.nodes.push(node);
    else runs.push({ mark, nodes: [node] });
  }
  return runs;
}

/** The words of a run; a formula as it is typed, a person's name with its sign. */
export function runText(node: PadNode): string {
  if (node.type === MENTION) return `@${cleanName(node.attrs?.name)}`;
  return node.type === FORMULA ? `$$${cleanTex(node.attrs?.tex)}$$` : (node.text ?? '');
}

/** The marks from the outside to the inside. */
export const MARKS = ['link', 'bold', 'italic', 'underline', 'strike', 'code'] as const;
