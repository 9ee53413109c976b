import type { VNode } from 'preact';
import { t } from '../../i18n/index.ts';
import { AppFrame } from '../../shell/AppFrame.tsx';
import { start } from '../../shell/start.tsx';

const Pad = (): VNode => (
  <AppFrame title={t('tool.pad.name')} heading={<h1>{t('tool.pad.name')}</h1>}>
    <p>{t('tool.pad.summary')}</p>
  </AppFrame>
);

await start(Pad);
