import { Extension } from '@tiptap/core';
import { isChangeOrigin } from '@tiptap/extension-collaboration';
import type { Node as PmNode } from '@tiptap/pm/model';
import type { EditorState, Transaction } from '@tiptap/pm/state';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import { absolutePositionToRelativePosition, relativePositionToAbsolutePosition } from '@tiptap/y-tiptap';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { FOOTNOTE } from '../model/footnotes.ts';
import type { Identity } from '../model/people.ts';
import { identityOf } from '../model/people.ts';
import { unheardSelection } from './fresh-selection.ts';
import type { SyncState } from './places.ts';
import { syncState } from './places.ts';

/** How long the name stays beside a caret that moved. */
const NAME_SHOWN_MS = 2500;

export interface CaretOptions {
  awareness: Awareness;
  /** the words for somebody without a name */
  anonymous: () => string;
}

/** What a note that is open needs: who is there, and where we are in it. */
interface CaretStorage {
  awareness: Awareness;
  anonymous: () => string;
  /** our selection in a note, as places of the text; undefined while we are in none */
  inNote: (() => { anchor: number; head: number } | undefined) | undefined;
  /** tells the others where we are */
  tell: () => void;
}

declare module '@tiptap/core' {
  interface Storage {
    padCarets: CaretStorage;
  }
}

const caretsKey = new PluginKey<DecorationSet>('pad-carets');

/**
 * The carets and selections of the others, drawn with classes only (the page's policy allows no style attribute), and
 * ours told to them. Their states come from other programs: a position that does not decode draws nothing.
 */
export const Carets = Extension.create<CaretOptions, CaretStorage>({
  name: 'padCarets',
  addStorage() {
    const { awareness, anonymous } = this.options;
    return { awareness, anonymous, inNote: undefined, tell: () => undefined };
  },
  addProseMirrorPlugins() {
    const flags = new CaretFlags(this.options.anonymous);
    const { awareness } = this.options;
    return [
      new Plugin({
        key: caretsKey,
        state: {
          init: (_config, state) => decorations(state, awareness, flags),
          apply: (transaction, set, _before, state) => {
            if (transaction.getMeta(caretsKey) || isChangeOrigin(transaction))
              return decorations(state, awareness, flags);
            return transaction.docChanged ? set.map(transaction.mapping, transaction.doc) : set;
          },
        },
        props: { decorations: (state) => caretsKey.getState(state) },
        view: (view) => watch(view, this.storage, flags),
      }),
    ];
  },
});

/** The elements of the others' carets, and which of them show their name just now. */
export class CaretFlags {
  private readonly elements = new Map<number, HTMLElement>();
  private readonly shown = new Map<number, number>();
  private readonly anonymous: () => string;

  constructor(anonymous: () => string) {
    this.anonymous = anonymous;
  }

  /** Draws a caret; hidden from screen readers, which would otherwise read a name in the middle of a word. */
  element(clientId: number, { name, colour }: Identity): HTMLElement {
    const caret = document.createElement('span');
    caret.className = `pad-caret person-${colour}`;
    caret.setAttribute('aria-hidden', 'true');
    caret.classList.toggle('is-moving', this.shown.has(clientId));
    // Drawn by the style sheet: the name is no text of the document, not even for who copies or searches it.
    caret.dataset.name = name === '' ? this.anonymous() : name;
    this.elements.set(clientId, caret);
    return caret;
  }

  show(clientId: number): void {
    window.clearTimeout(this.shown.get(clientId));
    this.shown.set(
      clientId,
      window.setTimeout(() => this.hide(clientId), NAME_SHOWN_MS),
    );
    this.elements.get(clientId)?.classList.add('is-moving');
  }

  hide(clientId: number): void {
    window.clearTimeout(this.shown.get(clientId));
    this.shown.delete(clientId);
    this.elements.get(clientId)?.classList.remove('is-moving');
  }

  forget(clientId: number): void {
    this.hide(clientId);
    this.elements.delete(clientId);
  }

  stop(): void {
    for (const timer of this.shown.values()) window.clearTimeout(timer);
    this.shown.clear();
    this.elements.clear();
  }
}

/** The others' carets and selections, each where `place` has it; those for which there is no place are not drawn. */
export function drawCarets(
  state: EditorState,
  awareness: Awareness,
  flags: CaretFlags,
  place: (theirs: Range) => Range | undefined,
): Decoration[] {
  const sync = syncState(state);
  if (sync === undefined || sync.binding.mapping.size === 0) return [];
  const drawn: Decoration[] = [];
  for (const [clientId, theirs] of awareness.getStates()) {
    if (clientId === awareness.clientID) continue;
    const theirPlace = theirRange(theirs?.cursor, sync, state.doc.content.size);
    const range = theirPlace && place(theirPlace);
    if (range === undefined) continue;
    const who = identityOf(theirs, clientId);
    const key = `${clientId} ${who.colour} ${who.name}`;
    drawn.push(Decoration.widget(range.head, () => flags.element(clientId, who), { key, side: 10 }));
    if (range.from < range.to) {
      const look = { class: `pad-selection person-${who.colour}` };
      drawn.push(Decoration.inline(range.from, range.to, look, { inclusiveEnd: true, inclusiveStart: false }));
    }
  }
  return drawn;
}

function decorations(state: EditorState, awareness: Awareness, flags: CaretFlags): DecorationSet {
  const drawn = drawCarets(state, awareness, flags, (theirs) => aroundNotes(state.doc, theirs));
  return DecorationSet.create(state.doc, drawn);
}

/** Who is in a note is, in the text, behind its number. */
function aroundNotes(doc: PmNode, { head, from, to }: Range): Range {
  const [outer, start, end] = [head, from, to].map((at) => {
    const $at = doc.resolve(at);
    return $at.parent.type.name === FOOTNOTE ? $at.after() : at;
  });
  return { head: outer ?? head, from: start ?? from, to: end ?? to };
}

/** Where the caret of somebody with this awareness state is in our text; undefined when they have none there. */
export function headOf(state: EditorState, theirs: Record<string, unknown>): number | undefined {
  const sync = syncState(state);
  const range = sync && theirRange(theirs.cursor, sync, state.doc.content.size);
  return range && aroundNotes(state.doc, range).head;
}

/** Somebody's selection, and at which end of it they are. */
interface Range {
  head: number;
  from: number;
  to: number;
}

/** Where somebody's selection is in our document now; undefined when they have none or it is not one. */
function theirRange(cursor: unknown, sync: SyncState, size: number): Range | undefined {
  if (typeof cursor !== 'object' || cursor === null) return undefined;
  const { anchor, head } = cursor as Record<string, unknown>;
  const at = [anchor, head].map((position) => absolute(position, sync, size));
  const [from, to] = [...at].sort((a, b) => (a ?? 0) - (b ?? 0));
  return at[1] === undefined || from === undefined || to === undefined ? undefined : { head: at[1], from, to };
}

function absolute(position: unknown, { doc, type, binding }: SyncState, size: number): number | undefined {
  if (!isPosition(position)) return undefined;
  const relative = Y.createRelativePositionFromJSON(position);
  const found = relativePositionToAbsolutePosition(doc, type, relative, binding.mapping);
  return found === null ? undefined : Math.min(Math.max(found, 0), size);
}

/** The JSON form of a Y.RelativePosition: ids are two non-negative numbers. */
function isPosition(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, item, tname, assoc } = value as Record<string, unknown>;
  return (
    isId(type) &&
    isId(item) &&
    (tname === undefined || tname === null || typeof tname === 'string') &&
    (assoc === undefined || typeof assoc === 'number') &&
    (type != null || item != null || typeof tname === 'string')
  );
}

function isId(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  const { client, clock } = value as Record<string, unknown>;
  return Number.isSafeInteger(client) && Number.isSafeInteger(clock) && Number(client) >= 0 && Number(clock) >= 0;
}

/** Drawing their carets must not put ours back to where it was before a click that is not heard of yet. */
function redrawn(view: EditorView): Transaction {
  const selection = unheardSelection(view);
  const transaction = view.state.tr.setMeta(caretsKey, true);
  return selection === undefined ? transaction : transaction.setSelection(selection);
}

/** Tells ours, listens to theirs. */
function watch(view: EditorView, storage: CaretStorage, flags: CaretFlags) {
  const { awareness } = storage;
  const cursors = new Map<number, string>();
  const onChange = ({ added, updated, removed }: { added: number[]; updated: number[]; removed: number[] }) => {
    let theirs = false;
    for (const clientId of [...added, ...updated]) {
      if (clientId === awareness.clientID) continue;
      theirs = true;
      const cursor = JSON.stringify(awareness.getStates().get(clientId)?.cursor ?? null);
      if (cursors.get(clientId) !== cursor) flags.show(clientId);
      cursors.set(clientId, cursor);
    }
    for (const clientId of removed) {
      theirs = true;
      cursors.delete(clientId);
      flags.forget(clientId);
    }
    if (theirs && !view.isDestroyed) view.dispatch(redrawn(view));
  };
  const tell = () => publish(view, awareness, storage.inNote?.());
  storage.tell = tell;
  awareness.on('change', onChange);
  view.dom.addEventListener('focusin', tell);
  view.dom.addEventListener('focusout', tell);
  return {
    update: tell,
    destroy: () => {
      awareness.off('change', onChange);
      view.dom.removeEventListener('focusin', tell);
      view.dom.removeEventListener('focusout', tell);
      flags.stop();
      if (awareness.getLocalState()?.cursor) awareness.setLocalStateField('cursor', null);
    },
  };
}

/** Puts our selection into awareness when it changed; takes it away when the text loses focus. */
function publish(view: EditorView, awareness: Awareness, inNote: { anchor: number; head: number } | undefined): void {
  const sync = syncState(view.state);
  const local = awareness.getLocalState();
  if (sync === undefined || local === null) return;
  if ((!view.hasFocus() && inNote === undefined) || !view.editable) {
    if (local.cursor) awareness.setLocalStateField('cursor', null);
    return;
  }
  const { anchor, head } = inNote ?? view.state.selection;
  const place = (position: number) => absolutePositionToRelativePosition(position, sync.type, sync.binding.mapping);
  const cursor = { anchor: place(anchor), head: place(head) };
  if (JSON.stringify(cursor) !== JSON.stringify(local.cursor)) awareness.setLocalStateField('cursor', cursor);
}
