import '../../style/side.css';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { t } from '../../../../i18n/index.ts';
import { IconButton } from '../../../../ui/Button.tsx';
import { Dialog } from '../../../../ui/Dialog.tsx';
import { BESIDE } from '../beside.ts';

interface SidePanelProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** Beside the text, which can be written in meanwhile; on narrow screens a dialog over it. */
export function SidePanel({ title, onClose, children }: SidePanelProps): VNode {
  const heading = useId();
  const isBeside = useMatch(BESIDE);
  if (!isBeside) {
    return (
      <Dialog open onClose={onClose} title={title} wide>
        <div class="pad-side-body">{children}</div>
      </Dialog>
    );
  }
  return (
    <aside
      class="pad-side"
      aria-labelledby={heading}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header class="pad-side-head">
        <h2 id={heading}>{title}</h2>
        <IconButton icon="close" label={t('dialog.close')} onClick={onClose} />
      </header>
      <div class="pad-side-body">{children}</div>
    </aside>
  );
}

function useMatch(query: string): boolean {
  const [matches, setMatches] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const list = window.matchMedia(query);
    const read = (): void => setMatches(list.matches);
    list.addEventListener('change', read);
    return () => list.removeEventListener('change', read);
  }, [query]);
  return matches;
}
