import type { VNode } from 'preact';
import { t } from '../i18n/index.ts';

/** Leads the keyboard past the header. The address is left alone: what follows its `#` is the key of the document. */
export function SkipLink(): VNode {
  return (
    // biome-ignore lint/a11y/useValidAnchor: it leads to a place of this page, as a link does; only the address must stay.
    <a
      class="skip"
      href="#main"
      onClick={(event) => {
        event.preventDefault();
        document.querySelector<HTMLElement>('#main')?.focus();
      }}
    >
      {t('shell.skip')}
    </a>
  );
}
