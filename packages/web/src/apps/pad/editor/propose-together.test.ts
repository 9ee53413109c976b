import { type SeededRandom, seededRandom } from '@archipel/testkit';
import { Editor } from '@tiptap/core';
import { Collaboration } from '@tiptap/extension-collaboration';
import { deleteSelection, lift, setBlockType, toggleMark, wrapIn } from '@tiptap/pm/commands';
import type { Node as PmNode, Schema } from '@tiptap/pm/model';
import { wrapInList } from '@tiptap/pm/schema-list';
import type { Command, PluginView, Transaction } from '@tiptap/pm/state';
import { EditorState, TextSelection } from '@tiptap/pm/state';
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable } from '@tiptap/pm/tables';
import { Transform } from '@tiptap/pm/transform';
import type { EditorView } from '@tiptap/pm/view';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { heal } from './heal-proposals.ts';
import { Proposer } from './propose.ts';
import { padSchema } from './schema.ts';
import { settle } from './settle-proposals.ts';

const FIELD = 'pad';
const LINES = ['Apples and pears', 'Figs', 'Plums, quinces and medlars'];

type Kind =
  | 'bold'
  | 'heading'
  | 'bulletList'
  | 'blockquote'
  | 'codeBlock'
  | 'horizontalRule'
  | 'table'
  | 'tableRow'
  | 'tableCell';

function found<T>(types: Record<string, T>, name: Kind): T {
  const type = types[name];
  if (type === undefined) throw new Error(`the schema has ${name}`);
  return type;
}

const BLOCK_EDITS: readonly ((schema: Schema) => Command)[] = [
  ({ marks }) => toggleMark(found(marks, 'bold')),
  ({ nodes }) => setBlockType(found(nodes, 'heading'), { level: 1 }),
  ({ nodes }) => setBlockType(found(nodes, 'codeBlock')),
  ({ nodes }) => wrapInList(found(nodes, 'bulletList')),
  ({ nodes }) => wrapIn(found(nodes, 'blockquote')),
  () => lift,
  () => deleteSelection,
  () => addRowAfter,
  () => addColumnAfter,
  () => deleteRow,
  () => deleteColumn,
  () => deleteTable,
  ({ nodes }) =>
    (state, dispatch) => {
      const at = state.selection.$from.after(1);
      dispatch?.(state.tr.insert(at, found(nodes, 'horizontalRule').create()));
      return true;
    },
  ({ nodes }) =>
    (state, dispatch) => {
      const cell = found(nodes, 'tableCell').createAndFill();
      const row = found(nodes, 'tableRow').create(null, cell === null ? [] : [cell, cell]);
      dispatch?.(state.tr.insert(state.selection.$from.before(1), found(nodes, 'table').create(null, [row, row])));
      return true;
    },
  () => (state, dispatch) => {
    const { $from } = state.selection;
    dispatch?.(state.tr.delete($from.before(1), $from.after(1)));
    return true;
  },
];

/** Somebody who proposes, without a screen: the schema, the plugins and the Yjs document of a pad. */
class Person {
  readonly ydoc = new Y.Doc();
  readonly sent: Uint8Array[] = [];
  readonly editable = true;
  readonly isDestroyed = false;
  readonly hasFocus = (): boolean => false;
  readonly #proposer: Proposer;
  readonly #views: PluginView[] = [];
  state: EditorState;

  constructor(clientId: number, lines: readonly string[], hasTable = false) {
    this.ydoc.clientID = clientId;
    const since = (): number => Y.getState(this.ydoc.store, clientId);
    this.#proposer = new Proposer(() => ({
      name: `Person ${clientId}`,
      colour: clientId,
      by: clientId,
      since: since(),
    }));
    const extensions = [...padSchema(), Collaboration.configure({ document: this.ydoc, field: FIELD })];
    const { schema, extensionManager } = new Editor({
      element: null,
      extensions,
      content: { type: 'doc', content: [{ type: 'paragraph' }] },
      enablePasteRules: false,
    });
    this.state = EditorState.create({ schema, plugins: extensionManager.plugins });
    for (const { spec } of this.state.plugins) {
      const view = spec.view?.(this as unknown as EditorView);
      if (view) this.#views.push(view);
    }
    if (lines.length > 0) {
      const said = lines.map((line) => schema.node('paragraph', null, schema.text(line)));
      const cell = (word: string) =>
        schema.node('tableCell', null, [schema.node('paragraph', null, schema.text(word))]);
      const row = (...row: string[]) => schema.node('tableRow', null, row.map(cell));
      const blocks = hasTable ? [...said, schema.node('table', null, [row('a', 'b'), row('c', 'd')])] : said;
      this.dispatch(this.state.tr.replaceWith(0, this.state.doc.content.size, blocks));
    }
    this.ydoc.on('update', (update, origin) => {
      if (origin !== 'network') this.sent.push(update);
    });
  }

  dispatch = (transaction: Transaction): void => {
    const before = this.state;
    this.state = before.apply(transaction);
    for (const view of this.#views) view.update?.(this as unknown as EditorView, before);
  };

  /** A format, a block or a part of a table, at some place. */
  proposeBlocks(random: SeededRandom): void {
    const { doc } = this.state;
    const places: number[] = [];
    doc.descendants((node, at) => {
      if (node.isTextblock) for (let place = 0; place <= node.content.size; place += 1) places.push(at + 1 + place);
    });
    const from = random.below(places.length);
    const [$from, $to] = [from, Math.min(places.length - 1, from + random.below(12))].map((at) =>
      doc.resolve(places[at] ?? 0),
    );
    if ($from === undefined || $to === undefined) return;
    const state = this.state.apply(this.state.tr.setSelection(TextSelection.between($from, $to)));
    random.pick(BLOCK_EDITS)(state.schema)(state, (edit) => {
      const made = edit.docChanged ? this.#proposer.propose(edit, state) : null;
      if (made !== null) this.dispatch(made);
    });
  }

  /** Words typed, deleted or replaced, somewhere in one line. */
  propose(random: SeededRandom): void {
    const { doc, tr } = this.state;
    const lines: number[] = [];
    doc.forEach((node, offset) => {
      if (node.isTextblock) lines.push(offset);
    });
    const line = random.pick(lines);
    const { size } = doc.nodeAt(line)?.content ?? { size: 0 };
    const from = line + 1 + random.below(size + 1);
    const to = Math.min(line + 1 + size, from + random.below(5));
    const edit = random.chance(0.5) ? tr.insertText(random.pick(['x', 'oui', ' ']), from) : tr.delete(from, to);
    const made = edit.docChanged ? this.#proposer.propose(edit, this.state) : null;
    if (made !== null) this.dispatch(made);
  }
}

const after = (state: EditorState, isAccepted: boolean): PmNode =>
  settle(heal(new Transform(state.doc), state), isAccepted).doc;

/** Each gets what the other sent, or a beginning of it. */
function deliver(people: readonly [Person, Person], has: [number, number], random?: SeededRandom): void {
  for (const to of [0, 1] as const) {
    const { sent } = people[to === 0 ? 1 : 0];
    const until = random === undefined ? sent.length : has[to] + random.below(sent.length - has[to] + 1);
    for (const update of sent.slice(has[to], until)) Y.applyUpdate(people[to].ydoc, update, 'network');
    has[to] = until;
  }
}

/** Steps by either of two people who hear of each other late: both have the same in the end, refused the text is as it was. */
function expectTogether(seed: number, steps: number, hasBlocks: boolean): void {
  const random = seededRandom(seed);
  const one = new Person(1, LINES, hasBlocks);
  const other = new Person(2, []);
  Y.applyUpdate(other.ydoc, Y.encodeStateAsUpdate(one.ydoc), 'network');
  const before = one.state.doc;
  const has: [number, number] = [0, 0];
  for (let step = 0; step < steps; step += 1) {
    const person = random.pick([one, other]);
    if (hasBlocks) person.proposeBlocks(random);
    else person.propose(random);
    if (random.chance(0.3)) deliver([one, other], has, random);
  }
  deliver([one, other], has);
  one.state.doc.check();
  expect(other.state.doc.toJSON(), `seed ${seed}`).toEqual(one.state.doc.toJSON());
  expect(after(one.state, false).toJSON(), `seed ${seed}, refused`).toEqual(before.toJSON());
  one.dispatch(settle(heal(one.state.tr, one.state), true));
  deliver([one, other], has);
  expect(other.state.doc.toJSON(), `seed ${seed}, accepted`).toEqual(after(one.state, true).toJSON());
}

describe('what two people propose at once, hearing of each other late', () => {
  it('is the same for both in the end; refused, the text is as it was; accepted, it is the same for both (seeds 1 to 300)', () => {
    for (let seed = 1; seed <= 300; seed += 1) expectTogether(seed, 12, false);
  }, 120_000);

  it('is so too for formats, blocks and tables: nobody’s proposal takes anything away (seeds 1 to 100)', () => {
    for (let seed = 1; seed <= 100; seed += 1) expectTogether(seed, 8, true);
  }, 120_000);
});
