import type { Node as PmNode } from '@tiptap/pm/model';
import { COMES, GOES } from '../model/proposals.ts';
import type { BlockChange, Pair } from './propose-blocks.ts';

type Compare = (pair: Pair) => BlockChange[];

/**
 * Rows and columns come and go one by one, so that the table is one at every moment. Undefined for tables with merged
 * cells that change their shape: until it is settled, such a table would be none.
 */
export function tablesDiffer(pair: Pair, compare: Compare): BlockChange[] | undefined {
  const { a, b, atA, atB } = pair;
  const inside = { a, b, atA: atA + 1, atB: atB + 1 };
  if (isSameShape(a, b)) return compare(inside);
  if (hasSpans(a) || hasSpans(b)) return undefined;
  const [widthA, widthB] = [widthOf(a), widthOf(b)];
  if (widthA === undefined || widthB === undefined) return undefined;
  if (widthA === widthB) return compare(inside).map((change) => withColumns(change, a));
  return a.childCount === b.childCount ? columnsChange(inside, widthA, widthB) : undefined;
}

const rowsOf = (table: PmNode): PmNode[] => [...table.children];
const cellsOf = (table: PmNode): PmNode[] => rowsOf(table).flatMap((row) => [...row.children]);
const spansOf = ({ attrs }: PmNode): string => `${attrs.colspan}x${attrs.rowspan}`;
const hasSpans = (table: PmNode): boolean => cellsOf(table).some((cell) => spansOf(cell) !== '1x1');

function isSameShape(a: PmNode, b: PmNode): boolean {
  const shape = (table: PmNode): string =>
    rowsOf(table)
      .map((row) => row.children.map(spansOf).join(' '))
      .join('\n');
  return shape(a) === shape(b);
}

/** How many cells each row has; undefined when they differ. */
function widthOf(table: PmNode): number | undefined {
  const width = table.firstChild?.childCount;
  return rowsOf(table).every(({ childCount }) => childCount === width) ? width : undefined;
}

/** A new row has its cells in the columns that are themselves only proposed, or proposed to go. */
function withColumns(change: BlockChange, table: PmNode): BlockChange {
  if (change.is !== 'comes') return change;
  const like = table.firstChild;
  const nodes = change.nodes.map((row) => {
    if (row.type.name !== 'tableRow') return row;
    const cells = row.children.map((cell, index) => {
      const { [COMES]: comes, [GOES]: goes } = like?.maybeChild(index)?.attrs ?? {};
      return cell.type.create(
        { ...cell.attrs, [COMES]: comes ?? null, [GOES]: goes ?? null },
        cell.content,
        cell.marks,
      );
    });
    return row.type.create(row.attrs, cells, row.marks);
  });
  return { ...change, nodes };
}

/** Columns that came or went, the same ones in each row; undefined when it is anything else. */
function columnsChange(inside: Pair, widthA: number, widthB: number): BlockChange[] | undefined {
  const count = Math.abs(widthA - widthB);
  const [wide, narrow] = widthA > widthB ? [inside.a, inside.b] : [inside.b, inside.a];
  for (let column = 0; column + count <= Math.max(widthA, widthB); column += 1) {
    const isIt = rowsOf(wide).every((row, index) => {
      const kept = row.children.filter((_, at) => at < column || at >= column + count);
      return kept.every((cell, at) => narrow.child(index).child(at).eq(cell));
    });
    if (isIt) return rowsOf(inside.a).flatMap((row, index) => rowChange(inside, index, row, column, widthB - widthA));
  }
  return undefined;
}

function rowChange({ a, b, atA, atB }: Pair, index: number, row: PmNode, column: number, more: number): BlockChange[] {
  const inRow = (table: PmNode, at: number, cell: number): number => {
    const rows = rowsOf(table).slice(0, index);
    const cells = table.child(index).children.slice(0, cell);
    return at + 1 + [...rows, ...cells].reduce((size, { nodeSize }) => size + nodeSize, 0);
  };
  if (more > 0) {
    const nodes = b.child(index).children.slice(column, column + more);
    return [{ is: 'comes', at: inRow(a, atA, column), nodes, from: inRow(b, atB, column) }];
  }
  return row.children
    .slice(column, column - more)
    .map((node, at) => ({ is: 'goes', at: inRow(a, atA, column + at), node }));
}
