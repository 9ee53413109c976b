import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { TABLE_COMMANDS } from '../editor/commands.ts';
import { focusText } from '../editor/focus.ts';
import { writeBelow } from '../editor/write-below.ts';
import { followKeyboard } from './keyboard-inset.ts';
import { LinkBubble } from './LinkBubble.tsx';
import { Toolbar } from './Toolbar.tsx';
import type { Pad } from './use-editor.ts';

interface PadEditorProps {
  pad: Pad;
  writable: boolean;
  /** whether the link is one to read */
  reader: boolean;
  dialogOpen: boolean;
  notices: ComponentChildren;
}

/** The toolbars and the sheet of text. */
export function PadEditor({ pad, writable, reader, dialogOpen, notices }: PadEditorProps): VNode {
  const { editor, state, commands, openLink, editLink } = pad;
  return (
    <div class={`pad ${writable ? '' : 'is-reading'}`}>
      {writable && <Bars pad={pad} commands={commands} />}
      {notices}
      {reader && <p class="pad-reading">{t('pad.reading')}</p>}
      <Sheet pad={pad} writable={writable} />
      {writable && !dialogOpen && <LinkBubble editor={editor} state={state} openLink={openLink} editLink={editLink} />}
    </div>
  );
}

function Bars({ pad, commands }: { pad: Pad; commands: Pad['commands'] }): VNode {
  const bars = useRef<HTMLDivElement>(null);
  useEffect(() => (bars.current === null ? undefined : followKeyboard(bars.current)), []);
  return (
    <div class="pad-bars" ref={bars}>
      <Toolbar editor={pad.editor} state={pad.state} groups={commands} label={t('pad.toolbar')} name="main" />
      {pad.state.value.table && (
        <Toolbar
          editor={pad.editor}
          state={pad.state}
          groups={TABLE_COMMANDS}
          label={t('pad.tableToolbar')}
          name="table"
        />
      )}
    </div>
  );
}

/** The sheet that ProseMirror draws in. A click on the empty paper below the text goes on writing there. */
function Sheet({ pad, writable }: { pad: Pad; writable: boolean }): VNode {
  const sheet = useRef<HTMLDivElement>(null);
  // At once, not after the first paint: a change of state before it would find an editor without a place.
  useLayoutEffect(() => {
    const element = sheet.current;
    if (element === null) return;
    pad.editor.mount(element);
    return () => pad.editor.unmount();
  }, [pad]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a comfort of the mouse; the keyboard reaches the text by Tab.
    <div
      id="pad-text"
      ref={sheet}
      class="pad-sheet"
      onMouseDown={(event) => {
        if (!writable || event.target !== sheet.current) return;
        event.preventDefault();
        if (isBelow(event, sheet.current)) writeBelow(pad.editor);
        else focusText(pad.editor);
      }}
    />
  );
}

function isBelow(event: MouseEvent, sheet: HTMLElement | null): boolean {
  const text = sheet?.firstElementChild?.getBoundingClientRect();
  return text !== undefined && event.clientY > text.bottom;
}
