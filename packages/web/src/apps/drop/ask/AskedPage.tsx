import type { OwnRequest } from '@archipel/client/inbox';
import type { ErrorName, Result } from '@archipel/protocol';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { sizeInWords } from '../../../i18n/amounts.ts';
import { dateInWords } from '../../../i18n/dates.ts';
import { plural, t } from '../../../i18n/index.ts';
import { ErrorPage } from '../../../shell/ErrorPage.tsx';
import { linkTo } from '../../../shell/fragment.ts';
import { Page } from '../../../shell/Page.tsx';
import { Button, ButtonLink } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Select } from '../../../ui/Select.tsx';
import { LinkCard } from '../../../ui/ShareDialog.tsx';
import { announce } from '../../../ui/toasts.ts';
import { drop as meta } from '../meta.ts';
import { pageOf } from '../session/opening.ts';
import { Refused } from './AskForm.tsx';
import { AFTER_DAYS, allBytesChoices, mostDays, openChoices } from './choices.ts';
import { Asked, isElsewhere, type Sent } from './own.ts';
import { type Obstacle, obstacleOf } from './words.ts';

const DAY_S = 86_400;
const SECOND_MS = 1000;
const nowSeconds = (): number => Math.floor(Date.now() / SECOND_MS);

type View = { at: 'opening' } | { at: 'open'; asked: Asked } | { at: 'stopped'; error: ErrorName };

/** The page of whoever asked for files. `link`: the fragment of the link to own. */
export function AskedPage({ link }: { link: string }): VNode {
  const [view, setView] = useState<View>({ at: 'opening' });
  useEffect(() => {
    let asked: Asked | undefined;
    void Asked.open(link).then((opened) => {
      setView(opened.ok ? { at: 'open', asked: opened.value } : { at: 'stopped', error: opened.error });
      if (opened.ok) asked = opened.value;
      void asked?.follow();
    });
    return () => asked?.stop();
  }, [link]);
  if (view.at === 'stopped') return <ErrorPage code={pageOf(view.error)} onRetry={() => location.reload()} />;
  if (view.at === 'opening')
    return (
      <Page title={`${t('ask.title')} – Archipel`}>
        <p role="status">{t('drop.mine.opening')}</p>
      </Page>
    );
  const own = view.asked.own.value as OwnRequest;
  return (
    <Page title={`${own.request.title} – Archipel`}>
      <div class="drop-page">
        <header class="stack">
          <h1>{own.request.title}</h1>
          <State own={own} />
        </header>
        <SentList asked={view.asked} />
        <section class="drop-card" aria-labelledby="ask-link">
          <h2 id="ask-link">{t('ask.link')}</h2>
          <LinkCard
            link={view.asked.fillLink}
            label={t('ask.link')}
            warning={(isLocked) => t(isLocked ? 'ask.linkWarningLocked' : 'ask.linkWarning')}
          />
        </section>
        <Manage asked={view.asked} />
      </div>
    </Page>
  );
}

const isClosed = ({ header }: OwnRequest): boolean => header.closes <= nowSeconds();

function State({ own }: { own: OwnRequest }): VNode {
  const { closes, expiry } = own.header;
  const key = isClosed(own) ? 'ask.isClosed' : 'ask.isOpen';
  return (
    <p class="lead">
      {t(key, { until: dateInWords(closes * SECOND_MS) })}{' '}
      {t('ask.keptUntil', { until: dateInWords(expiry * SECOND_MS) })}
    </p>
  );
}

function SentList({ asked }: { asked: Asked }): VNode {
  const items = asked.items.value;
  const trouble = asked.trouble.value;
  const here = items.filter(({ state }) => state === 'here');
  const heading = here.length === 0 ? t('ask.nothingYet') : plural('ask.sent', here.length);
  useEffect(() => announce(heading), [heading]);
  return (
    <section class="drop-card" aria-labelledby="ask-sent">
      <h2 id="ask-sent">{heading}</h2>
      {trouble !== undefined && <Refused obstacle={obstacleOf(trouble)} />}
      {items.length === 0 && <p class="soft">{t('ask.nothingYetText')}</p>}
      <Room asked={asked} />
      <ul class="ask-list">
        {[...items].reverse().map((item) => (
          <li key={item.number} class={`ask-item is-${item.state}`} data-number={item.number}>
            <SentItem
              item={item}
              own={asked.own.value as OwnRequest}
              isElsewhere={isElsewhere(item, asked.counted.value)}
              onDelete={() => asked.remove(item.number)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How much of the room that everybody has together is taken. */
function Room({ asked }: { asked: Asked }): VNode | null {
  const counted = asked.counted.value;
  const { drops } = (asked.own.value as OwnRequest).header;
  if (counted === null || drops === undefined || (counted.bytes === 0 && drops.all === 0)) return null;
  const [size, most] = [sizeInWords(counted.bytes), sizeInWords(drops.all)];
  return <p class="soft small">{drops.all === 0 ? t('ask.room', { size }) : t('ask.roomOf', { size, most })}</p>;
}

interface SentItemProps {
  item: Sent;
  own: OwnRequest;
  isElsewhere: boolean;
  onDelete: () => Promise<Result<unknown>>;
}

function SentItem({ item, own, isElsewhere, onDelete }: SentItemProps): VNode {
  const { number, time, state, content } = item;
  const [obstacle, setObstacle] = useState<Obstacle | null>(null);
  const when = dateInWords(time * SECOND_MS);
  const name = content === undefined || content.name === '' ? t('ask.nobody') : content.name;
  const remove = async (): Promise<void> => {
    const removed = await onDelete();
    if (!removed.ok) setObstacle(obstacleOf(removed.error));
  };
  if (state !== 'here')
    return <p class="soft">{t(state === 'withdrawn' ? 'ask.withdrawn' : 'ask.deleted', { number, when })}</p>;
  return (
    <>
      <div class="ask-who">
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <span class="soft small">
          {content === undefined
            ? t('ask.unreadable', { when })
            : t('ask.facts', { files: plural('ask.files', content.files), size: sizeInWords(content.bytes), when })}
        </span>
        {content !== undefined && isMore(content, own) && <span class="small ask-more">{t('ask.isMore')}</span>}
        {isElsewhere && <span class="small ask-more">{t('ask.isElsewhere')}</span>}
      </div>
      <p class="row">
        {content !== undefined && (
          <ButtonLink kind="plain" icon="save" href={linkTo(meta.path, content.link)}>
            {t('ask.take')}
          </ButtonLink>
        )}
        <Button kind="quiet" icon="remove" aria-label={t('ask.deleteOf', { name })} onClick={() => void remove()}>
          {t('ask.delete')}
        </Button>
      </p>
      {obstacle !== null && <Refused obstacle={obstacle} />}
    </>
  );
}

/** ASK-2: what the page of whoever sends should have kept to. */
function isMore({ files, bytes, name }: NonNullable<Sent['content']>, { request }: OwnRequest): boolean {
  const { maxFiles, maxBytes, asksName } = request;
  return (maxFiles > 0 && files > maxFiles) || (maxBytes > 0 && bytes > maxBytes) || (asksName && name === '');
}

function Manage({ asked }: { asked: Asked }): VNode {
  const own = asked.own.value as OwnRequest;
  const [days, setDays] = useState('7');
  const { drops } = own.header;
  const [all, setAll] = useState(String(drops?.all ?? 0));
  const [obstacle, setObstacle] = useState<Obstacle | null>(null);
  const [isEnding, setEnding] = useState(false);
  const attempt = async (work: Promise<Result<void>>): Promise<boolean> => {
    const done = await work;
    setObstacle(done.ok ? null : obstacleOf(done.error));
    return done.ok;
  };
  const extend = (): Promise<boolean> => {
    const closes = nowSeconds() + Number(days) * DAY_S;
    const expiry = nowSeconds() + Math.min(Number(days) + AFTER_DAYS, mostDays()) * DAY_S;
    return attempt(asked.change({ closes, expiry: Math.max(expiry, own.header.expiry) }));
  };
  const end = async (): Promise<void> => {
    const isEnded = await attempt(asked.end());
    setEnding(false);
    if (isEnded) location.replace('/documents');
  };
  return (
    <section class="drop-card" aria-labelledby="ask-manage">
      <h2 id="ask-manage">{t('ask.manage')}</h2>
      <div class="row drop-selects">
        <Select label={t('ask.openFor')} value={days} options={openChoices()} onChange={setDays} />
        <Button onClick={() => void extend()}>{t(isClosed(own) ? 'ask.reopen' : 'ask.extend')}</Button>
        {!isClosed(own) && (
          <Button onClick={() => void attempt(asked.change({ closes: nowSeconds() }))}>{t('ask.close')}</Button>
        )}
      </div>
      {drops !== undefined && (
        <div class="row drop-selects">
          <Select label={t('ask.allBytesLabel')} value={all} options={allBytesChoices()} onChange={setAll} />
          <Button onClick={() => void attempt(asked.change({ allBytes: Number(all) }))}>{t('ask.setSize')}</Button>
        </div>
      )}
      {obstacle !== null && <Refused obstacle={obstacle} />}
      <p class="row">
        <Button kind="danger" icon="remove" onClick={() => setEnding(true)}>
          {t('ask.end')}
        </Button>
      </p>
      <Dialog
        open={isEnding}
        onClose={() => setEnding(false)}
        title={t('ask.endTitle')}
        actions={
          <>
            <Button kind="quiet" onClick={() => setEnding(false)}>
              {t('dialog.cancel')}
            </Button>
            <Button kind="danger" onClick={() => void end()}>
              {t('ask.endYes')}
            </Button>
          </>
        }
      >
        <p>{t('ask.endText')}</p>
      </Dialog>
    </section>
  );
}
