import type { ButtonHTMLAttributes, ComponentChildren, VNode } from 'preact';
import { Icon, type IconName } from './icons.tsx';

export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger';

interface Look {
  kind?: ButtonKind;
  icon?: IconName;
  /** Only the icon is seen on narrow screens; the words stay its name. */
  shrinks?: boolean;
  children: ComponentChildren;
}

/** A button with words. `kind` says how much it calls: one `primary` on a page at most. */
export function Button({
  kind = 'plain',
  icon,
  shrinks = false,
  children,
  class: more = '',
  ...rest
}: Look & ButtonHTMLAttributes): VNode {
  return (
    <button type="button" {...rest} class={`button button-${kind} ${shrinks ? 'button-shrinks' : ''} ${more}`}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

/** A link that looks like a button, for what opens another page. */
export function ButtonLink({
  kind = 'plain',
  icon,
  children,
  href,
  onClick,
}: Omit<Look, 'shrinks'> & { href: string; onClick?: (event: MouseEvent) => void }): VNode {
  return (
    <a href={href} onClick={onClick} class={`button button-${kind}`}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </a>
  );
}

/** A button with an icon only; `label` is its name for everybody who does not see the icon, and its tooltip. */
export function IconButton({
  icon,
  label,
  class: more = '',
  ...rest
}: { icon: IconName; label: string } & ButtonHTMLAttributes): VNode {
  return (
    <button type="button" aria-label={label} title={label} {...rest} class={`icon-button ${more}`}>
      <Icon name={icon} />
    </button>
  );
}
