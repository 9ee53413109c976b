import type { ComponentChildren, VNode } from 'preact';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/icons.tsx';
import { Toasts } from '../ui/Toasts.tsx';
import { Footer } from './Footer.tsx';
import { hostFacts } from './host.ts';
import { Logo } from './Logo.tsx';
import { LanguageChooser, ThemeButton } from './Preferences.tsx';
import { SkipLink } from './SkipLink.tsx';
import { usePageTitle } from './title.ts';

/** The frame of a page to read (portal, documents, errors): header, `children` in `<main>`, footer, toasts. */
export function Page({ title, children }: { title: string; children: ComponentChildren }): VNode {
  usePageTitle(title);
  return (
    <div class="page">
      <SkipLink />
      <header class="page-head">
        <Logo label={t('shell.home')} />
        <nav class="page-tools" aria-label={t('shell.menu')}>
          <a class="head-link" href="/documents">
            <Icon name="documents" />
            <span class="head-link-text">{t('shell.documents')}</span>
          </a>
          {hostFacts.value.portal === true && (
            <a class="head-link" href="/hosts">
              <Icon name="hosts" />
              <span class="head-link-text">{t('shell.hosts')}</span>
            </a>
          )}
          <LanguageChooser inHeader />
          <ThemeButton />
        </nav>
      </header>
      <main id="main" class="page-main" tabIndex={-1}>
        {children}
      </main>
      <Footer />
      <Toasts />
    </div>
  );
}
