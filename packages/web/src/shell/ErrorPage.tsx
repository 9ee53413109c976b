import type { VNode } from 'preact';
import { type MessageKey, t } from '../i18n/index.ts';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Buoy } from '../ui/drawings/Buoy.tsx';
import { Icon } from '../ui/icons.tsx';
import { RemovalReason } from './moderation/RemovalReason.tsx';
import { Page } from './Page.tsx';

/** What can stop a person; each has `error.<code>.title`, `.what`, `.do` in the locales, and `.safe` where nothing is lost. */
export const ERROR_CODES = [
  'link_broken',
  'link_incomplete',
  'not_found',
  'expired',
  'deleted',
  'removed',
  'renewed',
  'downloads_spent',
  'upload_incomplete',
  'files_forged',
  'refused',
  'record_too_large',
  'disk_full',
  'version_newer',
  'host_unreachable',
  'rate_limited',
  'crowded',
  'storage_blocked',
  'forgotten',
  'page_not_found',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Where the person's text (or the document) is untouched, the page says so. */
const SAFE: Partial<Record<ErrorCode, MessageKey>> = {
  link_broken: 'error.link_broken.safe',
  link_incomplete: 'error.link_incomplete.safe',
  renewed: 'error.renewed.safe',
  refused: 'error.refused.safe',
  record_too_large: 'error.record_too_large.safe',
  disk_full: 'error.disk_full.safe',
  version_newer: 'error.version_newer.safe',
  host_unreachable: 'error.host_unreachable.safe',
  rate_limited: 'error.rate_limited.safe',
  crowded: 'error.crowded.safe',
  forgotten: 'error.forgotten.safe',
};

/** What happened, what to do, and that nothing is lost where it is true: to be shown inside a page, over a document. */
export function ErrorNotice({ code }: { code: ErrorCode }): VNode {
  const safe = SAFE[code];
  return (
    <div class="error-text">
      <h1>{t(`error.${code}.title`)}</h1>
      <p class="error-what">{t(`error.${code}.what`)}</p>
      <p>{t(`error.${code}.do`)}</p>
      {code === 'removed' && <RemovalReason />}
      {safe && (
        <p class="note note-good">
          <Icon name="check" />
          <span>
            <strong>{t('error.safe')}</strong> {t(safe)}
          </span>
        </p>
      )}
    </div>
  );
}

export interface ErrorPageProps {
  code: ErrorCode;
  onRetry?: () => void;
}

/** A whole page about a thing that stops everything. `onRetry` adds "Try again" where that can help. */
export function ErrorPage({ code, onRetry }: ErrorPageProps): VNode {
  return (
    <Page title={`${t(`error.${code}.title`)} – Archipel`}>
      <section class="error-page" data-code={code}>
        <div class="error-drawing">
          <Buoy />
        </div>
        <div>
          <ErrorNotice code={code} />
          <p class="row">
            {onRetry && (
              <Button kind="primary" onClick={onRetry}>
                {t('error.retry')}
              </Button>
            )}
            <ButtonLink kind={onRetry ? 'plain' : 'primary'} href="/">
              {t('error.home')}
            </ButtonLink>
            <ButtonLink kind="quiet" href="/documents" icon="documents">
              {t('error.documents')}
            </ButtonLink>
          </p>
        </div>
      </section>
    </Page>
  );
}
