import type { Offer } from '@archipel/client/drop';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { plural, t } from '../../../i18n/index.ts';
import { type ErrorCode, ErrorPage } from '../../../shell/ErrorPage.tsx';
import { Page } from '../../../shell/Page.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { LinkCard } from '../../../ui/ShareDialog.tsx';
import { FileRows } from '../send/FileRows.tsx';
import { type MyDrop, openMine } from '../session/mine.ts';
import { pageOf } from '../session/opening.ts';
import { Facts } from './Facts.tsx';
import { Manage } from './Manage.tsx';
import { Mend } from './Mend.tsx';

type View = { at: 'opening' } | { at: 'open'; mine: MyDrop } | { at: 'stopped'; code: ErrorCode };

interface MineProps {
  /** The fragment of a link to own, which is one. */
  link: string;
  /** It was sent just now. */
  isNew: boolean;
}

/** The owner's page of a drop: its link to hand on, how it fares, and what its owner may do with it. */
export function Mine({ link, isNew }: MineProps): VNode {
  const [view, setView] = useState<View>({ at: 'opening' });
  const load = async (): Promise<void> => {
    const opened = await openMine(link, titleOf);
    setView(opened.ok ? { at: 'open', mine: opened.value } : { at: 'stopped', code: pageOf(opened.error) });
  };
  useEffect(() => void load(), [link]);
  if (view.at === 'stopped') return <ErrorPage code={view.code} onRetry={() => location.reload()} />;
  const heading = t(isNew ? 'drop.mine.sent' : 'drop.mine.title');
  return (
    <Page title={`${view.at === 'open' ? titleOf(view.mine.offer) : t('drop.mine.title')} – Archipel`}>
      <div class="drop-page">
        <header class="stack">
          <h1>
            {isNew && <Icon name="check" />}
            {heading}
          </h1>
          {view.at === 'opening' && <p role="status">{t('drop.mine.opening')}</p>}
        </header>
        {view.at === 'open' && <Opened mine={view.mine} reload={load} />}
      </div>
    </Page>
  );
}

/** What it is called in the list: the name of its file, or of the first and how many more. */
function titleOf({ manifest: { files } }: Offer): string {
  const name = files[0]?.name ?? '';
  return files.length === 1 ? name : plural('drop.title', files.length - 1, { name });
}

const warningOf = (isLocked: boolean): string => t(isLocked ? 'drop.mine.linkWarningLocked' : 'drop.mine.linkWarning');

function Opened({ mine, reload }: { mine: MyDrop; reload: () => Promise<void> }): VNode {
  const { manifest } = mine.offer;
  return (
    <>
      <section class="drop-card" aria-labelledby="link">
        <h2 id="link">{t('drop.mine.link')}</h2>
        <LinkCard link={mine.viewLink} label={t('drop.mine.link')} warning={warningOf} />
        <details class="drop-sees">
          <summary>{t('drop.mine.sees')}</summary>
          <p>{t('drop.mine.seesText')}</p>
        </details>
      </section>
      <Facts mine={mine} />
      <Mend mine={mine} reload={reload} />
      <Manage mine={mine} reload={reload} />
      <section class="stack" aria-labelledby="files">
        <h2 id="files">{plural('drop.files', manifest.files.length)}</h2>
        {manifest.message !== '' && <p class="drop-message">{manifest.message}</p>}
        <FileRows rows={manifest.files} />
      </section>
    </>
  );
}
