import type { VNode } from 'preact';
import { LANGUAGES, type Language, language, setLanguage, t } from '../i18n/index.ts';
import { IconButton } from '../ui/Button.tsx';
import type { IconName } from '../ui/icons.tsx';
import { Select } from '../ui/Select.tsx';
import { setTheme, THEMES, type Theme, theme } from './settings.ts';

const THEME_ICONS: Record<Theme, IconName> = { auto: 'auto', light: 'sun', dark: 'moon' };

/** The language of the page, each by its own name; in the header, narrow screens show its two letters. */
export function LanguageChooser({ inHeader = false }: { inHeader?: boolean }): VNode {
  const tags = Object.keys(LANGUAGES) as Language[];
  return (
    <Select
      label={t('shell.language')}
      labelHidden={inHeader}
      short={inHeader ? language.value.toUpperCase() : undefined}
      value={language.value}
      options={tags.map((tag) => ({ value: tag, text: LANGUAGES[tag], lang: tag }))}
      onChange={(tag) => void setLanguage(tag)}
    />
  );
}

/** One button that goes round: automatic, light, dark. */
export function ThemeButton(): VNode {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto';
  return (
    <IconButton
      icon={THEME_ICONS[theme.value]}
      label={t('shell.themeNow', { theme: t(`shell.theme.${theme.value}`) })}
      onClick={() => setTheme(next)}
    />
  );
}

/** The theme as a list, for menus. */
export function ThemeChooser(): VNode {
  return (
    <Select
      label={t('shell.theme')}
      value={theme.value}
      options={THEMES.map((value) => ({ value, text: t(`shell.theme.${value}`) }))}
      onChange={setTheme}
    />
  );
}
