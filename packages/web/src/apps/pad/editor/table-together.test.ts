import { type SeededRandom, seededRandom } from '@archipel/testkit';
import { Editor } from '@tiptap/core';
import { Collaboration } from '@tiptap/extension-collaboration';
import type { Node as PmNode } from '@tiptap/pm/model';
import type { Command, PluginView, Transaction } from '@tiptap/pm/state';
import { EditorState, TextSelection } from '@tiptap/pm/state';
import {
  addColumnAfter,
  addColumnBefore,
  addRowAfter,
  addRowBefore,
  CellSelection,
  deleteColumn,
  deleteRow,
  mergeCells,
  splitCell,
  TableMap,
} from '@tiptap/pm/tables';
import type { EditorView } from '@tiptap/pm/view';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { padSchema } from './schema.ts';
import { TableRepair } from './table-repair.ts';

const FIELD = 'pad';
const EMPTY = { type: 'doc', content: [{ type: 'paragraph' }] };
const ROUNDS_MAX = 8;
const HEADER_COMMANDS = [addRowBefore, addRowAfter, addColumnBefore, addColumnAfter];
const COMMANDS: readonly Command[] = [...HEADER_COMMANDS, ...HEADER_COMMANDS, deleteRow, deleteColumn, splitCell];

/** Somebody's editor as the pad makes it, without a screen: its schema, its plugins, its Yjs document. */
class Person {
  readonly ydoc = new Y.Doc();
  readonly sent: Uint8Array[] = [];
  state: EditorState;
  readonly editable = true;
  readonly isDestroyed = false;
  readonly #views: PluginView[] = [];

  constructor(clientId: number) {
    this.ydoc.clientID = clientId;
    const extensions = [
      ...padSchema(),
      Collaboration.configure({ document: this.ydoc, field: FIELD }),
      TableRepair.configure({ ydoc: this.ydoc, field: FIELD }),
    ];
    const { schema, extensionManager } = new Editor({
      element: null,
      extensions,
      content: EMPTY,
      enablePasteRules: false,
    });
    this.state = EditorState.create({ schema, plugins: extensionManager.plugins });
    for (const { spec } of this.state.plugins) {
      const view = spec.view?.(this as unknown as EditorView);
      if (view) this.#views.push(view);
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

  hasFocus = (): boolean => false;

  /** At a cell of the table, if there is one. */
  inCell(random: SeededRandom, command: Command): void {
    const cells = cellsOf(this.state.doc);
    if (cells.length === 0) return;
    this.dispatch(this.state.tr.setSelection(TextSelection.near(this.state.doc.resolve(random.pick(cells) + 2))));
    command(this.state, this.dispatch);
  }

  merge(random: SeededRandom): void {
    const cells = cellsOf(this.state.doc);
    if (cells.length < 2) return;
    const [anchor, head] = [random.pick(cells), random.pick(cells)];
    this.dispatch(this.state.tr.setSelection(CellSelection.create(this.state.doc, anchor, head)));
    mergeCells(this.state, this.dispatch);
  }
}

function cellsOf(doc: PmNode): number[] {
  const cells: number[] = [];
  doc.descendants((node, position) => {
    if (node.type.name === 'tableCell' || node.type.name === 'tableHeader') cells.push(position);
  });
  return cells;
}

const TABLE = (rows: number, columns: number) => ({
  type: 'table',
  content: Array.from({ length: rows }, (_, row) => ({
    type: 'tableRow',
    content: Array.from({ length: columns }, (_, column) => ({
      type: row === 0 ? 'tableHeader' : 'tableCell',
      content: [{ type: 'paragraph', content: [{ type: 'text', text: `${row}${column}` }] }],
    })),
  })),
});

function act(person: Person, random: SeededRandom): void {
  if (random.chance(0.2)) person.merge(random);
  else if (random.chance(0.25)) {
    person.inCell(random, (state, dispatch) => {
      dispatch?.(state.tr.insertText(String.fromCharCode(97 + random.below(26))));
      return true;
    });
  } else person.inCell(random, random.pick(COMMANDS));
}

/** Each gets what the others sent, perhaps only a part of it, in the order in which it was sent. */
function deliver(people: readonly Person[], has: Map<Person, Map<Person, number>>, random?: SeededRandom): boolean {
  let delivered = false;
  for (const to of people) {
    for (const from of people) {
      if (to === from) continue;
      const done = has.get(to)?.get(from) ?? 0;
      const until = random === undefined ? from.sent.length : done + random.below(from.sent.length - done + 1);
      for (const update of from.sent.slice(done, until)) Y.applyUpdate(to.ydoc, update, 'network');
      delivered ||= until > done;
      has.get(to)?.set(from, until);
    }
  }
  return delivered;
}

/** Some people with one document; what was sent before a run has arrived. */
class Company {
  readonly people: Person[];
  readonly #has: Map<Person, Map<Person, number>>;

  constructor(size: number) {
    this.people = Array.from({ length: size }, (_, index) => new Person(index + 1));
    this.#has = new Map(this.people.map((person) => [person, new Map<Person, number>()]));
  }

  /** Everybody does something to a new table, and hears of a part of what the others do; then of all. How many rounds that takes. */
  async run(random: SeededRandom): Promise<number> {
    const [first] = this.people as [Person];
    const { schema, doc } = first.state;
    const table = schema.nodeFromJSON(TABLE(2 + random.below(3), 2 + random.below(3)));
    first.dispatch(first.state.tr.replaceWith(0, doc.content.size, [table, schema.node('paragraph')]));
    deliver(this.people, this.#has);
    for (let step = 0; step < 4 + random.below(6); step++) {
      act(random.pick(this.people), random);
      // What a browser runs before it hears of the next key or message.
      await Promise.resolve();
      if (random.chance(0.3)) deliver(this.people, this.#has, random);
      await Promise.resolve();
    }
    let rounds = 0;
    for (; rounds <= ROUNDS_MAX && deliver(this.people, this.#has); rounds++) await Promise.resolve();
    return rounds;
  }
}

function tablesOf(doc: PmNode): PmNode[] {
  const tables: PmNode[] = [];
  doc.descendants((node) => {
    if (node.type.name === 'table') tables.push(node);
  });
  return tables;
}

function expectWhole(people: readonly Person[], seed: number): void {
  const [first, ...others] = people as [Person, ...Person[]];
  for (const { state } of people) {
    state.doc.check();
    for (const table of tablesOf(state.doc)) expect(TableMap.get(table).problems, `seed ${seed}`).toBe(null);
  }
  for (const other of others) {
    expect(other.state.doc.toJSON(), `seed ${seed}`).toEqual(first.state.doc.toJSON());
    expect(other.ydoc.getXmlFragment(FIELD).toString(), `seed ${seed}`).toBe(
      first.ydoc.getXmlFragment(FIELD).toString(),
    );
  }
}

/** Yjs forgets nothing: a new document now and then keeps the runs quick. */
const RUNS_TOGETHER = 50;

async function expectRuns(people: number, from: number, to: number): Promise<void> {
  for (let seed = from; seed <= to; ) {
    const company = new Company(people);
    for (let count = 0; count < RUNS_TOGETHER && seed <= to; count++, seed++) {
      const rounds = await company.run(seededRandom(seed));
      expectWhole(company.people, seed);
      expect(rounds, `seed ${seed}`).toBeLessThanOrEqual(ROUNDS_MAX);
    }
  }
}

/** 2,000 runs of two people, a part of them at a time. */
const PARTS = Array.from({ length: 10 }, (_, part) => [part * 200 + 1, part * 200 + 200] as const);
const PATIENCE_MS = 120_000;

describe('a table that is worked on by several at once', () => {
  it.each(PARTS)(
    'is whole and the same for two people, whatever they did (seeds %i to %i)',
    (from, to) => expectRuns(2, from, to),
    PATIENCE_MS,
  );
  it('is whole and the same for three people (seeds 1 to 300)', () => expectRuns(3, 1, 300), PATIENCE_MS);
});
