import type { ComponentChildren, VNode } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { IconButton } from './Button.tsx';
import { putBySelection } from './put-by-selection.ts';

export interface DialogProps {
  open: boolean;
  /** Called for Escape, the close button and a click outside. The owner then sets `open` to false. */
  onClose: () => void;
  title: string;
  children: ComponentChildren;
  /** Takes all the room there is. */
  wide?: boolean;
  /** Buttons at the foot. */
  actions?: ComponentChildren;
}

/**
 * A modal dialog on the browser's own `<dialog>`: it keeps the focus inside, makes the rest inert, closes on Escape and
 * gives the focus back to what opened it. The element with `data-first`, where there is one, has the focus at first.
 */
export function Dialog({ open, onClose, title, children, actions, wide = false }: DialogProps): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const giveBack = useRef<() => void>(undefined);
  const heading = useId();
  // Before the next frame: who acts on the text after closing finds the focus back in it.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null || open === element.open) return;
    if (!open) {
      giveBack.current?.();
      return element.close();
    }
    giveBack.current = putBySelection();
    element.showModal();
    element.querySelector<HTMLElement>('[data-first]')?.focus();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      class={`dialog ${wide ? 'dialog-wide' : ''}`}
      aria-labelledby={heading}
      closedby="any"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {open && (
        <div class="dialog-body">
          <header class="dialog-head">
            <h2 id={heading}>{title}</h2>
            <IconButton icon="close" label={t('dialog.close')} onClick={onClose} />
          </header>
          {children}
          {actions && <footer class="dialog-actions">{actions}</footer>}
        </div>
      )}
    </dialog>
  );
}
