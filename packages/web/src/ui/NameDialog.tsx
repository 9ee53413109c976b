import type { VNode } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { NAME_MAX_LENGTH, ownName, setOwnName } from '../shell/settings.ts';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';

/** Asks for the name others see; keeps it in this browser (`ownName` in shell/settings.ts). */
export function NameDialog({ open, onClose }: { open: boolean; onClose: () => void }): VNode {
  const field = useId();
  const hint = useId();
  const input = useRef<HTMLInputElement>(null);
  const save = (event: Event): void => {
    event.preventDefault();
    setOwnName(input.current?.value ?? '');
    onClose();
  };
  return (
    <Dialog open={open} onClose={onClose} title={t('name.title')}>
      <form onSubmit={save} class="stack">
        <label for={field}>{t('name.label')}</label>
        <input
          ref={input}
          data-first
          id={field}
          class="field"
          maxLength={NAME_MAX_LENGTH}
          defaultValue={ownName.value}
          autocomplete="nickname"
          aria-describedby={hint}
        />
        <p id={hint} class="soft small">
          {t('name.hint')}
        </p>
        <footer class="dialog-actions">
          <Button kind="quiet" onClick={onClose}>
            {t('dialog.cancel')}
          </Button>
          <Button kind="primary" type="submit">
            {t('name.save')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
