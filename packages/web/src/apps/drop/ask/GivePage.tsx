import type { KeptDelivery } from '@archipel/client/storage';
import { type ErrorName, MAX_FILES, MAX_SENDER_NAME_BYTES } from '@archipel/protocol';
import type { VNode } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import type { ChosenFile } from '../../../files/chosen.ts';
import { sizeInWords } from '../../../i18n/amounts.ts';
import { dateInWords } from '../../../i18n/dates.ts';
import { plural, t } from '../../../i18n/index.ts';
import { ErrorPage } from '../../../shell/ErrorPage.tsx';
import { hostFacts } from '../../../shell/host.ts';
import { Page } from '../../../shell/Page.tsx';
import { ownName, setOwnName } from '../../../shell/settings.ts';
import { Button } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { showToast } from '../../../ui/toasts.ts';
import { dropNames } from '../model/names.ts';
import { Chooser } from '../send/Chooser.tsx';
import { FileRows } from '../send/FileRows.tsx';
import { Going } from '../send/Going.tsx';
import { UnfinishedList } from '../send/UnfinishedList.tsx';
import { keepAwake } from '../session/keeping-awake.ts';
import { pageOf } from '../session/opening.ts';
import { prepare, type Started, startSending, takeUp } from '../session/send.ts';
import { Refused } from './AskForm.tsx';
import { deliverKept, type Given, idOf, newAnswer, openGiven, sentBefore } from './give.ts';
import { Receipts } from './Receipts.tsx';
import { type Obstacle, obstacleOf } from './words.ts';

const DAY_S = 86_400;
const SECOND_MS = 1000;
const DEFAULT_DROP_DAYS = 7;

type View = { at: 'opening' } | { at: 'open'; given: Given } | { at: 'stopped'; error: ErrorName };

/** The page of whoever was asked for files. `link`: the fragment of the link to fill. */
export function GivePage({ link }: { link: string }): VNode {
  const [view, setView] = useState<View>({ at: 'opening' });
  useEffect(() => {
    void openGiven(link).then((opened) =>
      setView(opened.ok ? { at: 'open', given: opened.value } : { at: 'stopped', error: opened.error }),
    );
  }, [link]);
  if (view.at === 'stopped') return <ErrorPage code={pageOf(view.error)} onRetry={() => location.reload()} />;
  if (view.at === 'opening')
    return (
      <Page title={`${t('give.title')} – Archipel`}>
        <p role="status">{t('drop.mine.opening')}</p>
      </Page>
    );
  return <Opened given={view.given} />;
}

function Opened({ given }: { given: Given }): VNode {
  const { request, header } = given.asked;
  const [receipts, setReceipts] = useState<readonly KeptDelivery[]>([]);
  const [obstacle, setObstacle] = useState<Obstacle | null>(null);
  const isOver = header.closes <= Math.floor(Date.now() / SECOND_MS);
  const hand = async (one: KeptDelivery): Promise<void> => {
    setReceipts((before) => [one, ...before.filter(({ id }) => id !== one.id)]);
    const delivered = await deliverKept(given, one);
    setObstacle(delivered.ok ? null : obstacleOf(delivered.error));
    if (delivered.ok) setReceipts((before) => before.map((other) => (other.id === one.id ? delivered.value : other)));
  };
  useEffect(() => {
    void sentBefore(given).then((before) => {
      setReceipts(before);
      // A tab that was closed in between.
      for (const one of before.filter(({ delivered }) => delivered === undefined)) void hand(one);
    });
  }, [given]);
  return (
    <Page title={`${request.title} – Archipel`}>
      <div class="drop-page">
        <header class="stack">
          <p class="soft">{t('give.kicker')}</p>
          <h1>{request.title}</h1>
          {request.text !== '' && <p class="drop-message">{request.text}</p>}
          <p class="soft small">
            {t(isOver ? 'ask.isClosed' : 'give.until', { until: dateInWords(header.closes * SECOND_MS) })}
          </p>
        </header>
        <Receipts
          given={given}
          receipts={receipts}
          onGone={(id) => setReceipts(receipts.filter((other) => other.id !== id))}
          onAgain={(one) => void hand(one)}
        />
        {obstacle !== null && <Refused obstacle={obstacle} />}
        {isOver ? (
          <p class="note note-warn">
            <Icon name="warning" />
            <span>{t('ask.refused.closed')}</span>
          </p>
        ) : (
          <Form given={given} onKept={(one) => void hand(one)} />
        )}
      </div>
    </Page>
  );
}

interface FormProps {
  given: Given;
  onKept: (one: KeptDelivery) => void;
}

function Form({ given, onKept }: FormProps): VNode {
  const [files, setFiles] = useState<readonly ChosenFile[]>([]);
  const [name, setName] = useState(ownName.value ?? '');
  const [started, setStarted] = useState<Started | null>(null);
  const [isBusy, setBusy] = useState(false);
  const { request, header } = given.asked;
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const names = dropNames(files.map(({ path }) => path));
  const obstacle = obstacleIn(given, files.length, total, name.trim());
  useSent(started, (one) => {
    setStarted(null);
    setFiles([]);
    if (one !== undefined) onKept(one);
  });
  const send = async (): Promise<void> => {
    setBusy(true);
    try {
      const { outgoing } = await prepare({ files, isCleaned: false }, () => undefined);
      if (request.asksName) setOwnName(name.trim());
      const days = hostFacts.value.files?.maxDays ?? DEFAULT_DROP_DAYS;
      const expiry = Math.min(header.expiry, Math.floor(Date.now() / SECOND_MS) + days * DAY_S);
      const wish = { files, message: '', expiry, downloads: 0, isCleaned: false };
      setStarted(await startSending(wish, outgoing, { given, answer: await newAnswer(given, name.trim()) }));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      showToast(t('drop.send.unreadable'));
    }
    setBusy(false);
  };
  if (started !== null) return <Going started={started} onBack={() => setStarted(null)} />;
  return (
    <div class="drop-form">
      <UnfinishedList
        inbox={idOf(given)}
        onGoOn={({ drop }, found) => void takeUp(drop, found, given).then(setStarted)}
      />
      {files.length > 0 && (
        <section class="stack" aria-labelledby="chosen">
          <h2 id="chosen">
            {plural('drop.files', files.length)}, {sizeInWords(total)}
          </h2>
          <FileRows
            rows={files.map(({ file }, at) => ({ name: names[at] ?? '', size: file.size }))}
            onRemove={(at) => setFiles(files.filter((_, other) => other !== at))}
          />
        </section>
      )}
      <Chooser isSmall={files.length > 0} onChosen={(found) => setFiles([...files, ...found])} />
      {files.length > 0 && (
        <>
          <NameField name={name} isAsked={request.asksName} onChange={setName} />
          {obstacle !== undefined && (
            <p class="note note-warn" role="status">
              <Icon name="warning" />
              <span>{obstacle}</span>
            </p>
          )}
          <p class="row">
            <Button
              kind="primary"
              icon="sending"
              class="drop-send"
              disabled={isBusy || obstacle !== undefined}
              onClick={() => void send()}
            >
              {t('give.send')}
            </Button>
          </p>
          <p class="soft small">{t('give.sealed')}</p>
        </>
      )}
    </div>
  );
}

function NameField(props: { name: string; isAsked: boolean; onChange: (name: string) => void }): VNode {
  const { name, isAsked, onChange } = props;
  const id = useId();
  return (
    <div class="stack">
      <label for={id}>{t(isAsked ? 'give.name' : 'give.nameFree')}</label>
      <input
        id={id}
        class="field"
        autocomplete="name"
        required={isAsked}
        value={name}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </div>
  );
}

function useSent(started: Started | null, done: (one: KeptDelivery | undefined) => void): void {
  const state = started?.sending.state.value;
  const isOpen = state?.at === 'running' || state?.at === 'waiting' || state?.at === 'paused';
  useEffect(() => (isOpen ? keepAwake() : undefined), [isOpen]);
  useEffect(() => {
    if (state?.at === 'done') done(started?.delivery());
  }, [state]);
}

/** ASK-2, and what the host takes: known before anything is sent. */
function obstacleIn({ asked }: Given, count: number, total: number, name: string): string | undefined {
  const { maxFiles, maxBytes, asksName } = asked.request;
  const all = asked.header.drops?.all ?? 0;
  const most = maxFiles > 0 ? maxFiles : MAX_FILES;
  if (count > most) return t('give.tooMany', { most: plural('ask.files', most) });
  const hostBytes = hostFacts.value.files?.maxBytes ?? Number.POSITIVE_INFINITY;
  const bytes = Math.min(maxBytes > 0 ? maxBytes : Number.POSITIVE_INFINITY, hostBytes);
  if (total > bytes) return t('give.tooLarge', { most: sizeInWords(bytes), total: sizeInWords(total) });
  if (all > 0 && total > all) return t('give.tooLargeInAll', { most: sizeInWords(all), total: sizeInWords(total) });
  if (asksName && name === '') return t('give.nameMissing');
  return new TextEncoder().encode(name).length > MAX_SENDER_NAME_BYTES ? t('give.nameLong') : undefined;
}
