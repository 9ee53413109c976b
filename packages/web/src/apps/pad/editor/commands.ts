import type { Editor } from '@tiptap/core';
import type { MessageKey } from '../../../i18n/index.ts';
import type { PadIconName } from '../view/icons.tsx';
import { toggleCallout } from './callout.ts';
import { undoManagerOf } from './forget-undone.ts';
import type { TableState } from './table-commands.ts';
import { readTableState } from './table-commands.ts';

/** What the toolbar needs to know of the caret's place. */
export interface PadState extends TableState {
  bold: boolean;
  italic: boolean;
  underline: boolean;
  strike: boolean;
  code: boolean;
  link: boolean;
  /** 0 when not in a heading */
  heading: number;
  bulletList: boolean;
  orderedList: boolean;
  taskList: boolean;
  blockquote: boolean;
  callout: boolean;
  codeBlock: boolean;
  /** of the code around the caret; empty when none was chosen, or outside */
  codeLanguage: string;
  canUndo: boolean;
  canRedo: boolean;
  /** whether the text has the focus */
  focused: boolean;
}

/** One button of a toolbar. */
export interface Command {
  id: string;
  label: MessageKey;
  icon: PadIconName;
  /** in ProseMirror's notation: `Mod-Shift-8` */
  shortcut?: string;
  /** present on buttons that are pressed or not */
  pressed?: (state: PadState) => boolean;
  enabled?: (state: PadState) => boolean;
  /** what it does to a table is told to who cannot see it */
  isSaid?: boolean;
  run: (editor: Editor) => void;
}

/** Reads the place of the caret. Cheap: it looks at the ancestors of the caret, not at the document. */
export function readState(editor: Editor): PadState {
  const active = (name: string) => editor.isActive(name);
  const undo = undoManagerOf(editor);
  return {
    bold: active('bold'),
    italic: active('italic'),
    underline: active('underline'),
    strike: active('strike'),
    code: active('code'),
    link: active('link'),
    heading: active('heading') ? Number(editor.getAttributes('heading').level) : 0,
    bulletList: active('bulletList'),
    orderedList: active('orderedList'),
    taskList: active('taskList'),
    blockquote: active('blockquote'),
    callout: active('callout'),
    codeBlock: active('codeBlock'),
    codeLanguage: String(editor.getAttributes('codeBlock').language ?? ''),
    ...readTableState(editor),
    canUndo: (undo?.undoStack.length ?? 0) > 0,
    canRedo: (undo?.redoStack.length ?? 0) > 0,
    focused: editor.isFocused,
  };
}

const heading = (level: 1 | 2 | 3): Command => ({
  id: `heading${level}`,
  label: `pad.tool.heading${level}`,
  icon: `heading${level}`,
  shortcut: `Mod-Alt-${level}`,
  pressed: (state) => state.heading === level,
  run: (editor) => editor.chain().focus().toggleHeading({ level }).run(),
});

type MarkName = 'bold' | 'italic' | 'underline' | 'strike' | 'code';

const mark = (name: MarkName, shortcut: string): Command => ({
  id: name,
  label: `pad.tool.${name}`,
  icon: name,
  shortcut,
  pressed: (state) => state[name],
  enabled: (state) => !state.codeBlock,
  run: (editor) => editor.chain().focus().toggleMark(name).run(),
});

const history: Command[] = [
  {
    id: 'undo',
    label: 'pad.tool.undo',
    icon: 'undo',
    shortcut: 'Mod-z',
    enabled: (state) => state.canUndo,
    run: (editor) => editor.chain().focus().undo().run(),
  },
  {
    id: 'redo',
    label: 'pad.tool.redo',
    icon: 'redo',
    shortcut: 'Mod-Shift-z',
    enabled: (state) => state.canRedo,
    run: (editor) => editor.chain().focus().redo().run(),
  },
];

const lists: Command[] = [
  {
    id: 'bulletList',
    label: 'pad.tool.bulletList',
    icon: 'bulletList',
    shortcut: 'Mod-Shift-8',
    pressed: (state) => state.bulletList,
    run: (editor) => editor.chain().focus().toggleBulletList().run(),
  },
  {
    id: 'orderedList',
    label: 'pad.tool.orderedList',
    icon: 'orderedList',
    shortcut: 'Mod-Shift-7',
    pressed: (state) => state.orderedList,
    run: (editor) => editor.chain().focus().toggleOrderedList().run(),
  },
  {
    id: 'taskList',
    label: 'pad.tool.taskList',
    icon: 'taskList',
    shortcut: 'Mod-Shift-9',
    pressed: (state) => state.taskList,
    run: (editor) => editor.chain().focus().toggleTaskList().run(),
  },
];

const blocks: Command[] = [
  {
    id: 'blockquote',
    label: 'pad.tool.blockquote',
    icon: 'blockquote',
    shortcut: 'Mod-Shift-b',
    pressed: (state) => state.blockquote,
    run: (editor) => editor.chain().focus().toggleBlockquote().run(),
  },
  {
    id: 'callout',
    label: 'pad.tool.callout',
    icon: 'callout',
    shortcut: 'Mod-Alt-n',
    pressed: (state) => state.callout,
    run: toggleCallout,
  },
  {
    id: 'codeBlock',
    label: 'pad.tool.codeBlock',
    icon: 'codeBlock',
    shortcut: 'Mod-Alt-c',
    pressed: (state) => state.codeBlock,
    run: (editor) => editor.chain().focus().toggleCodeBlock().run(),
  },
  {
    id: 'rule',
    label: 'pad.tool.rule',
    icon: 'rule',
    enabled: (state) => !state.codeBlock,
    run: (editor) => editor.chain().focus().setHorizontalRule().run(),
  },
];

const marks = [
  mark('bold', 'Mod-b'),
  mark('italic', 'Mod-i'),
  mark('underline', 'Mod-u'),
  mark('strike', 'Mod-Shift-s'),
  mark('code', 'Mod-e'),
];

/** What opens a panel needs the page: the view gives it. */
export interface PanelOpeners {
  editLink: () => void;
  insertTable: () => void;
  choosePicture: () => void;
  insertFormula: () => void;
  insertNote: () => void;
  chooseEmoji: () => void;
}

/** The groups of the main toolbar, in the order of the keyboard. */
export function padCommands({
  editLink,
  insertTable,
  choosePicture,
  insertFormula,
  insertNote,
  chooseEmoji,
}: PanelOpeners): Command[][] {
  const link: Command = {
    id: 'link',
    label: 'pad.tool.link',
    icon: 'link',
    shortcut: 'Mod-k',
    pressed: (state) => state.link,
    enabled: (state) => !state.codeBlock,
    run: editLink,
  };
  const table: Command = {
    id: 'table',
    label: 'pad.tool.table',
    icon: 'table',
    enabled: (state) => !state.table && !state.codeBlock,
    run: insertTable,
  };
  const picture: Command = {
    id: 'picture',
    label: 'pad.tool.picture',
    icon: 'picture',
    run: choosePicture,
  };
  const formula: Command = {
    id: 'formula',
    label: 'pad.tool.formula',
    icon: 'formula',
    enabled: (state) => !state.codeBlock,
    run: insertFormula,
  };
  const footnote: Command = {
    id: 'footnote',
    label: 'pad.tool.footnote',
    icon: 'footnote',
    shortcut: 'Mod-Alt-f',
    enabled: (state) => !state.codeBlock,
    run: insertNote,
  };
  const emoji: Command = { id: 'emoji', label: 'pad.tool.emoji', icon: 'emoji', run: chooseEmoji };
  return [
    history,
    [heading(1), heading(2), heading(3)],
    [...marks, link],
    lists,
    [...blocks, table, picture, formula, footnote, emoji],
  ];
}
