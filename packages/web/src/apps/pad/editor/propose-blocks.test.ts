import { type SeededRandom, seededRandom } from '@archipel/testkit';
import { Editor } from '@tiptap/core';
import type { Node as PmNode } from '@tiptap/pm/model';
import type { Transaction } from '@tiptap/pm/state';
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

const p = (...content: PadNode[]): PadNode => ({ type: 'paragraph', content });
const w = (text: string, ...marks: string[]): PadNode => ({ type: 'text', text, marks: marks.map((type) => ({ type })) });
const list = (type: string, item: string, ...items: PadNode[][]): PadNode => ({
  type,
  content: items.map((content) => ({ type: item, content })),
});
const table = (...rows: string[][]): PadNode => ({
  type: 'table',
  content: rows.map((row) => ({
    type: 'tableRow',
    content: row.map((text) => ({ type: 'tableCell', content: [p(w(text))] })),
  })),
});
const picture = (text: string): PadNode => ({
  type: 'picture',
  attrs: { id: 'x', link: 'y', alt: 'a boat', width: 50, pixels: '4x3' },
  content: [w(text)],
});

const EVERYTHING: PadNode[] = [
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
  readonly #people = [ADA, BEN].map((who) => new Proposer(() => who));

  constructor(content: PadNode[]) {
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
    if (!made) return undefined;
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
    if (node.type.name === 'table') node.descendants(({ attrs }) => void (isMet ||= attrs.goes != null));
  });
  before.nodesBetween(Math.max(0, start - 2), Math.min(before.content.size, end + 2), (node) => {
    const isGoing = node.attrs.goes != null || node.attrs.becomes != null || node.attrs.proposal?.kind === 'deletion';
    isMet ||= isGoing || node.marks.some(({ type: { name } }) => name === 'deletion');
  });
  return isMet;
}

const ROUNDS = 8;
const PATIENCE_MS = 120_000;

describe('whatever is proposed of words, formats and blocks', () => {
  it.each([1, 101, 201, 301])(
    'all accepted is the text as edited, all refused the text as it was, and a copy the same (100 seeds from %i)',
    (first) => {
      let done = 0;
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
          if (!meetsGone(doc, made.written)) expectSame(all, accepted(made.written), `${title}, accepted`);
        }
      }
      expect(done).toBeGreaterThan(200);
      expect(kinds.size).toBeGreaterThan(COMMANDS.length - 6);
    },
    PATIENCE_MS,
  );
});
