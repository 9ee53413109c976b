import { Table, TableCell, TableHeader } from '@tiptap/extension-table';
import { localOnly } from './local-only.ts';

/** A whole number from a span attribute, kept small: a table is for people, and its map grows with its spans. */
const MAX_SPAN = 50;

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

function clampSpan(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? Math.min(value, MAX_SPAN) : 1;
}

const cellAttributes = () => ({ colspan: span('colspan'), rowspan: span('rowspan') });

export const PadTableCell = TableCell.extend({ addAttributes: cellAttributes });
export const PadTableHeader = TableHeader.extend({ addAttributes: cellAttributes });

/**
 * A table as wide as its words, in a frame that scrolls on a narrow screen. No column widths: they are style
 * attributes in the original, and a width chosen on a desk is wrong on a phone.
 */
export const PadTable = Table.extend({
  renderHTML() {
    return ['div', { class: 'pad-table' }, ['table', ['tbody', 0]]];
  },
  addProseMirrorPlugins() {
    return (this.parent?.() ?? []).map(localOnly);
  },
}).configure({ resizable: false, View: null });
