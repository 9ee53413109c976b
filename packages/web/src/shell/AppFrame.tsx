import type { ComponentChildren, VNode } from 'preact';
import { t } from '../i18n/index.ts';
import { Menu, MenuItem } from '../ui/Menu.tsx';
import { Toasts } from '../ui/Toasts.tsx';
import { hostFacts } from './host.ts';
import { Logo } from './Logo.tsx';
import { LanguageChooser, ThemeChooser } from './Preferences.tsx';
import { SkipLink } from './SkipLink.tsx';
import { usePageTitle } from './title.ts';

export interface AppFrameProps {
  /** The name of the tab: the document's title. */
  title: string;
  /** Beside the logo: the title of the document (a heading or a field). */
  heading: ComponentChildren;
  /** Beside the heading: the state pill. */
  status?: ComponentChildren;
  /** At the end of the header: people, share button. */
  actions?: ComponentChildren;
  /** `MenuItem`s of the tool, above the settings in the header's menu. */
  menu?: ComponentChildren;
  children: ComponentChildren;
}

/** The frame of a tool at work: one low header that gives the room to the document, `children` in `<main>`, toasts. */
export function AppFrame({ title, heading, status, actions, menu, children }: AppFrameProps): VNode {
  usePageTitle(title);
  return (
    <div class="app-frame">
      <SkipLink />
      <header class="app-head">
        <Logo label={t('shell.home')} />
        <div class="app-heading">
          {heading}
          {status}
        </div>
        <div class="app-actions">
          {actions}
          <Menu label={t('shell.menu')} icon="menu">
            {menu}
            <MenuItem icon="documents" href="/documents">
              {t('shell.documents')}
            </MenuItem>
            {hostFacts.value.portal === true && (
              <MenuItem icon="hosts" href="/hosts">
                {t('shell.hosts')}
              </MenuItem>
            )}
            <div class="menu-settings">
              <LanguageChooser />
              <ThemeChooser />
            </div>
          </Menu>
        </div>
      </header>
      <main id="main" class="app-main" tabIndex={-1}>
        {children}
      </main>
      <Toasts />
    </div>
  );
}
