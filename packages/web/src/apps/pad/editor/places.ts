import type { EditorState } from '@tiptap/pm/state';
import {
  absolutePositionToRelativePosition,
  relativePositionToAbsolutePosition,
  ySyncPluginKey,
} from '@tiptap/y-tiptap';
import * as Y from 'yjs';

/** What ties the editor's text to the shared one. */
export interface SyncState {
  doc: Y.Doc;
  type: Y.XmlFragment;
  binding: { mapping: Map<Y.AbstractType<unknown>, never> };
}

/** Undefined until they are tied. */
export function syncState(state: EditorState): SyncState | undefined {
  const sync = ySyncPluginKey.getState(state) as SyncState | undefined;
  return sync?.binding ? sync : undefined;
}

/** A position of the text as one that stays at its letter (Yjs, encoded). */
export function placeOf(state: EditorState, position: number): Uint8Array | undefined {
  const sync = syncState(state);
  if (sync === undefined) return undefined;
  const relative = absolutePositionToRelativePosition(position, sync.type, sync.binding.mapping);
  return Y.encodeRelativePosition(relative as Y.RelativePosition);
}

/** Where that is now; undefined when it is no place of this text. */
export function positionOf(state: EditorState, place: Uint8Array): number | undefined {
  const sync = syncState(state);
  if (sync === undefined) return undefined;
  try {
    const relative = Y.decodeRelativePosition(place);
    const found = relativePositionToAbsolutePosition(sync.doc, sync.type, relative, sync.binding.mapping);
    return found === null ? undefined : Math.min(Math.max(found, 0), state.doc.content.size);
  } catch {
    return undefined; // Another program may have written anything there.
  }
}
