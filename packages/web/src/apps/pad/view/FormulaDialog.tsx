import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { cleanTex, FORMULA, TEX_MAX_LENGTH } from '../model/formula.ts';
import { drawFormula } from './draw-formula.ts';

interface FormulaDialogProps {
  editor: Editor;
  open: boolean;
  onClose: () => void;
  /** where the formula stands that is changed; undefined for a new one */
  position: number | undefined;
}

/** Asks for a formula in TeX, and shows it as it will look. */
export function FormulaDialog({ editor, open, onClose, position }: FormulaDialogProps): VNode {
  return (
    <Dialog open={open} onClose={onClose} title={t('pad.formula.title')}>
      {open && <FormulaForm editor={editor} onClose={onClose} position={position} />}
    </Dialog>
  );
}

function FormulaForm({ editor, onClose, position }: Omit<FormulaDialogProps, 'open'>): VNode {
  const node = position === undefined ? null : editor.state.doc.nodeAt(position);
  const known = node?.type.name === FORMULA ? node : undefined;
  const [tex, setTex] = useState(cleanTex(known?.attrs.tex));
  const preview = useRef<HTMLDivElement>(null);
  const ids = { tex: useId(), hint: useId() };
  useEffect(() => {
    if (preview.current !== null) drawFormula(preview.current, cleanTex(tex));
  }, [tex]);
  const submit = (event: Event) => {
    event.preventDefault();
    const wanted = cleanTex(tex);
    onClose();
    requestAnimationFrame(() => {
      if (known !== undefined && position !== undefined) {
        // Somebody else may have moved it meanwhile.
        if (editor.state.doc.nodeAt(position)?.type.name !== FORMULA) return;
        const { tr } = editor.state;
        editor.view.dispatch(
          wanted === '' ? tr.delete(position, position + 1) : tr.setNodeAttribute(position, 'tex', wanted),
        );
      } else if (wanted !== '')
        editor
          .chain()
          .focus()
          .insertContent({ type: FORMULA, attrs: { tex: wanted } })
          .run();
    });
  };
  return (
    <form class="stack" onSubmit={submit}>
      <label for={ids.tex}>{t('pad.formula.tex')}</label>
      <textarea
        id={ids.tex}
        data-first
        class="field pad-picture-alt"
        rows={2}
        maxLength={TEX_MAX_LENGTH}
        autocapitalize="off"
        spellcheck={false}
        aria-describedby={ids.hint}
        value={tex}
        onInput={(event) => setTex(event.currentTarget.value)}
      />
      <p id={ids.hint} class="soft small">
        {t('pad.formula.hint')}
      </p>
      <div ref={preview} class="pad-formula-preview" role="img" aria-label={t('pad.formula.preview')} />
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
