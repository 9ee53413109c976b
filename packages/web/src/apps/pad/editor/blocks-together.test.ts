import { type SeededRandom, seededRandom } from '@archipel/testkit';
import { Editor } from '@tiptap/core';
import { Collaboration } from '@tiptap/extension-collaboration';
import { lift, wrapIn } from '@tiptap/pm/commands';
import { Fragment, type Node as PmNode } from '@tiptap/pm/model';
import { EditorState, type PluginView, TextSelection, type Transaction } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { CALLOUT, CALLOUT_KINDS } from '../model/callouts.ts';
import type { PadNode } from '../model/content.ts';
import { FOOTNOTE, numberNotes } from '../model/footnotes.ts';
import { DrawnSelection } from './drawn-selection.ts';
import { padSchema } from './schema.ts';

const FIELD = 'pad';
const ROUNDS_MAX = 4;

/** Somebody's editor with the schema of the pad, without a screen. */
class Person {
  readonly ydoc = new Y.Doc();
  readonly sent: Uint8Array[] = [];
  state: EditorState;
  readonly editable = true;
  readonly isDestroyed = false;
  readonly #views: PluginView[] = [];

  constructor(clientId: number) {
    this.ydoc.clientID = clientId;
    const { ydoc } = this;
    const collaboration = Collaboration.configure({ document: ydoc, field: FIELD });
    const extensions = [...padSchema(), collaboration, DrawnSelection.configure({ ydoc })];
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
}

function placesOf(doc: PmNode, wanted: (node: PmNode) => boolean): number[] {
  const places: number[] = [];
  doc.descendants((node, position) => {
    if (wanted(node)) places.push(position);
  });
  return places;
}

const isNote = ({ type }: PmNode): boolean => type.name === FOOTNOTE;

/** A place for the caret in one of the lines. */
function somewhere(doc: PmNode, random: SeededRandom): number {
  const lines = placesOf(doc, (node) => node.isTextblock);
  const line = random.pick(lines);
  return line + 1 + random.below((doc.nodeAt(line)?.content.size ?? 0) + 1);
}

const letters = (random: SeededRandom): string =>
  String.fromCharCode(97 + random.below(26)).repeat(1 + random.below(3));

type Deed = (person: Person, random: SeededRandom) => void;

/** What people do to notes, to callouts, and to what is around them. */
const DEEDS: Readonly<Record<string, Deed>> = {
  write: ({ state, dispatch }, random) => {
    const { $from } = TextSelection.near(state.doc.resolve(somewhere(state.doc, random)));
    dispatch(state.tr.insertText(letters(random), $from.pos));
  },
  note: ({ state, dispatch }, random) => {
    const place = somewhere(state.doc, random);
    const $place = state.doc.resolve(place);
    const note = state.schema.node(FOOTNOTE, null, state.schema.text(letters(random)));
    if ($place.parent.canReplaceWith($place.index(), $place.index(), note.type)) dispatch(state.tr.insert(place, note));
  },
  writeNote: ({ state, dispatch }, random) => {
    const notes = placesOf(state.doc, isNote);
    if (notes.length === 0) return;
    const note = random.pick(notes);
    const inside = note + 1 + random.below((state.doc.nodeAt(note)?.content.size ?? 0) + 1);
    dispatch(
      state.tr.insert(inside, random.chance(0.2) ? state.schema.node('hardBreak') : state.schema.text(letters(random))),
    );
  },
  removeNote: ({ state, dispatch }, random) => {
    const notes = placesOf(state.doc, isNote);
    if (notes.length === 0) return;
    const note = random.pick(notes);
    dispatch(state.tr.delete(note, note + (state.doc.nodeAt(note)?.nodeSize ?? 0)));
  },
  emptyNote: ({ state, dispatch }, random) => {
    const notes = placesOf(state.doc, isNote);
    if (notes.length === 0) return;
    const note = random.pick(notes);
    dispatch(state.tr.delete(note + 1, note + (state.doc.nodeAt(note)?.nodeSize ?? 2) - 1));
  },
  markAll: ({ state, dispatch }, random) => {
    const [a, b] = [somewhere(state.doc, random), somewhere(state.doc, random)];
    const mark = state.schema.marks[random.pick(['bold', 'italic', 'link'])];
    if (mark) dispatch(state.tr.addMark(Math.min(a, b), Math.max(a, b), mark.create({ href: 'https://example.org/' })));
  },
  remove: ({ state, dispatch }, random) => {
    const [a, b] = [somewhere(state.doc, random), somewhere(state.doc, random)];
    dispatch(state.tr.deleteRange(Math.min(a, b), Math.max(a, b)));
  },
  split: ({ state, dispatch }, random) => {
    const place = somewhere(state.doc, random);
    if (state.doc.resolve(place).parent.type.name === 'paragraph') dispatch(state.tr.split(place));
  },
  heading: ({ state, dispatch }, random) => {
    const place = somewhere(state.doc, random);
    const heading = state.schema.nodes[random.pick(['heading', 'paragraph', 'codeBlock'])];
    if (heading) dispatch(state.tr.setBlockType(place, place, heading));
  },
  callout: (person, random) => {
    const { state } = person;
    const type = state.schema.nodes[CALLOUT];
    const place = TextSelection.near(state.doc.resolve(somewhere(state.doc, random)));
    person.dispatch(state.tr.setSelection(place));
    if (type) wrapIn(type, { kind: random.pick([...CALLOUT_KINDS]) })(person.state, person.dispatch);
  },
  lift: (person, random) => {
    const { state } = person;
    person.dispatch(state.tr.setSelection(TextSelection.near(state.doc.resolve(somewhere(state.doc, random)))));
    lift(person.state, person.dispatch);
  },
  kind: ({ state, dispatch }, random) => {
    const callouts = placesOf(state.doc, ({ type }) => type.name === CALLOUT);
    if (callouts.length > 0)
      dispatch(state.tr.setNodeAttribute(random.pick(callouts), 'kind', random.pick([...CALLOUT_KINDS])));
  },
};
const NAMES = Object.keys(DEEDS);

/** Each gets what the others sent, perhaps only a part of it, in the order in which it was sent. */
function deliver(people: readonly Person[], has: Map<string, number>, random?: SeededRandom): boolean {
  let delivered = false;
  people.forEach((to, at) => {
    people.forEach((from, by) => {
      if (to === from) return;
      const key = `${at} ${by}`;
      const done = has.get(key) ?? 0;
      const until = random === undefined ? from.sent.length : done + random.below(from.sent.length - done + 1);
      for (const update of from.sent.slice(done, until)) Y.applyUpdate(to.ydoc, update, 'network');
      delivered ||= until > done;
      has.set(key, until);
    });
  });
  return delivered;
}

function begin({ state, dispatch }: Person): void {
  const { schema } = state;
  const note = schema.node(FOOTNOTE, null, schema.text('note'));
  const line = (text: string) => schema.node('paragraph', null, [schema.text(text), note, schema.text(text)]);
  const callout = schema.node(CALLOUT, { kind: 'tip' }, [line('one'), line('two')]);
  dispatch(state.tr.replaceWith(0, state.doc.content.size, Fragment.from([line('first'), callout, line('last')])));
}

/** Everybody does something, and hears of a part of what the others do; then of all. How many rounds that takes. */
async function run(
  people: readonly [Person, ...Person[]],
  has: Map<string, number>,
  random: SeededRandom,
): Promise<number> {
  begin(people[0]);
  deliver(people, has);
  for (let step = 0; step < 5 + random.below(8); step++) {
    DEEDS[random.pick(NAMES)]?.(random.pick(people), random);
    await Promise.resolve();
    if (random.chance(0.3)) deliver(people, has, random);
    await Promise.resolve();
  }
  let rounds = 0;
  for (; rounds <= ROUNDS_MAX && deliver(people, has); rounds++) await Promise.resolve();
  return rounds;
}

/** The same and valid for all, and each note with its own words in its own place. */
function expectWhole(people: readonly [Person, ...Person[]], seed: number): void {
  const [first, ...others] = people;
  const title = `seed ${seed}`;
  first.state.doc.check();
  const kept = first.ydoc.getXmlFragment(FIELD).toString();
  for (const other of others) {
    other.state.doc.check();
    expect(other.ydoc.getXmlFragment(FIELD).toString(), title).toBe(kept);
    expect(shared(other.state.doc.toJSON()), title).toEqual(shared(first.state.doc.toJSON()));
  }
  const { notes } = numberNotes(first.state.doc.toJSON());
  expect(notes.length, title).toBe(placesOf(first.state.doc, isNote).length);
  expect((kept.match(/<footnote/g) ?? []).length, title).toBe(notes.length);
}

/** What y-tiptap shares of a node: its marks only where it is text. */
function shared({ marks, content, ...node }: PadNode): PadNode {
  return {
    ...node,
    ...(content && { content: content.map(shared) }),
    ...(marks && node.type === 'text' && { marks }),
  };
}

/** Yjs forgets nothing: a new document now and then keeps the runs quick. */
const RUNS_TOGETHER = 50;

async function expectRuns(size: number, from: number, to: number): Promise<void> {
  for (let seed = from; seed <= to; ) {
    const people = Array.from({ length: size }, (_, index) => new Person(index + 1)) as [Person, ...Person[]];
    const has = new Map<string, number>();
    for (let count = 0; count < RUNS_TOGETHER && seed <= to; count++, seed++) {
      const rounds = await run(people, has, seededRandom(seed));
      expectWhole(people, seed);
      expect(rounds, `seed ${seed}`).toBeLessThanOrEqual(ROUNDS_MAX);
    }
  }
}

const PARTS = Array.from({ length: 10 }, (_, part) => [part * 200 + 1, part * 200 + 200] as const);
const PATIENCE_MS = 120_000;

describe('notes and callouts that several work on at once', () => {
  it.each(PARTS)(
    'are whole and the same for two people, whatever they did (seeds %i to %i)',
    (from, to) => expectRuns(2, from, to),
    PATIENCE_MS,
  );
  it('are whole and the same for three people (seeds 1 to 300)', () => expectRuns(3, 1, 300), PATIENCE_MS);
});
