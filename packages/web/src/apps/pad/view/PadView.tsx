import { useSignal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { AppFrame } from '../../../shell/AppFrame.tsx';
import { Button } from '../../../ui/Button.tsx';
import { copyText } from '../../../ui/clipboard.ts';
import { MenuItem } from '../../../ui/Menu.tsx';
import { PeopleList } from '../../../ui/PeopleList.tsx';
import { StatePill } from '../../../ui/StatePill.tsx';
import { showToast } from '../../../ui/toasts.ts';
import { focusText } from '../editor/focus.ts';
import { forgetUndone, undoManagerOf } from '../editor/forget-undone.ts';
import type { PadDocument } from '../model/document.ts';
import { mayWrite } from '../model/document.ts';
import { toText } from '../model/text.ts';
import { readTitle, titleText } from '../model/title.ts';
import { BringIn } from './BringIn.tsx';
import { Notices } from './Notices.tsx';
import { type DialogName, PadDialogs } from './PadDialogs.tsx';
import { PadEditor } from './PadEditor.tsx';
import { TitleField } from './TitleField.tsx';
import { usePadEditor } from './use-editor.ts';
import { watchPeople } from './who.ts';

/** A pad at work: header, toolbars, text, and the dialogs around it. */
export function PadView({ document, now }: { document: PadDocument; now: () => number }): VNode {
  const writable = mayWrite(document.cap, document.notices.value);
  const dialog = useSignal<DialogName | null>(null);
  const open = (name: DialogName) => () => {
    dialog.value = name;
  };
  const pad = usePadEditor({ document, writable, editLink: open('link'), insertTable: open('table') });
  const title = useTitle(document);
  useRecovery(document, pad.editor);
  const copyAll = async () => {
    const copied = await copyText(toText(pad.editor.getJSON()));
    showToast(t(copied ? 'pad.copied' : 'pad.copyRefused'));
  };
  const shown = title === '' ? t('pad.untitled') : title;
  return (
    <AppFrame
      title={`${shown} – Archipel`}
      heading={
        writable ? (
          <>
            <h1 class="visually-hidden">{shown}</h1>
            <TitleField ydoc={document.ydoc} onEnter={() => focusText(pad.editor, 'start')} />
          </>
        ) : (
          <h1 class="pad-title">{shown}</h1>
        )
      }
      status={<StatePill state={document.state.value} />}
      actions={
        <>
          <Here document={document} rename={open('name')} />
          <Button kind="primary" icon="share" shrinks class="pad-share" onClick={open('share')}>
            {t('share.title')}
          </Button>
        </>
      }
      menu={
        <>
          <MenuItem icon="info" onClick={open('about')}>
            {t('pad.about.title')}
          </MenuItem>
          <MenuItem icon="save" onClick={open('copy')}>
            {t('pad.file.title')}
          </MenuItem>
          {writable && <BringIn editor={pad.editor} />}
          <MenuItem icon="keyboard" onClick={open('help')}>
            {t('pad.help.title')}
          </MenuItem>
        </>
      }
    >
      <PadEditor
        pad={pad}
        writable={writable}
        reader={document.cap === 'view'}
        dialogOpen={dialog.value !== null}
        notices={<Notices document={document} copyAll={copyAll} />}
      />
      <PadDialogs dialog={dialog} document={document} pad={pad} now={now} title={shown} />
    </AppFrame>
  );
}

function Here({ document, rename }: { document: PadDocument; rename: () => void }): VNode {
  const here = useMemo(() => watchPeople(document.awareness), [document]);
  useEffect(() => here.stop, [here]);
  const people = here.people.value.map(({ clientId, name, colour, self }) => ({
    id: String(clientId),
    name,
    color: colour,
    self,
  }));
  return <PeopleList people={people} onRename={rename} />;
}

/** "Undo it" is what the banner says of something too large: it must help. */
function useRecovery(document: PadDocument, editor: Editor): void {
  const stuck = document.notices.value.includes('record_too_large');
  useEffect(() => {
    const undoManager = stuck ? undoManagerOf(editor) : undefined;
    if (undoManager === undefined) return;
    const undone = () => forgetUndone(document.ydoc, undoManager);
    undoManager.on('stack-item-popped', undone);
    return () => undoManager.off('stack-item-popped', undone);
  }, [stuck, document, editor]);
}

/** How long a title rests before "My documents" hears of it. */
const TITLE_REST_MS = 800;

/** The title as it changes, told to "My documents" once it rests; the first one at once, for who only has a quick look. */
function useTitle(document: PadDocument): string {
  const title = useSignal(readTitle(document.ydoc));
  useEffect(() => {
    const text = titleText(document.ydoc);
    let timer = 0;
    let told = '';
    const tell = () => {
      told = title.value;
      document.rename(told);
    };
    const read = () => {
      title.value = readTitle(document.ydoc);
      window.clearTimeout(timer);
      if (told === '' && title.value !== '') tell();
      else timer = window.setTimeout(tell, TITLE_REST_MS);
    };
    read();
    text.observe(read);
    return () => {
      window.clearTimeout(timer);
      text.unobserve(read);
    };
  }, [document, title]);
  return title.value;
}
