import type { VNode } from 'preact';

/** Outlines on a grid of 24, like those of the shell's icons. */
const SHAPES = {
  undo: 'M8.5 5L4 9.5 8.5 14M4.5 9.5H14a5.5 5.5 0 0 1 0 11h-3',
  redo: 'M15.5 5L20 9.5 15.5 14M19.5 9.5H10a5.5 5.5 0 0 0 0 11h3',
  heading1: 'M4 6v12M12 6v12M4 12h8M16 10.5l2.5-1.5v9M16.5 18h4',
  heading2: 'M3.5 6v12M11 6v12M3.5 12H11M15 11a2.6 2.6 0 1 1 4.5 1.8L15 18h5.5',
  heading3: 'M3.5 6v12M11 6v12M3.5 12H11M15 9h5l-3 3.6c2 0 3.3 1 3.3 2.7 0 1.6-1.2 2.7-2.9 2.7-1.3 0-2.2-.5-2.7-1.4',
  bold: 'M7 5h5.5a3.5 3.5 0 0 1 0 7H7zM7 12h6.5a3.5 3.5 0 0 1 0 7H7z',
  italic: 'M10 5h8M6 19h8M14 5l-4 14',
  underline: 'M7 4.5v6.5a5 5 0 0 0 10 0V4.5M5.5 20h13',
  strike:
    'M16.5 7.5C16 5.8 14.3 5 12 5c-2.7 0-4.5 1.3-4.5 3.3 0 1.4.9 2.2 2.3 2.7M4 12h16M14.5 13.5c1.7.6 2.5 1.5 2.5 2.7 0 1.9-1.9 2.9-4.7 2.9-2.7 0-4.7-1-5.3-3',
  code: 'M8.5 7L3.5 12l5 5M15.5 7l5 5-5 5',
  link: 'M10 14a4 4 0 0 0 5.7 0l3.2-3.2a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0l-3.2 3.2a4 4 0 0 0 5.7 5.7L12 17.7',
  bulletList: 'M9.5 6.5H20M9.5 12H20M9.5 17.5H20M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01',
  orderedList: 'M10 6.5H20M10 12H20M10 17.5H20M4 5l1.3-.8V8.5M3.8 15.3a1.2 1.2 0 1 1 2.1.8L3.8 19h2.4',
  taskList: 'M4 5h5v5H4zM4 16.2l1.7 1.7 3.3-3.7M12.5 7.5H20M12.5 16.5H20',
  blockquote: 'M5 6v12M9.5 7.5H20M9.5 12H20M9.5 16.5H16',
  callout: 'M4 4.5h16v12h-9l-4 3.5v-3.5H4zM12 7.5v3.6M12 13.6h.01',
  codeBlock: 'M4 4.5h16v15H4zM9.5 9.5L7 12l2.5 2.5M14.5 9.5L17 12l-2.5 2.5',
  rule: 'M3.5 12h17M7 6h10M7 18h10',
  table: 'M4 5h16v14H4zM4 10h16M4 14.5h16M12 5v14',
  picture: 'M4 5h16v14H4zM8.5 8.2a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2zM4.5 17l5-4.5 3 2.5 3.5-4 4 4.5',
  formula: 'M17.5 7V5H6.5l6 7-6 7h11v-2',
  done: 'M5 12.5l4.5 4.5L19 7',
  delete: 'M5 7h14M10 7V4.5h4V7M7 7l1 12.5h8L17 7M10.5 10.5v5.5M13.5 10.5v5.5',
  emoji: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM9 9.500v.01M15 9.500v.01M8.500 14a4.200 4.200 0 0 0 7 0',
  footnote: 'M4 7h8M4 12h11M4 17h8M17 5.8l2-1.3V11',
  addRowBefore: 'M4 13h16v7H4zM12 13v7M12 3.5v6M9 6.5h6',
  addRowAfter: 'M4 4h16v7H4zM12 4v7M12 14.5v6M9 17.5h6',
  deleteRow: 'M4 8.5h16v7H4zM10 10.5l4 3M14 10.5l-4 3',
  addColumnBefore: 'M13 4v16h7V4zM13 12h7M3.5 12h6M6.5 9v6',
  addColumnAfter: 'M4 4v16h7V4zM4 12h7M14.5 12h6M17.5 9v6',
  deleteColumn: 'M8.5 4v16h7V4zM10.5 10.5l3 3M13.5 10.5l-3 3',
  headerRow: 'M4 5h16v14H4zM4 10.5h16M12 10.5V19M6.5 7.8h11',
  headerColumn: 'M4 5h16v14H4zM9.5 5v14M9.5 12H20M6.8 7.5v9',
  mergeCells: 'M4 5h16v14H4zM7 12h3.5M13.5 12H17M8.5 9.5L11 12l-2.5 2.5M15.5 9.5L13 12l2.5 2.5',
  mergeRight: 'M4 5h16v14H4zM12 5v3M12 16v3M7 12h9M13.5 9.5L16 12l-2.5 2.5',
  mergeDown: 'M4 4h16v16H4zM4 12h3M17 12h3M12 7v9M9.5 13.5L12 16l2.5-2.5',
  splitCell: 'M4 5h16v14H4zM12 5v14M10 12H6.5M8.5 9.5L6 12l2.5 2.5M14 12h3.5M15.5 9.5L18 12l-2.5 2.5',
  deleteTable: 'M4 11V5h16v14h-8M4 10h16M12 5v8M4 15l5 5M9 15l-5 5',
  open: 'M13.5 4.5H19.5V10.5M19 5l-8.5 8.5M17 14v5.5H4.5V7H10',
  unlink: 'M13.5 17l-1.6 1.6a4 4 0 0 1-5.7-5.7L8 11.2M10.5 7l1.6-1.6a4 4 0 0 1 5.7 5.7L16 12.8M4 4l16 16',
  help: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM9.6 9.6a2.5 2.5 0 1 1 3.5 2.3c-.8.3-1.1.8-1.1 1.6M12 16.5h.01',
} as const;

export type PadIconName = keyof typeof SHAPES;

/** An ornament: the label of its button says the same in words. */
export function PadIcon({ name }: { name: PadIconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}
