import type { Editor } from '@tiptap/core';
import * as Y from 'yjs';
import { undoManagerOf } from '../../editor/forget-undone.ts';
import { bringChat } from '../../model/chat.ts';
import type { PadDocument } from '../../model/document.ts';
import { newId } from '../../model/messages.ts';
import type { EtherpadLook, EtherpadReader } from './reader.ts';

/** Origin of what a file brings; undoing takes all of it back at once. */
const BROUGHT = 'brought';
/** Between two moments: a host takes twenty records a second. */
const PACE_MS = 70;

export interface EtherpadWish {
  reader: EtherpadReader;
  look: EtherpadLook;
  withHistory: boolean;
  withChat: boolean;
}

export interface EtherpadProgress {
  done: number;
  total: number;
}

/**
 * Puts a file that was looked at to the end of the pad, or in the place of an empty one; with its history each moment is a step of
 * ours. Rejects with a `Refusal` before anything has changed.
 */
export async function bringEtherpad(
  editor: Editor,
  document: PadDocument,
  { reader, look, withHistory, withChat }: EtherpadWish,
  progress: (now: EtherpadProgress) => void,
): Promise<void> {
  const { ydoc, past } = document;
  // What was typed before is no step of the file.
  if (withHistory) await past.endStep();
  const state = Y.encodeStateAsUpdate(ydoc);
  const updates = await reader.make({ state, isEmpty: editor.isEmpty, withHistory, seed: newId() });
  const captured = captureAll(undoManagerOf(editor));
  try {
    for (const [index, update] of updates.entries()) {
      Y.applyUpdate(ydoc, update, BROUGHT);
      if (withHistory) await past.endStep();
      progress({ done: index + 1, total: updates.length });
      if (index < updates.length - 1) await new Promise((resolve) => setTimeout(resolve, PACE_MS));
    }
  } finally {
    captured();
  }
  if (withChat) bringChat(document, look.chat);
}

/** From here to the call of what it returns, all is undone at once. */
function captureAll(manager: Y.UndoManager | undefined): () => void {
  if (manager === undefined) return () => undefined;
  const { captureTimeout } = manager;
  manager.stopCapturing();
  manager.addTrackedOrigin(BROUGHT);
  manager.captureTimeout = Number.POSITIVE_INFINITY;
  return () => {
    manager.captureTimeout = captureTimeout;
    manager.removeTrackedOrigin(BROUGHT);
    manager.stopCapturing();
  };
}
