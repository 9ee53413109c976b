import type { Node as PmNode } from '@tiptap/pm/model';
import type { EditorState, Selection, Transaction } from '@tiptap/pm/state';
import { NodeSelection, TextSelection } from '@tiptap/pm/state';
import type { ProposalTag } from '../model/proposals.ts';
import { BECOMES, COMES, GOES, readBecoming, readTag } from '../model/proposals.ts';
import type { BlockChange } from './propose-blocks.ts';
import { blockChanges, plainAttrs } from './propose-blocks.ts';
import { become } from './settle-blocks.ts';

/** What the changes of blocks need of who proposes. */
export interface StructureTools {
  tag: () => ProposalTag;
  isMine: (tag: ProposalTag) => boolean;
  /** Words that changed within a block; false when it cannot be said as words. */
  words: (next: Transaction, change: { fromA: number; toA: number; fromB: number; toB: number }) => boolean;
}

/** Where blocks that come stand after an edit, and where in the proposal. */
interface Placed {
  from: number;
  size: number;
  at: number;
  steps: number;
}

/** An edit of blocks as a proposal: nothing that is there is taken away, all that is new is put beside it. False when it cannot be. */
export function proposeBlocks(
  next: Transaction,
  edit: Transaction,
  state: EditorState,
  tools: StructureTools,
): boolean {
  const placed: Placed[] = [];
  const changes = blockChanges(state.doc, edit.doc).reverse();
  const isMade = changes.every((change) => proposeOne(next, change, tools, placed));
  if (!isMade) return false;
  const selection = placed.map((place) => selectionIn(place, edit, next)).find((found) => found !== undefined);
  if (selection !== undefined) next.setSelection(selection);
  return true;
}

/** False when something is left half done. */
function proposeOne(next: Transaction, change: BlockChange, tools: StructureTools, placed: Placed[]): boolean {
  if (change.is === 'goes') go(next, change.at, change.node, tools);
  else if (change.is === 'becomes') turn(next, change, tools);
  else if (change.is === 'comes') come(next, change, tools, placed);
  else {
    const { at, to, from, end, block } = change;
    const before = next.steps.length;
    if (tools.words(next, { fromA: at, toA: to, fromB: from, toB: end })) return true;
    if (next.steps.length > before) return false;
    come(next, { ...block.come, is: 'comes' }, tools, placed);
    go(next, block.at, block.node, tools);
  }
  return true;
}

function go(next: Transaction, at: number, node: PmNode, { tag, isMine }: StructureTools): void {
  const comes = readTag(node.attrs[COMES]);
  if (comes !== undefined && isMine(comes)) next.delete(at, at + node.nodeSize);
  else if (readTag(node.attrs[GOES]) === undefined) next.setNodeAttribute(at, GOES, tag());
}

function come(
  next: Transaction,
  { at, nodes, from }: Extract<BlockChange, { is: 'comes' }>,
  { tag }: StructureTools,
  placed: Placed[],
): void {
  const tagged = nodes.map((node) => node.type.create({ ...node.attrs, [COMES]: tag() }, node.content, node.marks));
  next.insert(at, tagged);
  const size = nodes.reduce((sum, { nodeSize }) => sum + nodeSize, 0);
  placed.push({ from, size, at, steps: next.steps.length });
}

function turn(
  next: Transaction,
  { at, node, after }: Extract<BlockChange, { is: 'becomes' }>,
  { tag, isMine }: StructureTools,
): void {
  const wanted = { type: after.type.name, attrs: plainAttrs(after.attrs) };
  const comes = readTag(node.attrs[COMES]);
  if (comes !== undefined && isMine(comes)) return become(next, at, wanted.type, wanted.attrs);
  const already = readBecoming(node.attrs[BECOMES]);
  const isAgain = already?.type === wanted.type && JSON.stringify(already.attrs) === JSON.stringify(wanted.attrs);
  if (!isAgain) next.setNodeAttribute(at, BECOMES, { ...tag(), ...wanted });
  // Who asks for the same again takes it back, as with any button that is pressed.
  else if (isMine(already)) next.setNodeAttribute(at, BECOMES, null);
}

/** Where the person is after the edit, when that is in what comes. */
function selectionIn({ from, size, at, steps }: Placed, edit: Transaction, next: Transaction): Selection | undefined {
  const { selection } = edit;
  if (selection.from < from || selection.to > from + size) return undefined;
  const start = next.mapping.slice(steps).map(at, 1);
  const place = (position: number): number => start + position - from;
  if (selection instanceof NodeSelection) return NodeSelection.create(next.doc, place(selection.from));
  return TextSelection.between(next.doc.resolve(place(selection.anchor)), next.doc.resolve(place(selection.head)));
}
