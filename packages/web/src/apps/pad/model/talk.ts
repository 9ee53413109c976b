import type * as Y from 'yjs';

/**
 * Where what is said about a text lies. In the document of remarks, which who may only comment writes, too; what was said before a pad
 * was opened to remarks, and is said in one that never was, lies in that of the text. Both are read; nothing is moved.
 */
export interface Talk {
  ydoc: Y.Doc;
  remarks: Y.Doc;
  /** Remarks can be written with this link. */
  mayRemark: { peek(): boolean };
}

/** Where something new is said. */
export function homeOf({ ydoc, remarks, mayRemark }: Talk): Y.Doc {
  return mayRemark.peek() ? remarks : ydoc;
}

/** Calls back when something was said, answered, settled or erased. Returns how to stop. */
export function watchTalk({ ydoc, remarks }: Talk, changed: () => void): () => void {
  const older = [ydoc.getMap('comments'), ydoc.getArray('chat')];
  remarks.on('update', changed);
  for (const type of older) type.observeDeep(changed);
  return () => {
    remarks.off('update', changed);
    for (const type of older) type.unobserveDeep(changed);
  };
}
