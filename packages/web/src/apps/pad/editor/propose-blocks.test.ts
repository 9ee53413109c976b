import { type SeededRandom, seededRandom } from '@archipel/testkit';
import { Editor, type JSONContent } from '@tiptap/core';
import type { Node as PmNode } from '@tiptap/pm/model';
import { NodeSelection, TextSelection } from '@tiptap/pm/state';
import { CellSelection, TableMap } from '@tiptap/pm/tables';
import { Transform } from '@tiptap/pm/transform';
import { describe, expect, it } from 'vitest';
import { acceptedText } from '../model/accepted.ts';
import type { PadNode } from '../model/content.ts';
import { PROPOSED } from './proposal-marks.ts';
import { Proposer } from './propose.ts';
import { type ProposedChange, readProposals } from './read-proposals.ts';
import { padSchema } from './schema.ts';
import { settle } from './settle-proposals.ts';

const ADA = { name: 'Ada', colour: 1, by: 1, since: 0 };
const BEN = { name: 'Ben', colour: 2, by: 2, since: 0 };

const accepted = (doc: PmNode, ids?: string[]): PmNode => settle(new Transform(doc), true, ids && new Set(ids)).doc;
const refused = (doc: PmNode, ids?: string[]): PmNode => settle(new Transform(doc), false, ids && new Set(ids)).doc;

const p = (...content: JSONContent[]): JSONContent => ({ type: 'paragraph', content });
const w = (text: string, ...marks: string[]): JSONContent => ({
  type: 'text',
  text,
  marks: marks.map((type) => ({ type })),
});
const list = (type: string, item: string, ...items: JSONContent[][]): JSONContent => ({
  type,
  content: items.map((content) => ({ type: item, content })),
});
const table = (...rows: string[][]): JSONContent => ({
  type: 'table',
  content: rows.map((row) => ({
    type: 'tableRow',
    content: row.map((text) => ({ type: 'tableCell', content: [p(w(text))] })),
  })),
});
const picture = (text: string): JSONContent => ({
  type: 'picture',
  attrs: { id: 'x', link: 'y', alt: 'a boat', width: 50, pixels: '4x3' },
  content: [w(text)],
});

const EVERYTHING: JSONContent[] = [
  { type: 'heading', attrs: { level: 1 }, content: [w('Minutes')] },
  p(w('Who was '), w('there', 'bold'), w(': Ada, Ben')),
  list('bulletList', 'listItem', [p(w('Apples'))], [p(w('Pears')), list('bulletList', 'listItem', [p(w('Quinces'))])]),
  p(w('run '), w('make', 'code'), { type: 'hardBreak' }, w('twice')),
  table(['one', 'two', 'three'], ['four', 'five', 'six']),
  list('taskList', 'taskItem', [p(w('Call'))], [p(w('Write'))]),
  picture('The boat'),
  { type: 'codeBlock', content: [w('let a = 1;')] },
  { type: 'blockquote', content: [p(w('Quoth')), p(w('the raven'))] },
  p(w('A word'), { type: 'footnote', content: [w('and a note')] }, w(' more')),
  { type: 'horizontalRule' },
  p(w('The end')),
];

/** As Yjs keeps it: signs without text have no formats. */
function withoutMarksOfSigns(doc: PmNode): PmNode {
  const plain = new Transform(doc);
  doc.descendants((node, at) => {
    if (!node.isText) for (const mark of node.marks) plain.removeNodeMark(at, mark);
  });
  return plain.doc;
}

/** Whoever deletes over the edge of a table without a screen leaves one that is none: in a pad the selection is put right before. */
function areTablesWhole(doc: PmNode): boolean {
  let areWhole = true;
  doc.descendants((node) => {
    if (node.type.name === 'table') areWhole &&= TableMap.get(node).problems === null;
  });
  return areWhole;
}

/** A pad without a screen, in which two people propose with the very commands of the toolbar. */
class Desk {
  readonly editor: Editor;
  readonly before: PmNode;
  /** Edits that could not be proposed. */
  readonly undone: string[] = [];
  readonly #people = [ADA, BEN].map((who) => new Proposer(() => who));

  constructor(content: JSONContent[]) {
    this.editor = new Editor({ element: null, extensions: padSchema(), content: { type: 'doc', content } });
    this.before = this.doc;
    this.before.check();
  }

  get doc(): PmNode {
    return this.editor.state.doc;
  }

  /** Where some words begin, the last ones of several. */
  at(words: string): number {
    let found = -1;
    this.doc.descendants((node, at) => {
      if (node.isText && node.text?.includes(words)) found = at + node.text.indexOf(words);
    });
    if (found < 0) throw new Error(`there is no ${words}`);
    return found;
  }

  select(from: number, to = from): void {
    const { doc, tr } = this.editor.state;
    this.editor.view.dispatch(tr.setSelection(TextSelection.between(doc.resolve(from), doc.resolve(to))));
  }

  selectWords(words: string): void {
    this.select(this.at(words), this.at(words) + words.length);
  }

  /** What the edit would have made of the text, and the text with the edit as a proposal; undefined when there was none. */
  propose(person: number, edit: (editor: Editor) => unknown): { written: PmNode; title: string } | undefined {
    const { state } = this.editor;
    const transaction = this.editor.captureTransaction(() => {
      edit(this.editor);
    });
    if (!transaction?.docChanged) return undefined;
    const written = withoutMarksOfSigns(state.apply(transaction).doc);
    if (!areTablesWhole(written)) return undefined;
    const made = this.#people[person]?.propose(transaction, state);
    if (!made) {
      this.undone.push(String(edit));
      return undefined;
    }
    this.editor.view.dispatch(made.setMeta(PROPOSED, true));
    return { written, title: String(edit) };
  }

  changes(): [string, ProposedChange[]][] {
    return readProposals(this.doc).map(({ name, changes }) => [name, changes]);
  }
}

function expectSame(one: PmNode, other: PmNode, title: string): void {
  if (!one.eq(other)) expect(one.toJSON(), title).toEqual(other.toJSON());
}

/** The text that leaves the pad. */
const leaving = (doc: PmNode): PmNode => doc.type.schema.nodeFromJSON(acceptedText(doc.toJSON() as PadNode));

type Edit = (editor: Editor) => unknown;

const COMMANDS: readonly [name: string, edit: Edit][] = [
  ['bold', (editor) => editor.commands.toggleBold()],
  ['italic', (editor) => editor.commands.toggleItalic()],
  ['code', (editor) => editor.commands.toggleCode()],
  ['a link', (editor) => editor.commands.setLink({ href: 'https://example.org/' })],
  ['no link', (editor) => editor.commands.unsetLink()],
  ['a heading', (editor) => editor.commands.toggleHeading({ level: 2 })],
  ['a paragraph', (editor) => editor.commands.setParagraph()],
  ['a bullet list', (editor) => editor.commands.toggleBulletList()],
  ['a numbered list', (editor) => editor.commands.toggleOrderedList()],
  ['tasks', (editor) => editor.commands.toggleTaskList()],
  ['deeper', (editor) => editor.commands.sinkListItem('listItem')],
  ['less deep', (editor) => editor.commands.liftListItem('listItem')],
  ['a new item', (editor) => editor.commands.splitListItem('listItem')],
  ['a new line', (editor) => editor.commands.splitBlock()],
  ['a quote', (editor) => editor.commands.toggleBlockquote()],
  ['a callout', (editor) => editor.commands.toggleWrap('callout')],
  ['code lines', (editor) => editor.commands.toggleCodeBlock()],
  ['a rule', (editor) => editor.commands.setHorizontalRule()],
  ['a table', (editor) => editor.commands.insertTable({ rows: 2, cols: 2, withHeaderRow: true })],
  ['a row above', (editor) => editor.commands.addRowBefore()],
  ['a row below', (editor) => editor.commands.addRowAfter()],
  ['no row', (editor) => editor.commands.deleteRow()],
  ['a column left', (editor) => editor.commands.addColumnBefore()],
  ['a column right', (editor) => editor.commands.addColumnAfter()],
  ['no column', (editor) => editor.commands.deleteColumn()],
  ['no table', (editor) => editor.commands.deleteTable()],
  ['a header row', (editor) => editor.commands.toggleHeaderRow()],
  ['a header column', (editor) => editor.commands.toggleHeaderColumn()],
  ['cells merged', (editor) => editor.commands.mergeCells()],
  ['cells split', (editor) => editor.commands.splitCell()],
  ['a picture', (editor) => editor.commands.insertContent(picture('A new one'))],
  ['no such block', (editor) => editor.commands.deleteSelection()],
  ['words', (editor) => editor.commands.insertContent({ type: 'text', text: 'so' })],
];

/** A place of the text, or a range, a block, or cells of a table, is selected. */
function selectAny(desk: Desk, random: SeededRandom): void {
  const { state, view } = desk.editor;
  const { doc, tr } = state;
  const blocks: number[] = [];
  const tables: number[] = [];
  doc.descendants((node, at) => {
    if (NodeSelection.isSelectable(node) && node.isBlock) blocks.push(at);
    if (node.type.name === 'table') tables.push(at);
  });
  const kind = random.below(10);
  if (kind === 0 && blocks.length > 0) view.dispatch(tr.setSelection(NodeSelection.create(doc, random.pick(blocks))));
  else if (kind < 4 && tables.length > 0) {
    const at = random.pick(tables);
    const node = doc.nodeAt(at);
    const cells = node === null ? [] : TableMap.get(node).map.map((cell) => at + 1 + cell);
    const [anchor, head] = [random.pick(cells), random.pick(cells)];
    if (random.chance(0.5)) view.dispatch(tr.setSelection(CellSelection.create(doc, anchor, head)));
    else desk.select(anchor + 2);
  } else {
    const from = random.below(doc.content.size);
    desk.select(from, random.chance(0.5) ? from : Math.min(doc.content.size, from + random.below(30)));
  }
}

/** What has been proposed to go is no longer there for who reads the text as if all were accepted: it is not edited. */
function meetsGone(before: PmNode, written: PmNode): boolean {
  const start = before.content.findDiffStart(written.content) ?? 0;
  const end = Math.max(start, before.content.findDiffEnd(written.content)?.a ?? start);
  let isMet = false;
  before.nodesBetween(start, end, (node) => {
    // A new row has no cell in a column that is to go.
    isMet ||= node.type.name === 'table' && hasOne(node, ({ goes }) => goes != null);
  });
  before.nodesBetween(Math.max(0, start - 2), Math.min(before.content.size, end + 2), (node) => {
    const isGoing = node.attrs.goes != null || node.attrs.becomes != null || node.attrs.proposal?.kind === 'deletion';
    isMet ||= isGoing || node.marks.some(({ type: { name } }) => name === 'deletion');
  });
  return isMet;
}

function hasSpans(doc: PmNode): boolean {
  return hasOne(doc, ({ colspan, rowspan }) => colspan > 1 || rowspan > 1);
}

function hasOne(parent: PmNode, isIt: (attrs: PmNode['attrs']) => boolean): boolean {
  let isFound = false;
  parent.descendants(({ attrs }) => {
    isFound ||= isIt(attrs);
  });
  return isFound;
}

/** Of two people, one is accepted and the other refused: what is left is a text, and nothing is proposed there any more. */
function expectSound(doc: PmNode, title: string): void {
  for (const name of ['Ada', 'Ben']) {
    const ids = readProposals(doc).flatMap((proposal) => (proposal.name === name ? [proposal.id] : []));
    const half = accepted(doc, ids);
    const rest = refused(half);
    half.check();
    rest.check();
    // Cells that one merged over a row that the other had only proposed are put right as those of any two people are (table-repair.ts).
    if (!hasSpans(doc)) expect(areTablesWhole(half) && areTablesWhole(rest), `${title}, tables`).toBe(true);
    expect(readProposals(rest), title).toEqual([]);
  }
}

const ROUNDS = 8;
const PATIENCE_MS = 120_000;

describe('whatever is proposed of words, formats and blocks', () => {
  it.each([1, 101, 201, 301])(
    'all accepted is the text as edited, all refused the text as it was, and a copy the same (100 seeds from %i)',
    (first) => {
      let [done, compared] = [0, 0];
      const kinds = new Set<string>();
      for (let seed = first; seed < first + 100; seed += 1) {
        const random = seededRandom(seed);
        const desk = new Desk(EVERYTHING);
        for (let round = 0; round < ROUNDS; round += 1) {
          selectAny(desk, random);
          const { doc } = desk;
          const [name, edit] = random.pick(COMMANDS);
          const made = desk.propose(random.below(2), edit);
          if (made === undefined) continue;
          done += 1;
          kinds.add(name);
          const title = `seed ${seed}, round ${round}, ${name}`;
          desk.doc.check();
          expectSame(refused(desk.doc), desk.before, `${title}, refused`);
          expectSame(leaving(desk.doc), desk.before, `${title}, as a copy`);
          const all = accepted(desk.doc);
          all.check();
          if (meetsGone(doc, made.written)) continue;
          expectSame(all, accepted(made.written), `${title}, accepted`);
          compared += 1;
        }
        expect(desk.undone, `seed ${seed}, not to be proposed`).toEqual([]);
        expectSound(desk.doc, `seed ${seed}`);
      }
      expect([done, compared].map((count) => count > 200)).toEqual([true, true]);
      expect(kinds.size).toBeGreaterThan(COMMANDS.length - 6);
    },
    PATIENCE_MS,
  );
});

const CASES: readonly [name: string, at: string, edit: Edit, changes: ProposedChange[]][] = [
  [
    'a new item of a list',
    'Apples',
    (e) => e.commands.insertContentAt(e.state.selection.$from.after(-1), { type: 'listItem', content: [p(w('Figs'))] }),
    [{ is: 'adds', thing: 'listItem' }],
  ],
  [
    'bold words',
    'there',
    (e) => e.chain().unsetBold().setItalic().run(),
    [
      { is: 'unformat', thing: 'bold' },
      { is: 'format', thing: 'italic' },
    ],
  ],
  ['a heading', 'The end', (e) => e.commands.toggleHeading({ level: 2 }), [{ is: 'turns', thing: 'heading2' }]],
  [
    'a list',
    'The end',
    (e) => e.commands.toggleBulletList(),
    [
      { is: 'adds', thing: 'bulletList' },
      { is: 'removes', thing: 'paragraph' },
    ],
  ],
  ['a list of numbers', 'Apples', (e) => e.commands.toggleOrderedList(), [{ is: 'turns', thing: 'orderedList' }]],
  ['a table', 'The end', (e) => e.commands.insertContentAt(0, table(['a', 'b'])), [{ is: 'adds', thing: 'table' }]],
  ['no table', 'one', (e) => e.commands.deleteTable(), [{ is: 'removes', thing: 'table' }]],
  ['a row', 'one', (e) => e.commands.addRowAfter(), [{ is: 'adds', thing: 'tableRow' }]],
  ['no row', 'one', (e) => e.commands.deleteRow(), [{ is: 'removes', thing: 'tableRow' }]],
  ['a column', 'one', (e) => e.commands.addColumnAfter(), [{ is: 'adds', thing: 'column' }]],
  ['no column', 'one', (e) => e.commands.deleteColumn(), [{ is: 'removes', thing: 'column' }]],
  [
    'a picture',
    'The end',
    (e) => e.commands.insertContentAt(0, picture('A new one')),
    [{ is: 'adds', thing: 'picture' }],
  ],
  [
    'no picture',
    'The boat',
    (e) => e.chain().setNodeSelection(e.state.selection.$from.before()).deleteSelection().run(),
    [{ is: 'removes', thing: 'picture' }],
  ],
  [
    'a task that is done',
    'Call',
    (e) => e.commands.updateAttributes('taskItem', { checked: true }),
    [{ is: 'turns', thing: 'ticked' }],
  ],
  [
    'no rule',
    'The end',
    (e) =>
      e
        .chain()
        .setNodeSelection(e.state.selection.$from.before() - 1)
        .deleteSelection()
        .run(),
    [{ is: 'removes', thing: 'horizontalRule' }],
  ],
];

describe('a proposal of more than words', () => {
  it.each(CASES)('is %s, which is accepted or refused as one', (_name, at, edit, changes) => {
    const desk = new Desk(EVERYTHING);
    desk.selectWords(at);
    const made = desk.propose(0, edit);
    expect(desk.changes()).toEqual([['Ada', expect.arrayContaining(changes)]]);
    expect(desk.changes()[0]?.[1]).toHaveLength(changes.length);
    expectSame(accepted(desk.doc), made?.written ?? desk.doc, 'accepted');
    expectSame(refused(desk.doc), desk.before, 'refused');
    expect(accepted(desk.doc).eq(desk.before)).toBe(false);
  });

  it('takes nothing away before it is accepted', () => {
    for (const [name, at, edit] of CASES) {
      const desk = new Desk(EVERYTHING);
      desk.selectWords(at);
      desk.propose(0, edit);
      const { content } = desk.before;
      content.descendants((node) => {
        if (node.isText) expect(desk.doc.textContent, name).toContain(node.text);
      });
    }
  });

  it('is taken back by who asks for the same again; of a table that is only proposed, every edit is a part', () => {
    const desk = new Desk(EVERYTHING);
    desk.selectWords('The end');
    const heading: Edit = (editor) => editor.commands.toggleHeading({ level: 2 });
    desk.propose(0, heading);
    desk.propose(0, heading);
    desk.propose(0, (editor) => editor.commands.toggleBold());
    desk.propose(0, (editor) => editor.commands.toggleBold());
    expectSame(desk.doc, desk.before, 'taken back');
    desk.propose(0, (editor) => editor.commands.insertContentAt(0, table(['alpha', 'beta'])));
    desk.select(desk.at('beta') + 4);
    desk.propose(0, (editor) => editor.commands.insertContent({ type: 'text', text: ' two' }));
    desk.propose(0, (editor) => editor.commands.addRowAfter());
    desk.propose(0, (editor) => editor.commands.deleteColumn());
    expect(desk.changes()).toEqual([['Ada', [{ is: 'adds', thing: 'table' }]]]);
    expect(accepted(desk.doc).child(0).toString()).toBe(
      'table(tableRow(tableCell(paragraph("alpha"))), tableRow(tableCell(paragraph)))',
    );
    expectSame(refused(desk.doc), desk.before, 'refused');
  });

  it('of two people is settled one by one, also where they meet: a column of one, a row of the other', () => {
    const desk = new Desk(EVERYTHING);
    desk.selectWords('one');
    desk.propose(0, (editor) => editor.commands.addColumnAfter());
    desk.selectWords('one');
    desk.propose(1, (editor) => editor.commands.addRowAfter());
    const [ada, ben] = readProposals(desk.doc).map(({ id }) => id);
    const sizes = (doc: PmNode): number[] => doc.child(4).children.map(({ childCount }) => childCount);
    expect(sizes(refused(accepted(desk.doc, [ben ?? '']), [ada ?? '']))).toEqual([3, 3, 3]);
    expect(sizes(refused(accepted(desk.doc, [ada ?? '']), [ben ?? '']))).toEqual([4, 4]);
    expect(sizes(accepted(desk.doc))).toEqual([4, 4, 4]);
  });

  it('of words in a note is one of words', () => {
    const desk = new Desk(EVERYTHING);
    desk.select(desk.at('and a note') + 3);
    const at = desk.at('and a note');
    desk.propose(0, (editor) => editor.commands.insertContentAt(at + 3, { type: 'text', text: ' then' }));
    expect(readProposals(desk.doc).map(({ added }) => added)).toEqual([' then']);
    expectSame(refused(desk.doc), desk.before, 'refused');
    expect(accepted(desk.doc).textContent).toContain('and then a note');
  });
});
