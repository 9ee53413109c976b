import { Extension } from '@tiptap/core';
import { Plugin, PluginKey } from '@tiptap/pm/state';

export interface KeyOptions {
  /** Alt+F10: the focus goes to the toolbar */
  toToolbar: () => void;
  /** Ctrl+K or Cmd+K: the link under the caret, or a new one */
  editLink: () => void;
}

/**
 * Keys beyond those of the text itself. Escape and then Tab leaves the text even where Tab means something (lists,
 * tables), so that the keyboard is never trapped (WCAG 2.1.2); elsewhere Tab leaves at once.
 */
export const PadKeys = Extension.create<KeyOptions>({
  name: 'padKeys',
  priority: 1100,
  addKeyboardShortcuts() {
    return {
      'Alt-F10': () => {
        this.options.toToolbar();
        return true;
      },
      'Mod-k': () => {
        this.options.editLink();
        return true;
      },
      'Mod-Enter': ({ editor }) => {
        if (!editor.isActive('taskItem')) return false;
        return editor.commands.updateAttributes('taskItem', {
          checked: editor.getAttributes('taskItem').checked !== true,
        });
      },
    };
  },
  addProseMirrorPlugins() {
    return [leaveByTab()];
  },
});

function leaveByTab(): Plugin {
  let leaving = false;
  return new Plugin({
    key: new PluginKey('pad-leave'),
    props: {
      handleDOMEvents: {
        keydown: (_view, event) => {
          if (event.key === 'Tab' && leaving) return true; // not prevented: the browser moves the focus
          if (!['Shift', 'Control', 'Alt', 'Meta'].includes(event.key))
            leaving = event.key === 'Escape' && !event.isComposing;
          return false;
        },
        blur: () => {
          leaving = false;
          return false;
        },
      },
    },
  });
}
