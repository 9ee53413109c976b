import type { Node as PmNode } from '@tiptap/pm/model';
import { runText } from '../model/content.ts';
import type { ProposalTag } from '../model/proposals.ts';
import { BECOMES, COMES, FORMAT_OF, GOES, readBecoming, readTag, readWas } from '../model/proposals.ts';
import { type Piece, piecesOf } from './settle-proposals.ts';

/** What is proposed beside words: a block that comes or goes or turns into another, or a format of words. */
export interface ProposedChange {
  is: 'adds' | 'removes' | 'turns' | 'format' | 'unformat';
  /** Name of the block or the mark; a heading with its level, and `column` for cells that are one. */
  thing: string;
}

/** A proposal as it stands: where, and what is to come and to go. `breaks`: new paragraphs, or paragraphs to be joined. */
export interface Proposal extends ProposalTag {
  from: number;
  to: number;
  added: string;
  removed: string;
  breaks: { added: number; removed: number };
  changes: ProposedChange[];
}

/** All proposals, in the order of the text. */
export function readProposals(doc: PmNode): Proposal[] {
  const found = new Map<string, Proposal>();
  const open = ({ id, name, colour, by, since }: ProposalTag, from: number, to: number): Proposal => {
    const nothing = { added: '', removed: '', breaks: { added: 0, removed: 0 }, changes: [] };
    const proposal = found.get(id) ?? { ...{ id, name, colour, by, since, from, to }, ...nothing };
    found.set(id, proposal);
    proposal.to = Math.max(proposal.to, to);
    return proposal;
  };
  const pieces = new Map(piecesOf(doc).map((piece) => [piece.from, piece]));
  doc.descendants((node, from) => {
    if (node.isText) readFormats(node, from, open);
    else readBlock(node, from, open);
    const piece = pieces.get(from);
    if (piece?.node === node) readPiece(piece, open);
  });
  return [...found.values()];
}

type Open = (tag: ProposalTag, from: number, to: number) => Proposal;

function add(proposal: Proposal, change: ProposedChange): void {
  const isKnown = proposal.changes.some(({ is, thing }) => is === change.is && thing === change.thing);
  if (!isKnown) proposal.changes.push(change);
}

function say(proposal: Proposal, side: 'added' | 'removed', words: string): void {
  if (words === '') return;
  proposal[side] += proposal[side] === '' ? words : ` ¶ ${words}`;
}

function readPiece({ from, node, tags }: Piece, open: Open): void {
  for (const { kind, ...tag } of tags) {
    // Of a block only the break before it is meant.
    const proposal = open(tag, from, node.isBlock ? from + 1 : from + node.nodeSize);
    const side = kind === 'insertion' ? 'added' : 'removed';
    if (node.isBlock) {
      proposal.breaks[side] += 1;
      if (proposal[side] !== '') proposal[side] += ' ¶ ';
    } else if (node.isLeaf) {
      proposal[side] += runText({ type: node.type.name, attrs: node.attrs, text: node.text ?? '↵' });
    } else proposal[side] += ` [${node.textContent}]`;
  }
}

/** Its lines that have words. */
const wordsOf = (node: PmNode): string =>
  node
    .textBetween(0, node.content.size, '\n')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .join(' ¶ ');

/** Cells that come or go alone are a column. */
const thingOf = ({ type: { name }, attrs }: PmNode): string =>
  name === 'heading' ? `heading${attrs.level}` : /^table(Cell|Header)$/.test(name) ? 'column' : name;

function readBlock(node: PmNode, from: number, open: Open): void {
  for (const [attr, is, side] of [
    [COMES, 'adds', 'added'],
    [GOES, 'removes', 'removed'],
  ] as const) {
    const tag = readTag(node.attrs[attr]);
    if (tag === undefined) continue;
    const proposal = open(tag, from, from + 1);
    add(proposal, { is, thing: thingOf(node) });
    say(proposal, side, wordsOf(node));
  }
  const becoming = readBecoming(node.attrs[BECOMES]);
  if (becoming === undefined) return;
  const isSame = becoming.type === node.type.name;
  const thing = becoming.type === 'heading' ? `heading${becoming.attrs.level}` : becoming.type;
  const state = isSame && becoming.type === 'taskItem' ? (becoming.attrs.checked ? 'ticked' : 'unticked') : thing;
  add(open(becoming, from, from + 1), { is: 'turns', thing: state });
}

function readFormats(node: PmNode, from: number, open: Open): void {
  for (const mark of node.marks) {
    const format = FORMAT_OF[mark.type.name];
    const tag = readTag(mark.attrs);
    if (format === undefined || tag === undefined) continue;
    const has = node.marks.some(({ type }) => type.name === format);
    const hadNone = readWas(mark.attrs.was) === undefined;
    const proposal = open(tag, from, from + node.nodeSize);
    if (has || !hadNone) add(proposal, { is: has ? 'format' : 'unformat', thing: format });
  }
}
