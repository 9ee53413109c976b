import type { Signal } from '@preact/signals';
import type { ComponentChildren, ComponentType, VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { focusText } from '../editor/focus.ts';
import { TABLE_COMMANDS } from '../editor/table-commands.ts';
import { writeBelow } from '../editor/write-below.ts';
import type { PadDocument } from '../model/document.ts';
import { mayTalk, writesText } from '../model/document.ts';
import type { FindBarProps } from './FindBar.tsx';
import { followKeyboard } from './keyboard-inset.ts';
import { isMac } from './platform.ts';
import type { Side } from './Sides.tsx';
import { Toolbar } from './Toolbar.tsx';
import { proposing } from './together/proposing.ts';
import type { Pad } from './use-editor.ts';
import { useLater } from './use-later.ts';

interface PadEditorProps {
  document: PadDocument;
  pad: Pad;
  writable: boolean;
  /** as it stands on paper */
  title: string;
  side: Signal<Side>;
  dialogOpen: boolean;
  /** The words to look for at first; null while nobody looks for any. */
  finding: Signal<string | null>;
  find: () => void;
  /** a comment on what is selected */
  comment: () => void;
  notices: ComponentChildren;
}

/** The toolbars and the sheet of text. */
export function PadEditor({
  document,
  pad,
  writable,
  title,
  side,
  dialogOpen,
  finding,
  find,
  comment,
  notices,
}: PadEditorProps): VNode {
  const { editor, state, openLink, editLink } = pad;
  const commenting = !writable && mayTalk(document);
  const CommentBar = useLater(commenting, () => import('./CommentBar.tsx').then((part) => part.CommentBar));
  // Fetched as soon as the pad stands: who presses Ctrl+F wants to type.
  const LinkBubble = useLater(writable, () => import('./LinkBubble.tsx').then((part) => part.LinkBubble));
  const FindBar = useLater(true, () => import('./FindBar.tsx').then((part) => part.FindBar));
  const EmojiNames = useLater(writable, () => import('./EmojiNames.tsx').then((part) => part.EmojiNames));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the text, which ProseMirror leaves to others where nobody may write.
    <div
      class={`pad ${writable ? '' : 'is-reading'}`}
      onKeyDown={(event) => {
        if ((writable || commenting) && isCommentKey(event)) {
          event.preventDefault();
          comment();
        }
        if (!isFindKey(event)) return;
        event.preventDefault();
        // Not here yet: what is typed until then is no part of the text.
        if (FindBar === null) editor.view.dom.blur();
        find();
      }}
    >
      {(writable || commenting || finding.value !== null) && (
        <Bars document={document} pad={pad} writable={writable} finding={finding} FindBar={FindBar}>
          {commenting && CommentBar && <CommentBar editor={editor} side={side} comment={comment} />}
        </Bars>
      )}
      {notices}
      {!writesText(document.cap) && <p class="pad-reading">{t(commenting ? 'pad.commenting' : 'pad.reading')}</p>}
      <Sheet pad={pad} writable={writable} title={title} />
      <NoteOpened pad={pad} />
      {writable && EmojiNames && <EmojiNames editor={editor} />}
      {writable && !dialogOpen && LinkBubble && (
        <LinkBubble editor={editor} state={state} openLink={openLink} editLink={editLink} />
      )}
    </div>
  );
}

/** Ctrl+F or Cmd+F in the text; in the field of words it is the browser's own. */
function isFindKey({ key, ctrlKey, metaKey, altKey, shiftKey, target }: KeyboardEvent): boolean {
  const isPressed = key === 'f' && (isMac ? metaKey : ctrlKey) && !altKey && !shiftKey;
  return isPressed && target instanceof Element && target.closest('#pad-text') !== null;
}

/** Ctrl+Alt+M or Cmd+Alt+M in the text. */
function isCommentKey({ code, ctrlKey, metaKey, altKey, target }: KeyboardEvent): boolean {
  const isPressed = code === 'KeyM' && (isMac ? metaKey : ctrlKey) && altKey;
  return isPressed && target instanceof Element && target.closest('#pad-text') !== null;
}

interface BarsProps {
  document: PadDocument;
  pad: Pad;
  writable: boolean;
  finding: Signal<string | null>;
  FindBar: ComponentType<FindBarProps> | null;
  /** what stands in the place of the toolbar for who may not write */
  children: ComponentChildren;
}

function Bars({ document, pad, writable, finding, FindBar, children }: BarsProps): VNode {
  const { editor, state, commands } = pad;
  const bars = useRef<HTMLDivElement>(null);
  const isProposing = writable && proposing.value;
  const CodeBar = useLater(writable, () => import('./CodeBar.tsx').then((part) => part.CodeBar));
  const ProposeBar = useLater(isProposing, () => import('./together/ProposeBar.tsx').then((part) => part.ProposeBar));
  useEffect(() => (bars.current === null ? undefined : followKeyboard(bars.current)), []);
  return (
    <div class="pad-bars" ref={bars}>
      {children}
      {writable && <Toolbar editor={editor} state={state} groups={commands} label={t('pad.toolbar')} name="main" />}
      {writable && state.value.table && (
        <Toolbar editor={editor} state={state} groups={TABLE_COMMANDS} label={t('pad.tableToolbar')} name="table" />
      )}
      {writable && state.value.codeBlock && CodeBar && <CodeBar editor={editor} language={state.value.codeLanguage} />}
      {isProposing && ProposeBar && <ProposeBar document={document} editor={editor} />}
      {finding.value !== null && FindBar && (
        <FindBar
          key={finding.value}
          editor={editor}
          writable={writable}
          words={finding.value}
          close={() => {
            finding.value = null;
          }}
        />
      )}
    </div>
  );
}

/** The sheet that ProseMirror draws in. A click on the empty paper below the text goes on writing there. */
function Sheet({ pad, writable, title }: { pad: Pad; writable: boolean; title: string }): VNode {
  const sheet = useRef<HTMLDivElement>(null);
  // At once, not after the first paint: a change of state before it would find an editor without a place.
  useLayoutEffect(() => {
    const element = sheet.current;
    if (element === null) return;
    pad.editor.mount(element);
    return () => pad.editor.unmount();
  }, [pad]);
  const isNoted = pad.notes.notes.value.length > 0;
  const Notes = useLater(isNoted, () => import('./NotesList.tsx').then((part) => part.NotesList));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a comfort of the mouse; the keyboard reaches the text by Tab.
    <div
      id="pad-text"
      ref={sheet}
      class="pad-sheet"
      data-title={title}
      onMouseDown={(event) => {
        if (!writable || event.target !== sheet.current) return;
        event.preventDefault();
        if (isBelow(event, sheet.current)) writeBelow(pad.editor);
        else focusText(pad.editor);
      }}
    >
      {isNoted && Notes && <Notes pad={pad} />}
    </div>
  );
}

/** The note that is open, beside its number. */
function NoteOpened({ pad }: { pad: Pad }): VNode | null {
  const note = pad.notes.opened.value;
  const Bubble = useLater(note !== null, () => import('./NoteBubble.tsx').then((part) => part.NoteBubble));
  return note && Bubble && <Bubble pad={pad} note={note} />;
}

function isBelow(event: MouseEvent, sheet: HTMLElement | null): boolean {
  const text = sheet?.firstElementChild?.getBoundingClientRect();
  return text !== undefined && event.clientY > text.bottom;
}
