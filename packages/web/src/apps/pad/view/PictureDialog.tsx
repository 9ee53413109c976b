import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { PICTURE, PICTURE_WIDTH_MAX, PICTURE_WIDTH_MIN, pictureWidth } from '../model/pictures.ts';

const ALT_MAX_LENGTH = 1000;

interface PictureDialogProps {
  editor: Editor;
  open: boolean;
  onClose: () => void;
  /** where the picture stands */
  position: number;
}

/** Asks what is to be seen on a picture, for who does not see it, and how wide it is. */
export function PictureDialog({ editor, open, onClose, position }: PictureDialogProps): VNode {
  return (
    <Dialog open={open} onClose={onClose} title={t('pad.picture.title')}>
      {open && <PictureForm editor={editor} onClose={onClose} position={position} />}
    </Dialog>
  );
}

function PictureForm({ editor, onClose, position }: Omit<PictureDialogProps, 'open'>): VNode {
  const node = editor.state.doc.nodeAt(position);
  const known = node?.type.name === PICTURE ? node : undefined;
  const [alt, setAlt] = useState(String(known?.attrs.alt ?? ''));
  const [width, setWidth] = useState(pictureWidth(known?.attrs.width));
  const ids = { alt: useId(), hint: useId(), width: useId() };
  const submit = (event: Event) => {
    event.preventDefault();
    onClose();
    requestAnimationFrame(() => {
      // Somebody else may have moved or removed it meanwhile.
      const now = whereIs(editor, known?.attrs.id, position);
      if (now === undefined) return;
      const { tr } = editor.state;
      editor.view.dispatch(tr.setNodeAttribute(now, 'alt', alt.trim()).setNodeAttribute(now, 'width', width));
    });
  };
  return (
    <form class="stack" onSubmit={submit}>
      <label for={ids.alt}>{t('pad.picture.alt')}</label>
      <textarea
        id={ids.alt}
        data-first
        class="field pad-picture-alt"
        rows={3}
        maxLength={ALT_MAX_LENGTH}
        aria-describedby={ids.hint}
        value={alt}
        onInput={(event) => setAlt(event.currentTarget.value)}
      />
      <p id={ids.hint} class="soft small">
        {t('pad.picture.altHint')}
      </p>
      <label for={ids.width}>{t('pad.picture.width')}</label>
      <div class="pad-picture-width">
        <input
          id={ids.width}
          type="range"
          min={PICTURE_WIDTH_MIN}
          max={PICTURE_WIDTH_MAX}
          step={5}
          value={width}
          onInput={(event) => setWidth(pictureWidth(Number(event.currentTarget.value)))}
        />
        <output for={ids.width}>{t('pad.picture.percent', { percent: width })}</output>
      </div>
      <footer class="dialog-actions">
        <Button kind="quiet" onClick={onClose}>
          {t('dialog.cancel')}
        </Button>
        <Button kind="primary" type="submit">
          {t('pad.link.apply')}
        </Button>
      </footer>
    </form>
  );
}

function whereIs({ state }: Editor, id: unknown, guess: number): number | undefined {
  if (state.doc.nodeAt(guess)?.attrs.id === id) return guess;
  let found: number | undefined;
  state.doc.descendants((node, position) => {
    if (node.type.name === PICTURE && node.attrs.id === id) found = position;
    return found === undefined;
  });
  return found;
}
