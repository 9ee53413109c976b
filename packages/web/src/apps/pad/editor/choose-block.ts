import type { Editor } from '@tiptap/core';

/**
 * Selects the block of words after the one that is selected, or before it: in a text that cannot be written in there is no caret for the
 * keyboard. Shift with arrows then changes the selection as anywhere. Returns its words; undefined at the end of the text.
 */
export function chooseBlock({ view, state }: Editor, direction: 1 | -1): string | undefined {
  const blocks: { from: number; to: number; words: string }[] = [];
  state.doc.descendants((node, position) => {
    if (node.isTextblock && node.textContent.trim() !== '')
      blocks.push({ from: position + 1, to: position + 1 + node.content.size, words: node.textContent });
    return !node.isTextblock;
  });
  const selection = view.dom.ownerDocument.getSelection();
  const isHere = selection !== null && selection.anchorNode !== null && view.dom.contains(selection.anchorNode);
  const { from } = state.selection;
  const at = isHere ? blocks.findIndex((block) => from <= block.to) : -1;
  const isWithin = at >= 0 && from >= (blocks[at]?.from ?? 0);
  const next = blocks[direction === 1 && (isWithin || !isHere) ? at + 1 : direction === 1 ? at : at - 1];
  if (next === undefined || selection === null) return undefined;
  const [start, end] = [view.domAtPos(next.from), view.domAtPos(next.to)];
  selection.setBaseAndExtent(start.node, start.offset, end.node, end.offset);
  const element = start.node instanceof Element ? start.node : start.node.parentElement;
  element?.scrollIntoView({ block: 'nearest' });
  return next.words;
}
