import { t } from '../../../i18n/index.ts';
import type { CalloutNames } from '../model/callouts.ts';

/** In the person's language. */
export const calloutNames = (): CalloutNames => ({
  note: t('pad.callout.note'),
  tip: t('pad.callout.tip'),
  warning: t('pad.callout.warning'),
});
