import type { VNode } from 'preact';
import { t } from '../i18n/index.ts';
import { Contact } from '../shell/Contact.tsx';
import { ErrorPage } from '../shell/ErrorPage.tsx';
import { pageOfLink } from '../shell/fragment.ts';
import { hostFacts } from '../shell/host.ts';
import { ReportForm } from '../shell/moderation/ReportForm.tsx';
import { Page } from '../shell/Page.tsx';

/** Tells the people of this host of a page that it publishes: who reads one comes here by the link at its foot. */
export function ReportPage(): VNode {
  const pageId = pageOfLink();
  if (pageId === null) return <ErrorPage code="page_not_found" />;
  const path = `/p/${pageId}`;
  const { contact } = hostFacts.value;
  return (
    <Page title={t('report.pageTitle')}>
      <div class="report-page">
        <h1>{t('report.page')}</h1>
        <p class="report-address">
          {t('report.pageAddress')} <a href={path}>{location.origin + path}</a>
        </p>
        <ReportForm
          hosts={[{ url: location.origin }]}
          docId={pageId}
          leave={{ href: path, words: t('report.pageBack') }}
        />
        {contact !== undefined && (
          <p class="soft small">
            {t('report.write')} <Contact contact={contact} />
          </p>
        )}
      </div>
    </Page>
  );
}
