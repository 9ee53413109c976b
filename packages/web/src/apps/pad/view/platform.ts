import { t } from '../../../i18n/index.ts';
import type { KeyWords } from '../editor/shortcuts.ts';

/** Whether shortcuts go with Command instead of Control. */
export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** The names of the keys in the person's language. */
export function keyWords(): KeyWords {
  return {
    control: t('pad.key.control'),
    shift: t('pad.key.shift'),
    alt: t('pad.key.alt'),
    enter: t('pad.key.enter'),
    escape: t('pad.key.escape'),
  };
}
