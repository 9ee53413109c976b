/** The largest span of a cell: a table is for people, and its map grows with its spans. */
export const MAX_SPAN = 50;

/** A cell as the document has it; spans may be anything another program wrote. */
export interface Cell {
  colspan: unknown;
  rowspan: unknown;
  /** Made by a repair, and nobody has written in it or merged it: its spans were never written. */
  isSpare: boolean;
}
export type Row = readonly Cell[];

/** What makes a row fit; cells by their number in the row. */
export interface RowFix {
  spans: { cell: number; name: 'colspan' | 'rowspan'; value: number }[];
  removed: number[];
  /** Empty cells at its end. */
  added: number;
  isRemoved: boolean;
}

interface Placed {
  fix: RowFix;
  /** Columns that are taken, by cells of this row and from above, without spare cells at the end. */
  taken: number;
  /** The column after the last of them. */
  end: number;
  /** Spare cells at its end. */
  spare: number;
}

/** A span as it counts: a whole number from 1 to MAX_SPAN. */
export function clampSpan(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? Math.min(value, MAX_SPAN) : 1;
}

/**
 * How to make a table rectangular. It follows from the table alone, nothing that anybody wrote goes, and applying it
 * gives a table that is `whole`. `remove`: nothing of it is anybody's.
 */
export function planTable(table: readonly Row[]): 'whole' | 'remove' | RowFix[] {
  const placed = place(table);
  if (placed.every(({ taken }) => taken === 0)) return 'remove';
  const width = Math.max(...placed.map(({ end }) => end));
  for (const [at, { fix, taken, spare }] of placed.entries()) {
    const cells = table[at]?.length ?? 0;
    if (taken === 0) {
      fix.isRemoved = true;
      continue;
    }
    const lacking = width - taken;
    fix.added = Math.max(0, lacking - spare);
    for (let surplus = spare - lacking; surplus > 0; surplus--) fix.removed.push(cells - surplus);
  }
  const fixes = placed.map(({ fix }) => fix);
  return fixes.some(isNeeded) ? fixes : 'whole';
}

const isNeeded = ({ spans, removed, added, isRemoved }: RowFix): boolean =>
  spans.length > 0 || removed.length > 0 || added > 0 || isRemoved;

/** Puts each cell in the first column that is free, as browsers do, and cuts the spans that do not fit there. */
function place(table: readonly Row[]): Placed[] {
  /** For how many more rows each column is taken from above. */
  let above: number[] = [];
  return table.map((row, at) => {
    const fix: RowFix = { spans: [], removed: [], added: 0, isRemoved: false };
    const spare = spareAtEnd(row);
    const taken = above.map((rows) => rows > 0);
    const below = above.map((rows) => Math.max(0, rows - 1));
    row.slice(0, row.length - spare).forEach((cell, index) => {
      const column = firstFree(taken);
      const colspan = Math.min(clampSpan(cell.colspan), freeFrom(taken, column));
      const rowspan = Math.min(clampSpan(cell.rowspan), table.length - at);
      for (let offset = 0; offset < colspan; offset++) {
        taken[column + offset] = true;
        below[column + offset] = rowspan - 1;
      }
      if (differs(cell.colspan, colspan)) fix.spans.push({ cell: index, name: 'colspan', value: colspan });
      if (differs(cell.rowspan, rowspan)) fix.spans.push({ cell: index, name: 'rowspan', value: rowspan });
    });
    above = Array.from(below, (rows) => rows ?? 0);
    return { fix, taken: taken.filter(Boolean).length, end: taken.lastIndexOf(true) + 1, spare };
  });
}

/** A span that was never written is 1. */
const differs = (written: unknown, value: number): boolean =>
  written !== value && !(written === undefined && value === 1);

function spareAtEnd(row: Row): number {
  return row.length - 1 - row.findLastIndex(({ isSpare }) => !isSpare);
}

function firstFree(taken: readonly boolean[]): number {
  const free = taken.findIndex((isTaken) => !isTaken);
  return free < 0 ? taken.length : free;
}

/** How many columns in a row are free from one on; beyond the last taken one there is always room. */
function freeFrom(taken: readonly boolean[], column: number): number {
  const next = taken.indexOf(true, column);
  return next < 0 ? MAX_SPAN : next - column;
}
