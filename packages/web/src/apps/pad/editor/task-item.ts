import type { Editor } from '@tiptap/core';
import { TaskItem } from '@tiptap/extension-list';
import type { Node as PmNode } from '@tiptap/pm/model';
import type { NodeView } from '@tiptap/pm/view';
import { showProposed } from './proposal-marks.ts';

/** The name of a task's check box, from the words of the task (may be empty). */
export type TaskLabel = (words: string) => string;

/** The longest task label read out, in UTF-16 units. */
const LABEL_LENGTH = 80;

/**
 * A task whose check box is a real one: Space ticks it, Tab reaches it, and ticking never moves the caret, so that a
 * phone does not open its keyboard.
 */
export function taskItem(label: TaskLabel = (words) => words) {
  return TaskItem.extend({
    addNodeView() {
      return ({ node, editor, getPos }) => taskView(node, editor, getPos, label);
    },
  }).configure({ nested: true });
}

function taskView(node: PmNode, editor: Editor, getPos: () => number | undefined, label: TaskLabel): NodeView {
  const dom = document.createElement('li');
  const holder = document.createElement('label');
  const box = document.createElement('input');
  const contentDOM = document.createElement('div');
  box.type = 'checkbox';
  holder.contentEditable = 'false';
  holder.append(box);
  dom.append(holder, contentDOM);

  const show = (task: PmNode) => {
    const checked = task.attrs.checked === true;
    box.checked = checked;
    dom.dataset.checked = String(checked);
    box.setAttribute('aria-label', label((task.firstChild?.textContent ?? '').slice(0, LABEL_LENGTH)));
    box.disabled = !editor.isEditable;
    showProposed(dom, task);
  };
  box.addEventListener('mousedown', (event) => event.preventDefault());
  box.addEventListener('change', () => {
    const position = getPos();
    if (position === undefined || !editor.isEditable) return;
    editor.view.dispatch(editor.state.tr.setNodeAttribute(position, 'checked', box.checked));
  });
  show(node);
  return {
    dom,
    contentDOM,
    update: (next) => {
      if (next.type !== node.type) return false;
      show(next);
      return true;
    },
    stopEvent: (event) => event.target === box,
    ignoreMutation: (mutation) => mutation.type !== 'selection' && !contentDOM.contains(mutation.target),
  };
}
