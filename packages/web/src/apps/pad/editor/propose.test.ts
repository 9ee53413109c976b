import { type SeededRandom, seededRandom } from '@archipel/testkit';
import { getSchema } from '@tiptap/core';
import type { Node as PmNode } from '@tiptap/pm/model';
import { EditorState, TextSelection, type Transaction } from '@tiptap/pm/state';
import { canSplit, Transform } from '@tiptap/pm/transform';
import { describe, expect, it } from 'vitest';
import { acceptedText } from '../model/accepted.ts';
import type { PadNode } from '../model/content.ts';
import { COMES, GOES } from '../model/proposals.ts';
import { Proposer } from './propose.ts';
import { readProposals } from './read-proposals.ts';
import { padSchema } from './schema.ts';
import { settle } from './settle-proposals.ts';

const schema = getSchema(padSchema());
const ADA = { name: 'Ada', colour: 1, by: 1, since: 0 };
const BEN = { name: 'Ben', colour: 2, by: 2, since: 0 };

const words = (...lines: string[]): PmNode =>
  schema.node(
    'doc',
    null,
    lines.map((line) => schema.node('paragraph', null, line === '' ? [] : [schema.text(line)])),
  );

/** A text with what a proposal may meet: bold words, code, a heading, lists in lists, a line break, a table, a picture. */
function mixed(): PmNode {
  const { bold, code } = schema.marks;
  const p = (...content: PmNode[]) => schema.node('paragraph', null, content);
  const li = (...content: PmNode[]) => schema.node('listItem', null, content);
  const text = (said: string, ...marks: string[]) =>
    schema.text(
      said,
      marks.flatMap((name) => schema.marks[name]?.create() ?? []),
    );
  if (bold === undefined || code === undefined) throw new Error('the schema has both');
  return schema.node('doc', null, [
    schema.node('heading', { level: 1 }, [text('Minutes')]),
    p(text('Who was '), text('there', 'bold'), text(': Ada, Ben')),
    p(text('run '), text('make', 'code'), schema.node('hardBreak'), text('twice')),
    schema.node('bulletList', null, [
      li(p(text('Apples'))),
      li(p(text('Pears')), schema.node('bulletList', null, [li(p(text('Conference')))])),
    ]),
    schema.node('codeBlock', { language: 'js' }, [text('let a = 1;\nlet b = 2;')]),
    schema.node('blockquote', null, [p(text('Quoth')), p(text('the raven'))]),
    schema.node('horizontalRule'),
    schema.node('table', null, [
      schema.node('tableRow', null, [
        schema.node('tableCell', null, [p(text('one'))]),
        schema.node('tableCell', null, [p(text('two'))]),
      ]),
    ]),
    p(),
    p(text('The end')),
  ]);
}

const stateOf = (doc: PmNode): EditorState => EditorState.create({ schema, doc });
const accepted = (doc: PmNode): PmNode => settle(new Transform(doc), true).doc;
const refused = (doc: PmNode): PmNode => settle(new Transform(doc), false).doc;

/** What leaves the pad as a copy. */
const leaving = (doc: PmNode): PmNode => schema.nodeFromJSON(acceptedText(doc.toJSON() as PadNode));

/** What somebody does to a text: an edit of it, or nothing where that is not to be done. */
type Edit = (state: EditorState) => Transaction | undefined;

/** Where two people propose, and the same text as if they only wrote. */
class Table {
  readonly before: PmNode;
  readonly #people = [ADA, BEN].map((who) => new Proposer(() => who));
  proposed: EditorState;
  plain: EditorState;

  constructor(doc: PmNode) {
    this.before = doc;
    this.proposed = stateOf(doc);
    this.plain = stateOf(doc);
  }

  /** `edit` is about the text as if all were accepted. False when it cannot be proposed. */
  do(person: number, place: (from: number, to: number) => Edit, from: number, to: number): boolean {
    const { mapping } = settle(new Transform(this.proposed.doc), true);
    const back = mapping.invert();
    const [start, end] = from === to ? [back.map(from, -1), back.map(from, -1)] : [back.map(from, 1), back.map(to, -1)];
    const wanted = place(from, to)(this.plain);
    const edit = place(start, end)(this.proposed);
    if (wanted === undefined || edit === undefined) return false;
    // While a heading and a paragraph are only proposed to be one, each is what it is: so are the halves of it.
    const kind = ({ doc }: EditorState, at: number): string => doc.resolve(at).parent.type.name;
    if (place === splitting && kind(this.plain, from) !== kind(this.proposed, start)) return false;
    const made = this.#people[person]?.propose(edit, this.proposed);
    if (made === undefined || made === null || isOfBlocks(made.doc)) return false;
    this.proposed = this.proposed.apply(made);
    this.plain = this.plain.apply(wanted);
    return true;
  }
}

/** What is proposed of whole blocks is tested in propose-blocks.test.ts. */
function isOfBlocks(doc: PmNode): boolean {
  let isFound = false;
  doc.descendants(({ attrs }) => {
    isFound ||= attrs[COMES] != null || attrs[GOES] != null;
  });
  return isFound;
}

const typing =
  (said: string) =>
  (from: number, to: number): Edit =>
  (state) => {
    const [$from, $to] = [state.doc.resolve(from), state.doc.resolve(to)];
    return $from.sameParent($to) && $from.parent.isTextblock ? state.tr.insertText(said, from, to) : undefined;
  };

const deleting =
  (from: number, to: number): Edit =>
  (state) =>
    state.tr.delete(from, to);

const splitting =
  (from: number): Edit =>
  (state) => {
    const depth = state.doc.resolve(from).node(-1)?.type.name === 'listItem' ? 2 : 1;
    return canSplit(state.doc, from, depth) ? state.tr.split(from, depth) : undefined;
  };

const breaking =
  (from: number): Edit =>
  (state) =>
    state.doc.resolve(from).parent.type.name === 'paragraph'
      ? state.tr.insert(from, schema.node('hardBreak'))
      : undefined;

/** The places of a text where a caret can be. */
function places(doc: PmNode): number[] {
  const found: number[] = [];
  doc.descendants((node, position) => {
    if (!node.isTextblock) return;
    for (let at = position + 1; at <= position + 1 + node.content.size; at += 1) found.push(at);
  });
  return found;
}

function anyEdit(table: Table, random: SeededRandom): boolean {
  const all = places(table.plain.doc);
  const at = random.below(all.length);
  const from = all[at] ?? 0;
  const to = all[Math.min(all.length - 1, at + 1 + random.below(random.chance(0.3) ? 12 : 4))] ?? from;
  const person = random.below(2);
  switch (random.below(5)) {
    case 0:
      return table.do(person, typing(random.pick(['x', 'yes', ' ', 'é'])), from, from);
    case 1:
      return table.do(person, typing('new'), from, to);
    case 2:
      return table.do(person, splitting, from, from);
    case 3:
      return table.do(person, breaking, from, from);
    default:
      return table.do(person, deleting, from, to);
  }
}

describe('a proposal', () => {
  it('is added words and words to go, each with its author; a replaced word is one', () => {
    const table = new Table(words('Apples and pears'));
    expect(table.do(0, typing('figs'), 1, 7)).toBe(true);
    expect(table.do(1, deleting, 5, 9)).toBe(true);
    expect(readProposals(table.proposed.doc).map(({ name, added, removed }) => [name, added, removed])).toEqual([
      ['Ada', 'figs', 'Apples'],
      ['Ben', '', ' and'],
    ]);
  });

  it('of oneself goes at once when one takes it back; that of another is only proposed to go', () => {
    const table = new Table(words('Apples'));
    table.do(0, typing(' and figs'), 7, 7);
    table.do(0, deleting, 11, 16);
    expect(table.proposed.doc.textContent).toBe('Apples and');
    table.do(1, deleting, 7, 11);
    expect(table.proposed.doc.textContent).toBe('Apples and');
    expect(readProposals(table.proposed.doc)).toHaveLength(2);
  });

  it('of a new paragraph, and of one to be joined, is a break that comes or goes', () => {
    const table = new Table(words('Apples', 'Pears'));
    table.do(0, splitting, 4, 4);
    expect(readProposals(table.proposed.doc)[0]?.breaks).toEqual({ added: 1, removed: 0 });
    expect(accepted(table.proposed.doc).toJSON()).toEqual(words('App', 'les', 'Pears').toJSON());
    expect(refused(table.proposed.doc).toJSON()).toEqual(words('Apples', 'Pears').toJSON());
    const joined = new Table(words('Apples', 'Pears'));
    joined.do(0, deleting, 7, 9);
    expect(joined.proposed.doc.childCount).toBe(2);
    expect(accepted(joined.proposed.doc).toJSON()).toEqual(words('ApplesPears').toJSON());
  });

  it('can be accepted alone', () => {
    const table = new Table(words('Apples and pears'));
    table.do(0, typing('red '), 1, 1);
    table.do(1, typing('!'), 21, 21);
    const [ada, ben] = readProposals(table.proposed.doc);
    const one = settle(new Transform(table.proposed.doc), true, new Set([ada?.id ?? '']));
    expect(readProposals(one.doc).map(({ id }) => id)).toEqual([ben?.id]);
    expect(settle(one, false, new Set([ben?.id ?? ''])).doc.toJSON()).toEqual(words('red Apples and pears').toJSON());
  });

  it('may have formats; the caret goes on where the person writes or deletes', () => {
    const proposer = new Proposer(() => ADA);
    let state = stateOf(words('Apples'));
    state = state.apply(state.tr.setSelection(TextSelection.create(state.doc, 4)));
    const apply = (edit: Transaction): void => {
      state = state.apply(proposer.propose(edit, state) as Transaction);
    };
    apply(state.tr.insertText('ab'));
    expect(state.selection.head).toBe(6);
    apply(state.tr.addMark(4, 6, schema.marks.bold?.create() as never));
    expect(state.doc.nodeAt(4)?.marks.map(({ type }) => type.name)).toEqual(['insertion', 'bold']);
    // Backspace, then Delete, over words that were there.
    state = state.apply(state.tr.setSelection(TextSelection.create(state.doc, 3)));
    apply(state.tr.delete(2, 3));
    expect(state.selection.head).toBe(2);
    apply(state.tr.delete(2, 4));
    expect(state.selection.head).toBe(4);
    expect(state.doc.textContent).toBe('Appables');
  });

  it('does not leave the pad: what goes out is the text as it was', () => {
    const table = new Table(mixed());
    table.do(0, typing('Draft '), 1, 1);
    table.do(1, deleting, 14, 18);
    table.do(1, splitting, 30, 30);
    expect(leaving(table.proposed.doc).toJSON()).toEqual(table.before.toJSON());
  });
});

/** Said in full only where they differ. */
function expectSame(one: PmNode, other: PmNode, title: string): void {
  if (!one.eq(other)) expect(one.toJSON(), title).toEqual(other.toJSON());
}

const TEXTS = [
  ['paragraphs', () => words('Apples and pears', '', 'Figs', 'Plums, quinces')],
  ['everything a text may have', mixed],
] as const;
const PARTS = TEXTS.flatMap(([name, make]) =>
  [1, 251, 501, 751].map((from) => [name, from, from + 249, make] as const),
);
const EDITS = 12;
const PATIENCE_MS = 120_000;

describe('whatever two people propose in turn: all accepted is the text as if they had written, all refused as it was', () => {
  it.each(PARTS)(
    'in %s (seeds %i to %i)',
    (_name, first, last, make) => {
      let done = 0;
      for (let seed = first; seed <= last; seed += 1) {
        const random = seededRandom(seed);
        const table = new Table(make());
        for (let round = 0; round < EDITS; round += 1) {
          if (anyEdit(table, random)) done += 1;
          if (round % 3 !== 2) continue;
          const { doc } = table.proposed;
          doc.check();
          expectSame(accepted(doc), table.plain.doc, `seed ${seed}`);
          expectSame(refused(doc), table.before, `seed ${seed}`);
          expectSame(leaving(doc), table.before, `seed ${seed}, as a copy`);
        }
      }
      expect(done).toBeGreaterThan(((last - first) * EDITS) / 4);
    },
    PATIENCE_MS,
  );
});
