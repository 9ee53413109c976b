import type { Node as PmNode } from '@tiptap/pm/model';
import { BECOMES, COMES, GOES, PROPOSAL, PROPOSED_BLOCKS } from '../model/proposals.ts';
import { tablesDiffer } from './propose-tables.ts';

/** What an edit is, block by block; places are those of the text before it. */
export type BlockChange =
  | { is: 'goes'; at: number; node: PmNode }
  | { is: 'comes'; at: number; nodes: readonly PmNode[]; from: number }
  | { is: 'becomes'; at: number; node: PmNode; after: PmNode }
  | { is: 'words'; at: number; to: number; from: number; end: number; block: Replaced };

/** A block and what comes in its place. */
export interface Replaced {
  at: number;
  node: PmNode;
  come: { at: number; nodes: readonly PmNode[]; from: number };
}

/** Two blocks, or what they hold, with where they begin. */
export interface Pair {
  a: PmNode;
  b: PmNode;
  atA: number;
  atB: number;
}

const TAGS = new Set([PROPOSAL, COMES, GOES, BECOMES]);

/** The attributes that are about the text itself. */
export const plainAttrs = (attrs: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(attrs).filter(([name]) => !TAGS.has(name)));

const sameAttrs = (a: PmNode, b: PmNode): boolean =>
  JSON.stringify(plainAttrs(a.attrs)) === JSON.stringify(plainAttrs(b.attrs));

/** The changes that make one text the other, in the order of the text. Blocks that are nothing alike are taken away and put there. */
export function blockChanges(a: PmNode, b: PmNode): BlockChange[] {
  return childrenChanges({ a, b, atA: 0, atB: 0 });
}

interface Child {
  node: PmNode;
  at: number;
}

function childrenOf(node: PmNode, start: number): Child[] {
  const children: Child[] = [];
  node.forEach((child, offset) => {
    children.push({ node: child, at: start + offset });
  });
  return children;
}

/** `atA` and `atB`: where what they hold begins. */
function childrenChanges({ a, b, atA, atB }: Pair): BlockChange[] {
  const [before, after] = [childrenOf(a, atA), childrenOf(b, atB)];
  let first = 0;
  while (first < before.length && first < after.length && sameAt(before, after, first, first)) first += 1;
  let [endA, endB] = [before.length, after.length];
  while (endA > first && endB > first && sameAt(before, after, endA - 1, endB - 1)) {
    endA -= 1;
    endB -= 1;
  }
  const [gone, come] = [before.slice(first, endA), after.slice(first, endB)];
  if (gone.length === come.length) {
    return gone.flatMap((child, index) => oneChange(child, come[index] as Child));
  }
  const [block, ...others] = gone;
  const [begun, ...more] = come;
  if (block && begun && others.length === 0 && goesOn(block.node, begun.node)) {
    return [...oneChange(block, begun), ...replaced([], more, block.at + block.node.nodeSize)];
  }
  const end = gone.at(-1) ?? before[first - 1];
  return replaced(gone, come, end === undefined ? atA : end.at + end.node.nodeSize);
}

/** Whether words of one begin the other, as where blocks are pasted at a caret. */
const goesOn = (a: PmNode, b: PmNode): boolean =>
  a.type === b.type && isOfWords(a) && sameAttrs(a, b) && (a.content.findDiffStart(b.content) ?? 1) > 0;

const sameAt = (a: readonly Child[], b: readonly Child[], i: number, j: number): boolean =>
  a[i] !== undefined && b[j] !== undefined && a[i].node.eq(b[j].node);

function replaced(gone: readonly Child[], come: readonly Child[], at: number): BlockChange[] {
  const [first] = come;
  const goes = gone.map((child): BlockChange => ({ is: 'goes', ...child }));
  if (first === undefined) return goes;
  return [...goes, { is: 'comes', at, nodes: come.map(({ node }) => node), from: first.at }];
}

function oneChange(before: Child, after: Child): BlockChange[] {
  const [a, b] = [before.node, after.node];
  if (a.eq(b)) return [];
  return alike({ a, b, atA: before.at, atB: after.at }) ?? replaced([before], [after], before.at + a.nodeSize);
}

/** Undefined when one is no form of the other. */
function alike(pair: Pair): BlockChange[] | undefined {
  const { a, b, atA, atB } = pair;
  const isSameKind = a.type === b.type && sameAttrs(a, b);
  const becomes: BlockChange[] = isSameKind ? [] : [{ is: 'becomes', at: atA, node: a, after: b }];
  if (a.isTextblock && b.isTextblock) {
    if (a.content.eq(b.content) || (!isSameKind && isSaidSame(a, b))) return becomes;
    return isSameKind && isOfWords(a) ? [wordsChange(pair)] : undefined;
  }
  if (a.type !== b.type) return a.content.eq(b.content) && !a.isTextblock && !b.isTextblock ? becomes : undefined;
  if (a.isLeaf) return becomes;
  if (a.type.name === 'table') return isSameKind ? tablesDiffer(pair, childrenChanges) : undefined;
  return [...becomes, ...childrenChanges({ a, b, atA: atA + 1, atB: atB + 1 })];
}

const isOfWords = ({ type: { name } }: PmNode): boolean => PROPOSED_BLOCKS.includes(name) || name === 'picture';

/** The same but for what the other kind cannot hold: that goes when it becomes one. */
function isSaidSame(a: PmNode, b: PmNode): boolean {
  return isOfWords(a) && isOfWords(b) && b.type.spec.marks !== undefined && a.textContent === b.textContent;
}

function wordsChange({ a, b, atA, atB }: Pair): BlockChange {
  const start = a.content.findDiffStart(b.content) ?? 0;
  const end = a.content.findDiffEnd(b.content) ?? { a: start, b: start };
  const overlap = Math.max(0, start - Math.min(end.a, end.b));
  const [to, until] = [end.a + overlap, end.b + overlap];
  return {
    ...{ is: 'words', at: atA + 1 + start, to: atA + 1 + to, from: atB + 1 + start, end: atB + 1 + until },
    block: { at: atA, node: a, come: { at: atA + a.nodeSize, nodes: [b], from: atB } },
  };
}
