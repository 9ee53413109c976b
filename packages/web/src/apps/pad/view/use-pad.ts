/** What a pad does beside being written in. */
import { useSignal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import { useEffect } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { showToast } from '../../../ui/toasts.ts';
import { forgetUndone, undoManagerOf } from '../editor/forget-undone.ts';
import type { PadDocument } from '../model/document.ts';
import { writesText } from '../model/document.ts';
import { readTitle, titleText } from '../model/title.ts';
import type { DialogName } from './PadDialogs.tsx';
import type { Side } from './Sides.tsx';

/** Which dialog is open, and what it is about. */
export function useDialogs() {
  const dialog = useSignal<DialogName | null>(null);
  const picture = useSignal(0);
  const formula = useSignal<number | undefined>(undefined);
  const open = (name: DialogName) => () => {
    dialog.value = name;
  };
  const editPicture = (position: number) => {
    picture.value = position;
    dialog.value = 'picture';
  };
  const editFormula = (position: number | undefined) => {
    formula.value = position;
    dialog.value = 'formula';
  };
  return { dialog, open, picture, formula, editPicture, editFormula };
}

/** What is open beside the text; `comment` begins one on what is selected. */
export function useSide() {
  const side = useSignal<Side>(null);
  const comment = () => {
    side.value = { is: 'comments', wanted: (side.value?.is === 'comments' ? side.value.wanted : 0) + 1 };
  };
  return { side, comment };
}

/** Nothing but the text: bars and people are hidden until Escape is pressed twice, or the way back is taken. */
export function useCalm() {
  const calm = useSignal(false);
  const setCalm = (wanted: boolean) => {
    calm.value = wanted;
    window.document.documentElement.classList.toggle('pad-calm', wanted);
    if (wanted) showToast(t('pad.calm.hint'));
  };
  useEffect(() => {
    let escapes = 0;
    const key = (event: KeyboardEvent) => {
      escapes = event.key === 'Escape' ? escapes + 1 : 0;
      if (escapes < 2 || !calm.peek()) return;
      escapes = 0;
      setCalm(false);
    };
    window.addEventListener('keydown', key);
    return () => {
      window.removeEventListener('keydown', key);
      window.document.documentElement.classList.remove('pad-calm');
    };
  }, []);
  return { calm, setCalm };
}

/** What an earlier visit could not send leaves by itself once the pad stands. */
export function useUnsentPictures(document: PadDocument): void {
  useEffect(() => {
    if (!writesText(document.cap)) return;
    void document.pictures();
    // Small, and wanted without a network, too.
    void import('./add-pictures.ts');
  }, [document]);
}

/** "Undo it" is what the banner says of something too large: it must help. */
export function useRecovery(document: PadDocument, editor: Editor): void {
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
export function useTitle(document: PadDocument): string {
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
