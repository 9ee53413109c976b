import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { applyLink, linkAtCaret, removeLink } from '../editor/link-edit.ts';
import { completeHref } from '../model/links.ts';

interface LinkDialogProps {
  editor: Editor;
  open: boolean;
  onClose: () => void;
  openLink: (href: string) => void;
}

/** Makes a link, changes it, opens it or takes it off: everything a keyboard needs, on Ctrl+K. */
export function LinkDialog({ editor, open, onClose, openLink }: LinkDialogProps): VNode {
  return (
    <Dialog open={open} onClose={onClose} title={t('pad.link.title')}>
      {open && <LinkForm editor={editor} onClose={onClose} openLink={openLink} />}
    </Dialog>
  );
}

function LinkForm({ editor, onClose, openLink }: Omit<LinkDialogProps, 'open'>): VNode {
  const known = linkAtCaret(editor);
  const needsText = known === undefined && editor.state.selection.empty;
  const [address, setAddress] = useState(known ?? '');
  const [words, setWords] = useState('');
  const [wrong, setWrong] = useState(false);
  const ids = { address: useId(), words: useId(), hint: useId() };
  const leave = (act: () => void) => {
    onClose();
    // The dialog gives the focus back to the text first, or the browser would take it away again.
    requestAnimationFrame(act);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const href = completeHref(address);
    setWrong(href === undefined);
    if (href !== undefined) leave(() => applyLink(editor, href, needsText ? words : ''));
  };
  return (
    <form class="stack" onSubmit={submit} noValidate>
      <label for={ids.address}>{t('pad.link.address')}</label>
      <input
        id={ids.address}
        data-first
        class="field"
        type="text"
        inputMode="url"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={address}
        aria-invalid={wrong}
        aria-describedby={ids.hint}
        onInput={(event) => setAddress(event.currentTarget.value)}
      />
      <p id={ids.hint} class={wrong ? 'pad-wrong small' : 'soft small'} role={wrong ? 'alert' : undefined}>
        {t(wrong ? 'pad.link.wrong' : 'pad.link.hint')}
      </p>
      {needsText && (
        <>
          <label for={ids.words}>{t('pad.link.words')}</label>
          <input
            id={ids.words}
            class="field"
            type="text"
            autocomplete="off"
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
        </>
      )}
      <footer class="dialog-actions">
        {known !== undefined && (
          <>
            <Button kind="quiet" onClick={() => leave(() => removeLink(editor))}>
              {t('pad.link.remove')}
            </Button>
            <Button kind="plain" onClick={() => openLink(known)}>
              {t('pad.link.open')}
            </Button>
          </>
        )}
        <Button kind="primary" type="submit">
          {t('pad.link.apply')}
        </Button>
      </footer>
    </form>
  );
}
