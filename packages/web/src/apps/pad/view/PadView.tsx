import { useSignal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { AppFrame } from '../../../shell/AppFrame.tsx';
import { Button } from '../../../ui/Button.tsx';
import { copyText } from '../../../ui/clipboard.ts';
import { drawNow } from '../../../ui/draw-now.ts';
import { Icon } from '../../../ui/icons.tsx';
import { StatePill } from '../../../ui/StatePill.tsx';
import { showToast } from '../../../ui/toasts.ts';
import { focusText } from '../editor/focus.ts';
import type { PadDocument } from '../model/document.ts';
import { mayTalk, mayWrite } from '../model/document.ts';
import { toText } from '../model/text.ts';
import { Expiring, KeptUntil } from './Life.tsx';
import { Notices } from './Notices.tsx';
import { PadDialogs } from './PadDialogs.tsx';
import { PadEditor } from './PadEditor.tsx';
import { PadMenu } from './PadMenu.tsx';
import { PublishedLater } from './PublishedLater.tsx';
import { TitleField } from './TitleField.tsx';
import { Here } from './together/Here.tsx';
import { usePadEditor } from './use-editor.ts';
import { useLater } from './use-later.ts';
import { useCalm, useDialogs, useRecovery, useSide, useTitle, useUnsentPictures } from './use-pad.ts';

/** Longer than this, a selection is not taken for what to look for. */
const FOUND_MAX = 100;

/** A pad at work: header, toolbars, text, and the dialogs around it. */
export function PadView({ document, now }: { document: PadDocument; now: () => number }): VNode {
  const writable = mayWrite(document.cap, document.notices.value);
  const { dialog, open, picture, formula, editPicture, editFormula } = useDialogs();
  const chooser = useRef<HTMLInputElement>(null);
  const pad = usePadEditor({
    document,
    writable,
    editLink: open('link'),
    insertTable: open('table'),
    choosePicture: () => chooser.current?.click(),
    editFormula,
    editPicture,
    chooseEmoji: open('emoji'),
  });
  const finding = useSignal<string | null>(null);
  const find = () => {
    drawNow(() => {
      finding.value = selectedWords(pad.editor);
    });
    // Open already, with the same words: only the focus is wanted.
    window.document.querySelector<HTMLInputElement>('.pad-find input')?.select();
  };
  const { side, comment } = useSide();
  // What is beside the text, and what stands over it, may come a moment after it.
  const News = useLater(true, () => import('./News.tsx').then((part) => part.News));
  const Sides = useLater(true, () => import('./Sides.tsx').then((part) => part.Sides));
  const { calm, setCalm } = useCalm();
  useUnsentPictures(document);
  const title = useTitle(document);
  useRecovery(document, pad.editor);
  const shown = title === '' ? t('pad.untitled') : title;
  return (
    <AppFrame
      title={`${shown} – Archipel`}
      heading={
        <Heading document={document} shown={shown} writable={writable} onEnter={() => focusText(pad.editor, 'start')} />
      }
      status={<StatePill state={document.state.value} copies={document.copies.value} />}
      actions={
        <>
          <Here document={document} editor={pad.editor} writable={writable} rename={open('name')} />
          <Button kind="primary" icon="share" shrinks class="pad-share" onClick={open('share')}>
            {t('share.title')}
          </Button>
        </>
      }
      menu={
        <PadMenu
          document={document}
          editor={pad.editor}
          writable={writable}
          open={open}
          side={side}
          find={find}
          isCalm={calm.value}
          setCalm={setCalm}
        />
      }
    >
      <PadEditor
        document={document}
        pad={pad}
        writable={writable}
        title={title}
        side={side}
        dialogOpen={dialog.value !== null}
        finding={finding}
        find={find}
        comment={comment}
        notices={
          <>
            <Notices document={document} copyAll={() => copyAll(pad.editor)} saveCopy={open('copy')} />
            <Expiring document={document} now={now} about={open('about')} />
            {News && <News document={document} now={now} see={open('news')} />}
            <PublishedLater document={document} editor={pad.editor} change={open('publish')} />
          </>
        }
      />
      <KeptUntil document={document} now={now} about={open('about')} />
      {Sides && <Sides side={side} document={document} editor={pad.editor} writable={mayTalk(document)} now={now} />}
      {calm.value && (
        <button type="button" class="pad-calm-leave" title={t('pad.calm.leave')} onClick={() => setCalm(false)}>
          <Icon name="menu" />
          <span class="visually-hidden">{t('pad.calm.leave')}</span>
        </button>
      )}
      <PadDialogs
        dialog={dialog}
        document={document}
        pad={pad}
        writable={writable}
        now={now}
        title={shown}
        picture={picture}
        formula={formula}
      />
      <input
        ref={chooser}
        type="file"
        hidden
        multiple
        accept="image/png,image/jpeg,image/webp,image/gif,image/avif"
        data-testid="pad-picture"
        onChange={({ currentTarget }) => {
          pad.takeFiles([...(currentTarget.files ?? [])]);
          // The same one may be chosen again.
          currentTarget.value = '';
        }}
      />
    </AppFrame>
  );
}

/** All words go to the clipboard, as a way out when the host takes no more. */
async function copyAll(editor: Editor): Promise<void> {
  const { leavingText } = await import('../editor/leaving-text.ts');
  const copied = await copyText(toText(leavingText(editor)));
  showToast(t(copied ? 'pad.copied' : 'pad.copyRefused'));
}

/** What is selected, when it is a few words of one line. */
function selectedWords({ state }: Editor): string {
  const { from, to } = state.selection;
  const words = to - from > FOUND_MAX ? '' : state.doc.textBetween(from, to, '\n');
  return words.includes('\n') ? '' : words;
}

interface HeadingProps {
  document: PadDocument;
  shown: string;
  writable: boolean;
  onEnter: () => void;
}

function Heading({ document, shown, writable, onEnter }: HeadingProps): VNode {
  if (!writable)
    return (
      <h1 class="pad-title" dir="auto">
        {shown}
      </h1>
    );
  return (
    <>
      <h1 class="visually-hidden">{shown}</h1>
      <TitleField ydoc={document.ydoc} onEnter={onEnter} />
    </>
  );
}
