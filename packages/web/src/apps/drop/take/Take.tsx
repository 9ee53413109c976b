import './take.css';
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import type { ErrorCode } from '../../../shell/ErrorPage.tsx';
import { ErrorPage } from '../../../shell/ErrorPage.tsx';
import { Page } from '../../../shell/Page.tsx';
import { pageOf } from '../session/opening.ts';
import type { OpenedDrop } from './model/opened-drop.ts';
import { openTake } from './session/open.ts';
import { Offered } from './view/Offered.tsx';

type Step = { at: 'opening' } | { at: 'stopped'; code: ErrorCode } | { at: 'open'; drop: OpenedDrop };

const MAY_PASS: readonly ErrorCode[] = ['host_unreachable', 'rate_limited', 'crowded', 'upload_incomplete'];

/** What a drop holds, and how to take it. `link`: the fragment of a link to view, which is one. */
export function Take({ link }: { link: string }): VNode {
  const step = useMemo(() => signal<Step>({ at: 'opening' }), []);
  useEffect(() => {
    void openTake(link, location.origin).then((opened) => {
      step.value = opened.ok ? { at: 'open', drop: opened.value } : { at: 'stopped', code: pageOf(opened.error) };
    });
  }, []);
  const now = step.value;
  if (now.at === 'open') return <Offered drop={now.drop} link={link} />;
  if (now.at === 'stopped') {
    return <ErrorPage code={now.code} {...(MAY_PASS.includes(now.code) && { onRetry: () => location.reload() })} />;
  }
  return (
    <Page title={`${t('drop.take.title')} – Archipel`}>
      <div class="take-page">
        <h1>{t('drop.take.title')}</h1>
        <p class="soft" role="status">
          {t('drop.take.opening')}
        </p>
      </div>
    </Page>
  );
}
