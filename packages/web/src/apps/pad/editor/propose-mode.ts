import type { Editor } from '@tiptap/core';
import { Fragment, Slice } from '@tiptap/pm/model';
import type { EditorState } from '@tiptap/pm/state';
import { Plugin, PluginKey, TextSelection } from '@tiptap/pm/state';
import * as Y from 'yjs';
import type { Identity } from '../model/people.ts';
import { undoManagerOf } from './forget-undone.ts';
import { heal } from './heal-proposals.ts';
import { syncState } from './places.ts';
import { PROPOSED } from './proposal-marks.ts';
import { Proposer } from './propose.ts';
import { proposePaste } from './propose-paste.ts';
import type { Proposal } from './read-proposals.ts';
import { settle } from './settle-proposals.ts';

const key = new PluginKey('pad-proposing');

/** From now on what is written is proposed, until it is stopped. `onRefused`: something could not be proposed, and was not done. */
export function startProposing(editor: Editor, who: () => Identity, onRefused: () => void): () => void {
  const proposer = new Proposer(() => {
    const { doc } = syncState(editor.state) ?? {};
    return { ...who(), by: doc?.clientID ?? 0, since: doc ? Y.getState(doc.store, doc.clientID) : 0 };
  });
  const { padProposals } = editor.storage;
  padProposals.proposing = (transaction) => {
    const proposal = proposer.propose(transaction, editor.state);
    if (proposal === null) onRefused();
    return proposal;
  };
  // Before all others: what is typed is words, no sign of Markdown, and so is what is pasted as words.
  editor.registerPlugin(proposedFirst(proposer, onRefused), (plugin, others) => [plugin, ...others]);
  return () => {
    padProposals.proposing = undefined;
    if (!editor.isDestroyed) editor.unregisterPlugin(key);
  };
}

function proposedFirst(proposer: Proposer, onRefused: () => void): Plugin {
  return new Plugin({
    key,
    props: {
      handleTextInput: (view, from, to, text) => {
        view.dispatch(view.state.tr.insertText(text, from, to).scrollIntoView());
        return true;
      },
      handlePaste: (view, event, slice) => {
        const { state } = view;
        const [text, html] = ['text/plain', 'text/html'].map((type) => event.clipboardData?.getData(type) ?? '');
        const isWords = text !== '' && html === '';
        const made = isWords ? undefined : proposePaste(proposer, state, slice);
        // What had to wait for its code comes when the clipboard is closed.
        const words = text || slice.content.textBetween(0, slice.content.size, '\n');
        if (made !== undefined) view.dispatch(made.scrollIntoView());
        else if (words === '') onRefused();
        else view.dispatch(state.tr.replaceSelection(paragraphs(state, words)).scrollIntoView());
        return true;
      },
    },
  });
}

/** Plain text as it is pasted: a paragraph for each line, except in code. */
function paragraphs({ schema, selection }: EditorState, text: string): Slice {
  const { paragraph } = schema.nodes;
  const lines = text.replace(/\r\n?/g, '\n').split(/\n+/);
  if (selection.$from.parent.type.spec.code || paragraph === undefined) {
    return new Slice(Fragment.from(schema.text(lines.join('\n'))), 0, 0);
  }
  const blocks = lines.map((line) => paragraph.create(null, line === '' ? null : schema.text(line)));
  return new Slice(Fragment.fromArray(blocks), 1, 1);
}

/** Accepts or refuses some proposals, or all; one undo takes it back. */
export function settleIn(editor: Editor, isAccepted: boolean, ids?: readonly string[]): void {
  undoManagerOf(editor)?.stopCapturing();
  const settled = settle(heal(editor.state.tr, editor.state), isAccepted, ids && new Set(ids));
  editor.view.dispatch(settled.setMeta(PROPOSED, true).setMeta('preventAutolink', true));
  undoManagerOf(editor)?.stopCapturing();
}

/** The proposal is shown and selected; of a block, its beginning. */
export function goToProposal(editor: Editor, { from, to }: Proposal): void {
  const { doc, tr } = editor.state;
  const selection = TextSelection.between(doc.resolve(from), doc.resolve(to));
  editor.view.dispatch(tr.setSelection(selection).scrollIntoView());
}
