import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { plural, t } from '../i18n/index.ts';
import { type HostPage, type HostsPage, hasRoom, loadHost, loadHosts } from '../network/hosts-page.ts';
import { Page } from '../shell/Page.tsx';
import { Icon } from '../ui/icons.tsx';
import { Directory } from './Directory.tsx';
import { Age, Kept } from './Kept.tsx';
import { OneHost } from './OneHost.tsx';

const AGAIN_MS = 15_000;

interface Asked<Answer> {
  /** Undefined: not asked yet; null: no answer, ever. Later failures keep what was known. */
  page: Answer | null | undefined;
  /** The last question had no answer. */
  isOld: boolean;
}

function useAsked<Answer>(ask: () => Promise<Answer | undefined>): Asked<Answer> {
  const [known, setKnown] = useState<Asked<Answer>>({ page: undefined, isOld: false });
  useEffect(() => {
    const look = async (): Promise<void> => {
      if (document.visibilityState === 'hidden') return;
      const answer = await ask();
      setKnown((before) => ({ page: answer ?? before.page ?? null, isOld: answer === undefined }));
    };
    void look();
    const timer = setInterval(() => void look(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [ask]);
  return known;
}

function Nothing({ words }: { words: string }): VNode {
  return (
    <p class="note note-warn" role="alert">
      <Icon name="warning" />
      <span>{words}</span>
    </p>
  );
}

function All(): VNode {
  const { page, isOld } = useAsked<HostsPage>(loadHosts);
  const hosts = page?.hosts ?? [];
  const open = hosts.filter(hasRoom).length;
  return (
    <Page title={t('hosts.pageTitle')}>
      <div class="hosts-page">
        <header class="stack">
          <h1>{t('hosts.title')}</h1>
          <p class="lead">{t('hosts.lead')}</p>
          {hosts.length > 0 && (
            <p class="hosts-state">{open > 0 ? plural('where.state', hosts.length, { open }) : t('where.full')}</p>
          )}
        </header>
        {page === undefined && <p role="status">{t('hosts.loading')}</p>}
        {page === null && <Kept nothing={<Nothing words={t('hosts.unreachable')} />} />}
        {page && isOld && <Age atMs={page.at} />}
        {page && <Directory page={page} />}
      </div>
    </Page>
  );
}

function One({ id }: { id: string }): VNode {
  const [ask] = useState(() => () => loadHost(id));
  const { page, isOld } = useAsked<HostPage>(ask);
  return (
    <Page title={page ? t('hosts.pageTitleOf', { name: page.host.name }) : t('hosts.pageTitle')}>
      <div class="hosts-page">
        <p>
          <a href="/hosts">{t('hosts.all')}</a>
        </p>
        {page === undefined && <p role="status">{t('hosts.loading')}</p>}
        {page === null && <Kept id={id} nothing={<Nothing words={t('hosts.unknown')} />} />}
        {page && isOld && <Age atMs={page.at} />}
        {page && <OneHost page={page} />}
      </div>
    </Page>
  );
}

/** `/hosts` is the list, `/hosts?host=<id>` one of them. */
export function Hosts(): VNode {
  const id = new URLSearchParams(location.search).get('host') ?? '';
  return /^[0-9a-f]{40}$/.test(id) ? <One id={id} /> : <All />;
}
