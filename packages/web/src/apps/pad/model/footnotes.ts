import type { PadNode } from './content.ts';
import { childrenOf } from './content.ts';

/** The name of a note's type in the schema. Its words are in the node itself, at the place that it is about. */
export const FOOTNOTE = 'footnote';

export interface Numbered {
  /** The same text; each note carries its number, from 1, in `attrs.number`. */
  doc: PadNode;
  /** The notes in the order of the text. */
  notes: PadNode[];
}

/** Numbers the notes of a text for what is written out of it. */
export function numberNotes(doc: PadNode): Numbered {
  const notes: PadNode[] = [];
  const visit = (node: PadNode): PadNode => {
    if (node.type === FOOTNOTE) {
      const note = { ...node, marks: [], attrs: { number: notes.length + 1 } };
      notes.push(note);
      return note;
    }
    return node.content === undefined ? node : { ...node, content: childrenOf(node).map(visit) };
  };
  return { doc: visit(doc), notes };
}

/** The words alone. */
export function withoutNotes(node: PadNode): PadNode {
  const content = node.content?.filter(({ type }) => type !== FOOTNOTE).map(withoutNotes);
  return { ...node, ...(content && { content }) };
}
