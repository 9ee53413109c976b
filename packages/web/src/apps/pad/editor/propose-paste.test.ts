import { type SeededRandom, seededRandom } from '@archipel/testkit';
import { getSchema, type JSONContent } from '@tiptap/core';
import { Fragment, type Node as PmNode, Slice } from '@tiptap/pm/model';
import { EditorState, NodeSelection, TextSelection } from '@tiptap/pm/state';
import { TableMap } from '@tiptap/pm/tables';
import { Transform } from '@tiptap/pm/transform';
import { describe, expect, it } from 'vitest';
import { acceptedText } from '../model/accepted.ts';
import type { PadNode } from '../model/content.ts';
import { Proposer } from './propose.ts';
import { isOfCells, pasteOf, proposePaste } from './propose-paste.ts';
import { readProposals } from './read-proposals.ts';
import { padSchema } from './schema.ts';
import { settle } from './settle-proposals.ts';

const schema = getSchema(padSchema());
const ADA = { name: 'Ada', colour: 1, by: 1, since: 0 };
const BEN = { name: 'Ben', colour: 2, by: 2, since: 0 };

const p = (...content: JSONContent[]): JSONContent => ({ type: 'paragraph', content });
const w = (text: string, ...marks: string[]): JSONContent => ({
  type: 'text',
  text,
  marks: marks.map((type) => (type === 'link' ? { type, attrs: { href: 'https://example.org/' } } : { type })),
});
const node = (type: string, attrs: JSONContent['attrs'], ...content: JSONContent[]): JSONContent => ({
  type,
  ...(attrs && { attrs }),
  content,
});
const list = (type: string, item: string, ...items: JSONContent[][]): JSONContent =>
  node(type, undefined, ...items.map((content) => node(item, undefined, ...content)));
const table = (...rows: string[][]): JSONContent =>
  node(
    'table',
    undefined,
    ...rows.map((row) => node('tableRow', undefined, ...row.map((text) => node('tableCell', undefined, p(w(text)))))),
  );

const docOf = (...content: JSONContent[]): PmNode => schema.nodeFromJSON({ type: 'doc', content });

/** Every block and every format, to be pasted into and to be pasted from. */
const everything = (): PmNode =>
  docOf(
    node('heading', { level: 1 }, w('Minutes')),
    p(w('Who was '), w('there', 'bold'), w(': '), w('Ada', 'link'), w(', Ben', 'italic', 'strike')),
    list(
      'bulletList',
      'listItem',
      [p(w('Apples'))],
      [p(w('Pears')), list('orderedList', 'listItem', [p(w('Quinces'))])],
    ),
    p(w('run '), w('make', 'code'), { type: 'hardBreak' }, w('twice')),
    table(['one', 'two'], ['three', 'four']),
    list('taskList', 'taskItem', [p(w('Call'))], [p(w('Write'))]),
    node('picture', { id: 'x', link: 'y', alt: 'a boat', width: 50, pixels: '4x3' }, w('The boat')),
    node('codeBlock', { language: 'js' }, w('let a = 1;')),
    node('blockquote', undefined, p(w('Quoth')), p(w('the raven'))),
    node('callout', { kind: 'tip' }, p(w('Take care'))),
    p(w('A word'), node('footnote', undefined, w('and a note')), w(' more')),
    { type: 'horizontalRule' },
    p(),
    p(w('The end')),
  );

const stateOf = (doc: PmNode): EditorState => EditorState.create({ schema, doc });
const settled = (doc: PmNode, isAccepted: boolean): PmNode => settle(new Transform(doc), isAccepted).doc;
const leaving = (doc: PmNode): PmNode => schema.nodeFromJSON(acceptedText(doc.toJSON() as PadNode));

function select(state: EditorState, random: SeededRandom): EditorState {
  const { doc, tr } = state;
  const blocks: number[] = [];
  doc.descendants((each, at) => {
    if (NodeSelection.isSelectable(each) && each.isBlock) blocks.push(at);
  });
  // Notes have an editor of their own.
  const isInNote = (at: number): boolean => doc.resolve(at).parent.type.name === 'footnote';
  if (random.below(8) === 0) return state.apply(tr.setSelection(NodeSelection.create(doc, random.pick(blocks))));
  const from = random.below(doc.content.size);
  const to = random.chance(0.6) ? from : Math.min(doc.content.size, from + random.below(25));
  const selection = TextSelection.between(doc.resolve(from), doc.resolve(to));
  const isOutside = !isInNote(selection.from) && !isInNote(selection.to);
  return isOutside ? state.apply(tr.setSelection(selection)) : select(state, random);
}

/** As it comes from the clipboard: open at both ends, or whole blocks. */
function anySlice(doc: PmNode, random: SeededRandom): Slice {
  if (random.chance(0.3)) {
    const first = random.below(doc.childCount);
    const blocks = doc.children.slice(first, first + 1 + random.below(3));
    return random.chance(0.5) ? new Slice(Fragment.fromArray(blocks), 0, 0) : Slice.maxOpen(Fragment.fromArray(blocks));
  }
  const from = random.below(doc.content.size);
  return doc.slice(from, Math.min(doc.content.size, from + 1 + random.below(30)), random.chance(0.5));
}

function expectSame(one: PmNode, other: PmNode, title: string): void {
  if (!one.eq(other)) expect(one.toJSON(), title).toEqual(other.toJSON());
}

/** Whoever pastes half a cell leaves a table that is none: in a pad it is put right at once (table-repair.ts). */
function isSound(doc: PmNode): boolean {
  let isWhole = true;
  doc.descendants((each) => {
    isWhole &&= each.type.validContent(each.content);
    if (isWhole && each.type.name === 'table') isWhole = TableMap.get(each).problems === null;
    return isWhole;
  });
  return isWhole;
}

const SEEDS = 400;
const ROUNDS = 5;

describe('what is pasted while proposing', () => {
  it.each([1, 1 + SEEDS])(
    'is, when accepted, what a paste gives, and when refused the text as it was (seeds from %i)',
    (first) => {
      const source = everything();
      let done = 0;
      for (let seed = first; seed < first + SEEDS; seed += 1) {
        const random = seededRandom(seed);
        const state = select(stateOf(everything()), random);
        const slice = anySlice(source, random);
        const plain = pasteOf(state, slice);
        if (!plain.docChanged || !isSound(plain.doc) || isOfCells(state, slice)) continue;
        const made = proposePaste(new Proposer(() => ADA), state, slice);
        if (made === undefined) throw new Error(`seed ${seed}: ${slice} is not proposed`);
        done += 1;
        made.doc.check();
        expectSame(settled(made.doc, true), plain.doc, `seed ${seed}, accepted`);
        expectSame(settled(made.doc, false), state.doc, `seed ${seed}, refused`);
        expectSame(leaving(made.doc), state.doc, `seed ${seed}, as a copy`);
      }
      expect(done).toBeGreaterThan(SEEDS / 2);
    },
  );

  it(`is that also among what two people proposed before (${SEEDS} seeds)`, () => {
    let [done, undone] = [0, 0];
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = seededRandom(seed);
      const people = [ADA, BEN].map((who) => new Proposer(() => who));
      const before = everything();
      let state = stateOf(before);
      for (let round = 0; round < ROUNDS; round += 1) {
        state = select(state, random);
        const slice = anySlice(before, random);
        const plain = pasteOf(state, slice);
        if (!plain.docChanged || !isSound(plain.doc) || isOfCells(state, slice)) continue;
        const made = proposePaste(random.pick(people), state, slice);
        if (made === undefined) {
          undone += 1;
          continue;
        }
        done += 1;
        made.doc.check();
        expectSame(settled(made.doc, true), settled(plain.doc, true), `seed ${seed}, accepted`);
        expectSame(settled(made.doc, false), before, `seed ${seed}, refused`);
        expectSame(leaving(made.doc), before, `seed ${seed}, as a copy`);
        state = state.apply(made);
      }
    }
    expect(done).toBeGreaterThan(SEEDS * 3);
    expect(undone).toBeLessThan(done / 50);
  });
});

/** Pastes over these words of a text, or after them; undefined when it is not proposed. */
function pasted(doc: PmNode, words: string, slice: Slice, isOver = false): PmNode | undefined {
  const state = stateOf(doc);
  let found = 0;
  doc.descendants((each, at) => {
    if (each.isText && each.text?.includes(words)) found = at + each.text.indexOf(words);
  });
  const end = found + words.length;
  const selected = state.apply(state.tr.setSelection(TextSelection.create(doc, isOver ? found : end, end)));
  return proposePaste(new Proposer(() => ADA), selected, slice)?.doc;
}

describe('a proposal of what is pasted', () => {
  it('is of words with their formats, in the place of those that were selected', () => {
    const made = pasted(docOf(p(w('Apples and pears'))), 'and', docOf(p(w('or', 'bold'))).slice(1, 3), true);
    expect(readProposals(made as PmNode)).toMatchObject([{ added: 'or', removed: 'and', changes: [] }]);
    expect(settled(made as PmNode, true).toJSON()).toEqual(
      docOf(p(w('Apples '), w('or', 'bold'), w(' pears'))).toJSON(),
    );
  });

  it('is of blocks that come after a paragraph, which stays for what others write in it', () => {
    const fruit = list('bulletList', 'listItem', [p(w('Figs'))]);
    const slice = new Slice(docOf(p(w(', too:')), fruit, table(['Dates'])).content, 1, 0);
    const made = pasted(docOf(p(w('Apples')), p(w('Pears'))), 'Apples', slice) as PmNode;
    expect(made.children.map(({ attrs }) => [attrs.comes != null, attrs.goes != null])).toEqual([
      ...[
        [false, false],
        [true, false],
        [true, false],
        [false, false],
      ],
    ]);
    expect(settled(made, true).toJSON()).toEqual(
      docOf(p(w('Apples, too:')), fruit, table(['Dates']), p(w('Pears'))).toJSON(),
    );
  });

  it('is none of cells that would take the place of others', () => {
    const slice = new Slice(docOf(table(['new'])).content, 0, 0);
    expect(pasted(everything(), 'one', slice)).toBeUndefined();
    expect(pasted(everything(), 'The end', slice)).toBeDefined();
  });
});
