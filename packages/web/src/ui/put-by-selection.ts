/**
 * Takes the selection out of what becomes inert: the browser would look for a place where it may stand, over the whole of a long text and with
 * every frame. Returns how to give it back.
 */
export function putBySelection(): () => void {
  const selection = getSelection();
  if (selection === null || selection.rangeCount === 0) return () => undefined;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  selection.removeAllRanges();
  return () => {
    if (!isPlace(anchorNode, anchorOffset) || !isPlace(focusNode, focusOffset)) return;
    selection.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
  };
}

/** Whether the place is still there. */
function isPlace(node: Node | null, offset: number): node is Node {
  if (!node?.isConnected) return false;
  return offset <= (node instanceof CharacterData ? node.length : node.childNodes.length);
}
