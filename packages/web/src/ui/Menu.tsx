import type { ComponentChildren, VNode } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icons.tsx';

export interface MenuProps {
  /** The name of the button that opens it. */
  label: string;
  icon?: IconName;
  /** Seen on the button in the place of an icon; an ornament, `label` is the name. */
  face?: ComponentChildren;
  /** What is in the panel: `MenuItem`s, or settings of the page. */
  children: ComponentChildren;
}

const REACHABLE = 'a[href], button:not(:disabled), select, input';

/** Moves the focus to the next (or previous) thing in the panel, round and round. */
function moveFocus(panel: HTMLElement, step: 1 | -1): void {
  const items = [...panel.querySelectorAll<HTMLElement>(REACHABLE)];
  const here = items.indexOf(document.activeElement as HTMLElement);
  items[(here + step + items.length) % items.length]?.focus();
}

/** A button and the panel it discloses. Arrows move in it; Escape, Tab away and a click outside close it. */
export function Menu({ label, icon = 'more', face, children }: MenuProps): VNode {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const panel = useId();
  // With the panel itself, not after it is painted: Escape works as soon as there is something to close.
  useLayoutEffect(() => {
    if (!open) return;
    const here = root.current;
    const outside = (event: Event): void => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener('pointerdown', outside);
    addEventListener('focusin', outside);
    const close = (): void => {
      setOpen(false);
      here?.querySelector('button')?.focus();
    };
    // What an action opens (a dialog) gives the focus back to this button: the action itself is gone by then.
    const pick = (event: MouseEvent): void => {
      if (event.target instanceof Element && event.target.closest('.menu-panel button')) close();
    };
    const keys = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') close();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      // A list of choices takes the arrows for itself.
      if ((step === -1 && event.key !== 'ArrowUp') || event.target instanceof HTMLSelectElement) return;
      event.preventDefault();
      const list = here?.querySelector<HTMLElement>('.menu-panel');
      if (list) moveFocus(list, step);
    };
    here?.addEventListener('keydown', keys);
    here?.addEventListener('click', pick);
    return () => {
      here?.removeEventListener('keydown', keys);
      here?.removeEventListener('click', pick);
      removeEventListener('pointerdown', outside);
      removeEventListener('focusin', outside);
    };
  }, [open]);
  return (
    <div class="menu" ref={root}>
      <button
        type="button"
        class={face === undefined ? 'icon-button' : 'face-button'}
        aria-label={face === undefined ? label : undefined}
        title={label}
        aria-expanded={open}
        aria-controls={panel}
        onClick={() => setOpen(!open)}
      >
        {face ?? <Icon name={icon} />}
        {face !== undefined && <span class="visually-hidden">{label}</span>}
      </button>
      <div id={panel} class="menu-panel" hidden={!open}>
        {open && children}
      </div>
    </div>
  );
}

/** A line of a menu: an action (`onClick`) or a page (`href`). */
export function MenuItem(props: {
  icon?: IconName;
  href?: string;
  onClick?: () => void;
  children: ComponentChildren;
}): VNode {
  const content = (
    <>
      {props.icon && <Icon name={props.icon} />}
      <span>{props.children}</span>
    </>
  );
  if (props.href !== undefined) {
    return (
      <a class="menu-item" href={props.href}>
        {content}
      </a>
    );
  }
  return (
    <button type="button" class="menu-item" onClick={props.onClick}>
      {content}
    </button>
  );
}
