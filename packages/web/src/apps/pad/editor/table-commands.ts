import type { Editor } from '@tiptap/core';
import type { Command as PmCommand } from '@tiptap/pm/state';
import {
  CellSelection,
  columnIsHeader,
  isInTable,
  mergeCells,
  rowIsHeader,
  selectedRect,
  splitCell,
} from '@tiptap/pm/tables';
import type { Command } from './commands.ts';

/** What the toolbar of a table needs to know. */
export interface TableState {
  table: boolean;
  headerRow: boolean;
  headerColumn: boolean;
  canMerge: boolean;
  canMergeRight: boolean;
  canMergeDown: boolean;
  canSplit: boolean;
}

const OUTSIDE: TableState = {
  table: false,
  headerRow: false,
  headerColumn: false,
  canMerge: false,
  canMergeRight: false,
  canMergeDown: false,
  canSplit: false,
};

/** The table around the caret, as far as the toolbar shows it. */
export function readTableState({ state }: Editor): TableState {
  if (!isInTable(state)) return OUTSIDE;
  const { map, table } = selectedRect(state);
  if (map.problems) return { ...OUTSIDE, table: true };
  return {
    table: true,
    headerRow: rowIsHeader(map, table, 0),
    headerColumn: columnIsHeader(map, table, 0),
    canMerge: mergeCells(state),
    canMergeRight: mergeWithNext('right')(state),
    canMergeDown: mergeWithNext('below')(state),
    canSplit: splitCell(state),
  };
}

/** How large the table around the caret is; undefined outside of one. */
export function tableSize({ state }: Editor): { rows: number; columns: number } | undefined {
  if (!isInTable(state)) return undefined;
  const { map } = selectedRect(state);
  return { rows: map.height, columns: map.width };
}

/** Merges the cell or cells with their neighbour: what a finger and a keyboard can say without selecting cells. */
function mergeWithNext(side: 'right' | 'below'): PmCommand {
  return (state, dispatch) => {
    if (!isInTable(state)) return false;
    const { map, tableStart, top, bottom, left, right } = selectedRect(state);
    const [row, column] = side === 'right' ? [bottom - 1, right] : [bottom, right - 1];
    if (row >= map.height || column >= map.width) return false;
    const at = (cell: number | undefined) => tableStart + (cell ?? 0);
    const anchor = at(map.map[top * map.width + left]);
    const head = at(map.map[row * map.width + column]);
    const both = CellSelection.create(state.doc, anchor, head);
    return mergeCells(state.apply(state.tr.setSelection(both)), dispatch);
  };
}

const pm = (command: PmCommand) => (editor: Editor) => command(editor.state, editor.view.dispatch, editor.view);

type TableAction =
  | 'addRowBefore'
  | 'addRowAfter'
  | 'deleteRow'
  | 'addColumnBefore'
  | 'addColumnAfter'
  | 'deleteColumn'
  | 'mergeCells'
  | 'splitCell'
  | 'deleteTable';

const tableCommand = (id: TableAction, enabled?: Command['enabled']): Command => ({
  id,
  label: `pad.table.${id}`,
  icon: id,
  isSaid: true,
  ...(enabled && { enabled }),
  run: (editor) => editor.chain().focus()[id]().run(),
});

/** The groups of the second toolbar, there while the caret is in a table. */
export const TABLE_COMMANDS: Command[][] = [
  [tableCommand('addRowBefore'), tableCommand('addRowAfter'), tableCommand('deleteRow')],
  [tableCommand('addColumnBefore'), tableCommand('addColumnAfter'), tableCommand('deleteColumn')],
  [
    tableCommand('mergeCells', (state) => state.canMerge),
    {
      id: 'mergeRight',
      label: 'pad.table.mergeRight',
      icon: 'mergeRight',
      isSaid: true,
      enabled: (state) => state.canMergeRight,
      run: pm(mergeWithNext('right')),
    },
    {
      id: 'mergeDown',
      label: 'pad.table.mergeDown',
      icon: 'mergeDown',
      isSaid: true,
      enabled: (state) => state.canMergeDown,
      run: pm(mergeWithNext('below')),
    },
    tableCommand('splitCell', (state) => state.canSplit),
  ],
  [
    {
      id: 'headerRow',
      label: 'pad.table.headerRow',
      icon: 'headerRow',
      pressed: (state) => state.headerRow,
      run: (editor) => editor.chain().focus().toggleHeaderRow().run(),
    },
    {
      id: 'headerColumn',
      label: 'pad.table.headerColumn',
      icon: 'headerColumn',
      pressed: (state) => state.headerColumn,
      run: (editor) => editor.chain().focus().toggleHeaderColumn().run(),
    },
    tableCommand('deleteTable'),
  ],
];
