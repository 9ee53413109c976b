import { Extension } from '@tiptap/core';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import * as Y from 'yjs';
import { spareId } from '../model/spare-id.ts';
import type { Cell, Row } from '../model/table-plan.ts';
import { planTable } from '../model/table-plan.ts';

/** Origin of the transactions that make tables whole: undoing never takes them back. */
const REPAIR = 'pad-table-repair';

export interface TableRepairOptions {
  ydoc: Y.Doc;
  field: string;
}

/**
 * Tables that two people changed at once (a row here, a column there, two merges that overlap) are made whole again as
 * soon as the change arrives, before the next key is pressed. Everybody who may write does it, and all do the very same.
 */
export const TableRepair = Extension.create<TableRepairOptions>({
  name: 'padTableRepair',
  addProseMirrorPlugins() {
    const { ydoc, field } = this.options;
    const text = ydoc.getXmlFragment(field);
    return [
      new Plugin({
        key: new PluginKey('pad-table-repair'),
        view: (view) => {
          let isStopped = false;
          let isAwaited = false;
          const repair = () => {
            isAwaited = false;
            if (!isStopped && view.editable) repairTables(text);
          };
          const later = () => {
            // Not within the change: the editor has not drawn it yet.
            if (!isAwaited) queueMicrotask(repair);
            isAwaited = true;
          };
          const changed = (_doc: Y.Doc, transactions: Y.Transaction[]) => {
            if (transactions.some(mayHaveBroken)) later();
          };
          ydoc.on('afterAllTransactions', changed);
          later();
          return {
            destroy: () => {
              isStopped = true;
              ydoc.off('afterAllTransactions', changed);
            },
          };
        },
      }),
    ];
  },
});

/** Typing changes texts alone. */
function mayHaveBroken({ changed }: Y.Transaction): boolean {
  return [...changed.keys()].some((type) => !(type instanceof Y.XmlText) && !(type instanceof Y.Text));
}

/** Makes every table under `root` rectangular; true when something was to be done. */
export function repairTables(root: Y.XmlFragment): boolean {
  const tables = tablesIn(root);
  // One after the other: a table that goes takes those inside along.
  return tables.map(repairTable).some((wasBroken) => wasBroken);
}

function tablesIn(root: Y.XmlFragment): Y.XmlElement[] {
  return root.toArray().flatMap((child) => {
    if (!(child instanceof Y.XmlElement)) return [];
    return child.nodeName === 'table' ? [child, ...tablesIn(child)] : tablesIn(child);
  });
}

const elementsIn = (parent: Y.XmlFragment): Y.XmlElement[] =>
  parent.toArray().filter((child) => child instanceof Y.XmlElement);

function repairTable(table: Y.XmlElement): boolean {
  const { doc } = table;
  if (doc === null || table._item?.deleted === true) return false;
  const rows = elementsIn(table);
  const cells = rows.map(elementsIn);
  const plan = planTable(cells.map((row): Row => row.map(cellOf)));
  if (plan === 'whole') return false;
  doc.transact(() => {
    if (plan === 'remove') return remove(table);
    plan.forEach((fix, at) => {
      const [row, own] = [rows[at], cells[at]];
      if (row === undefined || own === undefined) return;
      for (const { cell, name, value } of fix.spans) own[cell]?.setAttribute(name, value as never);
      for (const cell of fix.removed) remove(own[cell]);
      for (let count = 0; count < fix.added; count++) addSpare(doc, row, own);
      if (fix.isRemoved) remove(row);
    });
  }, REPAIR);
  return true;
}

function remove(element: Y.XmlElement | undefined): void {
  const parent = element?.parent;
  if (!(parent instanceof Y.XmlFragment)) return;
  const index = parent.toArray().indexOf(element as Y.XmlElement);
  if (index >= 0) parent.delete(index, 1);
}

function cellOf(element: Y.XmlElement): Cell {
  const { colspan, rowspan } = element.getAttributes() as Record<string, unknown>;
  const isMade = (element._item?.id.client ?? 0) > UINT32_MAX;
  return { colspan, rowspan, isSpare: isMade && colspan === undefined && rowspan === undefined && isEmpty(element) };
}

/** What Yjs and this program draw their own ids from. */
const UINT32_MAX = 0xffff_ffff;

function isEmpty(cell: Y.XmlElement): boolean {
  const [only, ...more] = cell.toArray();
  return only instanceof Y.XmlElement && only.nodeName === 'paragraph' && only.length === 0 && more.length === 0;
}

/**
 * Puts an empty cell at the end of a row as everybody else does who sees the row as it is: the cell's id in the Yjs
 * document follows from its place, so that the same cell made twice is one cell.
 */
function addSpare(doc: Y.Doc, row: Y.XmlElement, own: readonly Y.XmlElement[]): void {
  const type = own.length > 0 && own.every(({ nodeName }) => nodeName === 'tableHeader') ? 'tableHeader' : 'tableCell';
  const ourId = doc.clientID;
  const last = lastOf(row);
  const place = `${idText(row._item?.id)} ${idText(last?.lastId)} ${type}`;
  doc.clientID = spareId(place, (id) => doc.store.clients.has(id));
  try {
    const cell = new Y.XmlElement(type);
    cell.insert(0, [new Y.XmlElement('paragraph')]);
    // Behind deleted ones as well, which `push` would go before: then two cells of one id could differ in their neighbours.
    row.insertAfter(last as never, [cell]);
  } finally {
    doc.clientID = ourId;
  }
}

/** The last in the row that ever was, deleted ones too: what Yjs puts the next one behind. */
function lastOf(row: Y.XmlElement): Y.Item | null {
  let last = row._start;
  while (last?.right) last = last.right;
  return last;
}

const idText = (id: Y.ID | undefined): string => (id === undefined ? '-' : `${id.client}.${id.clock}`);
