import type { Editor } from '@tiptap/core';
import { Table, TableCell, TableHeader } from '@tiptap/extension-table';
import type { Plugin } from '@tiptap/pm/state';
import { CellSelection, nextCell } from '@tiptap/pm/tables';
import { clampSpan } from '../model/table-plan.ts';

function span(name: 'colspan' | 'rowspan') {
  return {
    default: 1,
    parseHTML: (element: HTMLElement) => clampSpan(Number(element.getAttribute(name))),
    renderHTML: (attributes: Record<string, unknown>) => {
      const value = clampSpan(attributes[name]);
      return value === 1 ? {} : { [name]: value };
    },
  };
}

const cellAttributes = () => ({ colspan: span('colspan'), rowspan: span('rowspan') });

export const PadTableCell = TableCell.extend({ addAttributes: cellAttributes });
export const PadTableHeader = TableHeader.extend({ addAttributes: cellAttributes });

/**
 * A table as wide as its words, in a frame that scrolls on a narrow screen. No column widths: they are style
 * attributes in the original, and a width chosen on a desk is wrong on a phone.
 */
export const PadTable = Table.extend({
  renderHTML({ HTMLAttributes }) {
    const { class: person, ...look } = HTMLAttributes;
    const frame = { ...look, class: person === undefined ? 'pad-table' : `pad-table ${person}` };
    return ['div', frame, ['table', { dir: 'auto' }, ['tbody', 0]]];
  },
  addKeyboardShortcuts() {
    const stay = (axis: 'horiz' | 'vert', direction: 1 | -1) => () => staysInTable(this.editor, axis, direction);
    return {
      ...this.parent?.(),
      'Shift-ArrowRight': stay('horiz', 1),
      'Shift-ArrowLeft': stay('horiz', -1),
      'Shift-ArrowDown': stay('vert', 1),
      'Shift-ArrowUp': stay('vert', -1),
    };
  },
  addProseMirrorPlugins() {
    return (this.parent?.() ?? []).map(withoutFixing);
  },
}).configure({ resizable: false, View: null });

/** Cells that are selected to the edge of their table stay so when the next arrow would lead out of it. */
function staysInTable({ state }: Editor, axis: 'horiz' | 'vert', direction: 1 | -1): boolean {
  const { selection } = state;
  return selection instanceof CellSelection && nextCell(selection.$headCell, axis, direction) === null;
}

/** Of what the plugin does after each change only the selection is put right: cells are repaired by `TableRepair`. */
function withoutFixing(plugin: Plugin): Plugin {
  const append = plugin.spec.appendTransaction;
  if (append) {
    // It looks at tables that differ from before: none does.
    plugin.spec.appendTransaction = (transactions, _before, after) => append.call(plugin, transactions, after, after);
  }
  return plugin;
}
