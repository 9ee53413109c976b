import type { Signal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { announce } from '../../../ui/toasts.ts';
import type { Command, PadState } from '../editor/commands.ts';
import { focusText } from '../editor/focus.ts';
import { ariaShortcut, shortcutText } from '../editor/shortcuts.ts';
import { tableSize } from '../editor/table-commands.ts';
import { PadIcon } from './icons.tsx';
import { isMac, keyWords } from './platform.ts';
import { Tooltip, useTooltip } from './Tooltip.tsx';

interface ToolbarProps {
  editor: Editor;
  state: Signal<PadState>;
  groups: readonly (readonly Command[])[];
  label: string;
  /** how the page finds it: `main` or `table` */
  name: string;
}

/**
 * The toolbar pattern of WAI-ARIA: one stop for Tab, arrows inside, Home and End. Escape gives the focus back to the
 * text. A button that can do nothing now stays reachable, so that the others do not move.
 */
export function Toolbar({ editor, state, groups, label, name }: ToolbarProps): VNode {
  const [current, setCurrent] = useState(groups[0]?.[0]?.id);
  const bar = useRef<HTMLDivElement>(null);
  const tooltip = useTooltip();
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      if (!tooltip.hide()) focusText(editor);
      return;
    }
    const buttons = [...(bar.current?.querySelectorAll('button') ?? [])];
    const next = nextIndex(event.key, buttons.indexOf(event.target as HTMLButtonElement), buttons.length);
    if (next === undefined) return;
    event.preventDefault();
    buttons[next]?.focus();
  };
  return (
    <>
      <div
        ref={bar}
        class="pad-toolbar"
        role="toolbar"
        aria-label={label}
        aria-controls="pad-text"
        data-toolbar={name}
        onKeyDown={onKeyDown}
      >
        {groups.map((group) => (
          <div class="pad-tools" key={group[0]?.id}>
            {group.map((command) => (
              <ToolButton
                key={command.id}
                command={command}
                editor={editor}
                state={state.value}
                stop={command.id === current}
                tooltip={tooltip}
                onFocus={() => setCurrent(command.id)}
              />
            ))}
          </div>
        ))}
      </div>
      <Tooltip shown={tooltip.shown} />
    </>
  );
}

/** Where an arrow, Home or End leads among `count` buttons; undefined for other keys. */
export function nextIndex(key: string, index: number, count: number): number | undefined {
  if (key === 'ArrowRight') return (index + 1) % count;
  if (key === 'ArrowLeft') return (index - 1 + count) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : undefined;
}

interface ToolButtonProps {
  command: Command;
  editor: Editor;
  state: PadState;
  /** whether Tab stops here */
  stop: boolean;
  tooltip: ReturnType<typeof useTooltip>;
  onFocus: () => void;
}

function ToolButton({ command, editor, state, stop, tooltip, onFocus }: ToolButtonProps): VNode {
  const enabled = command.enabled?.(state) ?? true;
  const name = t(command.label);
  const shortcut = command.shortcut && shortcutText(command.shortcut, isMac, keyWords());
  const tip = shortcut ? `${name} (${shortcut})` : name;
  return (
    <button
      type="button"
      class="pad-tool"
      data-command={command.id}
      aria-label={name}
      aria-pressed={command.pressed ? command.pressed(state) : undefined}
      aria-keyshortcuts={command.shortcut && ariaShortcut(command.shortcut, isMac)}
      aria-disabled={!enabled}
      tabIndex={stop ? 0 : -1}
      // The text keeps the focus, and a phone its keyboard, when a button is pressed with mouse or finger.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => {
        tooltip.hide();
        if (!enabled) return;
        focusText(editor);
        command.run(editor);
        if (command.isSaid) sayTable(name, editor);
      }}
      onFocus={(event) => {
        onFocus();
        if (event.currentTarget.matches(':focus-visible')) tooltip.show(event.currentTarget, tip, 0);
      }}
      onBlur={() => tooltip.hide()}
      onPointerEnter={(event) => event.pointerType === 'mouse' && tooltip.show(event.currentTarget, tip)}
      onPointerLeave={() => tooltip.hide()}
    >
      <PadIcon name={command.icon} />
    </button>
  );
}

/** What was done to the table, and how large it is now. */
function sayTable(done: string, editor: Editor): void {
  const size = tableSize(editor);
  announce(size === undefined ? done : `${done}. ${t('pad.table.size', size)}`);
}
