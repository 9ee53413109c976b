import type { VNode } from 'preact';
import { t } from '../i18n/index.ts';
import { Button, IconButton } from './Button.tsx';
import { announcement, dismissToast, type Toast, toasts } from './toasts.ts';

function ToastLine({ toast }: { toast: Toast }): VNode {
  const { id, text, action } = toast;
  const act = (): void => {
    dismissToast(id);
    action?.run();
  };
  return (
    <li class="toast">
      <span>{text}</span>
      {action && (
        <Button kind="quiet" onClick={act}>
          {action.text}
        </Button>
      )}
      <IconButton icon="close" label={t('toast.dismiss')} onClick={() => dismissToast(id)} />
    </li>
  );
}

/** The place of the toasts and of what is only said. Once on a page; the shell's frames have it. */
export function Toasts(): VNode {
  return (
    <div class="toasts">
      <div aria-live="polite">
        <ul class="toast-list">
          {toasts.value.map((toast) => (
            <ToastLine key={toast.id} toast={toast} />
          ))}
        </ul>
      </div>
      <p aria-live="polite" class="visually-hidden">
        {announcement.value}
      </p>
    </div>
  );
}
