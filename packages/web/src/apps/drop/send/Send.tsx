import { MAX_FILES } from '@archipel/protocol';
import { printLink } from '@archipel/protocol/secret';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ChosenFile } from '../../../files/chosen.ts';
import { sizeInWords } from '../../../i18n/amounts.ts';
import { plural, t } from '../../../i18n/index.ts';
import { hostFacts } from '../../../shell/host.ts';
import { Page } from '../../../shell/Page.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { showToast } from '../../../ui/toasts.ts';
import { dropNames } from '../model/names.ts';
import { isUncleanable } from '../model/photo/clean.ts';
import { keepAwake } from '../session/keeping-awake.ts';
import { type Prepared, prepare, type Started, startSending, takeUp } from '../session/send.ts';
import { Chooser } from './Chooser.tsx';
import { FileRows } from './FileRows.tsx';
import { Going } from './Going.tsx';
import { isMessageTooLong, Options, type Terms } from './Options.tsx';
import { defaultDays } from './terms.ts';
import { UnfinishedList } from './UnfinishedList.tsx';

const DAY_S = 86_400;
const SECOND_MS = 1000;
/** Between two drawings of how many files are ready. */
const TELL_FILES = 20;

/** `preparing`: so many files are ready. `unclean`: some photos could not be cleaned, and the person has not said yes. */
type Step = { at: 'choosing' } | { at: 'preparing'; done: number } | { at: 'unclean'; prepared: Prepared };

interface SendProps {
  /** All is at the host. `link`: the fragment of the link to own. */
  onSent: (link: string) => void;
}

/** Choosing files, and sending them. */
export function Send({ onSent }: SendProps): VNode {
  const [started, setStarted] = useState<Started | null>(null);
  const [files, setFiles] = useState<readonly ChosenFile[]>([]);
  const [terms, setTerms] = useState<Terms>({ message: '', days: defaultDays(), downloads: 0, isCleaned: true });
  useSentOrKeptAwake(started, onSent);
  const percent = started === null ? undefined : percentOf(started);
  const title = percent === undefined ? t('drop.send.title') : t('drop.going.title', { percent });
  return (
    <Page title={`${title} – Archipel`}>
      <div class="drop-page">
        <header class="stack">
          <h1>{t('drop.send.title')}</h1>
          <p class="lead">{t('drop.send.lead', { host: hostFacts.value.name })}</p>
        </header>
        {started === null ? (
          <>
            <UnfinishedList onGoOn={({ drop }, found) => void takeUp(drop, found).then(setStarted)} />
            <Form files={files} setFiles={setFiles} terms={terms} setTerms={setTerms} onStarted={setStarted} />
          </>
        ) : (
          <Going started={started} onBack={() => setStarted(null)} />
        )}
      </div>
    </Page>
  );
}

function percentOf({ sending }: Started): number {
  const total = sending.total.value;
  return total === 0 ? 0 : Math.floor((sending.bytes.value / total) * 100);
}

function useSentOrKeptAwake(started: Started | null, onSent: (link: string) => void): void {
  const state = started?.sending.state.value;
  const isOpen = state?.at === 'running' || state?.at === 'waiting' || state?.at === 'paused';
  useEffect(() => (isOpen ? keepAwake() : undefined), [isOpen]);
  useEffect(() => {
    if (state?.at === 'done') onSent(printLink(state.uploaded.own));
  }, [state]);
}

interface FormProps {
  files: readonly ChosenFile[];
  setFiles: (files: readonly ChosenFile[]) => void;
  terms: Terms;
  setTerms: (terms: Terms) => void;
  onStarted: (started: Started) => void;
}

function Form({ files, setFiles, terms, setTerms, onStarted }: FormProps): VNode {
  const [step, setStep] = useState<Step>({ at: 'choosing' });
  const [isEmptied, setEmptied] = useState(false);
  const names = dropNames(files.map(({ path }) => path));
  const rows = files.map(({ file }, index) => ({ name: names[index] ?? '', size: file.size }));
  const total = rows.reduce((sum, { size }) => sum + size, 0);
  const obstacle = obstacleOf(files.length, total);
  const uncleanable = rows.filter(({ name }, index) => isUncleanable(name, files[index]?.file.type ?? ''));
  const take = (found: readonly ChosenFile[]): void => {
    setFiles([...files, ...found]);
    setEmptied(found.length === 0);
  };
  const start = async (prepared: Prepared): Promise<void> => {
    const expiry = Math.floor(Date.now() / SECOND_MS) + terms.days * DAY_S;
    const { message, downloads, isCleaned } = terms;
    onStarted(await startSending({ files, message, expiry, downloads, isCleaned }, prepared.outgoing));
  };
  const send = async (): Promise<void> => {
    setStep({ at: 'preparing', done: 0 });
    try {
      const prepared = await prepare({ files, isCleaned: terms.isCleaned }, (done) => {
        if (done % TELL_FILES === 0) setStep({ at: 'preparing', done });
      });
      if (prepared.unclean.length > 0) setStep({ at: 'unclean', prepared });
      else await start(prepared);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      setStep({ at: 'choosing' });
      showToast(t('drop.send.unreadable'));
    }
  };
  if (files.length === 0)
    return (
      <>
        <NotOffered />
        <Chooser isSmall={false} onChosen={take} />
        <p class="drop-ask-instead">
          {t('ask.instead')} <a href="/drop?ask">{t('ask.title')}</a>
        </p>
        {isEmptied && <p role="status">{t('drop.send.emptyFolder')}</p>}
      </>
    );
  return (
    <div class="drop-form">
      <section class="stack" aria-labelledby="chosen">
        <h2 id="chosen">
          {plural('drop.files', files.length)}, {sizeInWords(total)}
        </h2>
        <FileRows rows={rows} onRemove={(index) => setFiles(files.filter((_, other) => other !== index))} />
        <Chooser isSmall onChosen={take} />
      </section>
      <Options terms={terms} change={setTerms} uncleanable={uncleanable.map(({ name }) => name)} />
      {obstacle !== undefined && (
        <p class="note note-warn" role="alert">
          <Icon name="warning" />
          <span>{obstacle}</span>
        </p>
      )}
      {step.at === 'unclean' ? (
        <Unclean
          names={step.prepared.unclean}
          onYes={() => void start(step.prepared)}
          onNo={() => setStep({ at: 'choosing' })}
        />
      ) : (
        <p class="row">
          <Button
            kind="primary"
            icon="sending"
            class="drop-send"
            disabled={step.at === 'preparing' || obstacle !== undefined || isMessageTooLong(terms.message)}
            onClick={() => void send()}
          >
            {t('drop.send.send')}
          </Button>
          {step.at === 'preparing' && (
            <span role="status">{t('drop.send.preparing', { done: step.done, total: files.length })}</span>
          )}
        </p>
      )}
    </div>
  );
}

/** What stands in the way of sending, known before anything is sent. */
function obstacleOf(count: number, total: number): string | undefined {
  const { files } = hostFacts.value;
  if (files === null) return t('drop.refused.not_offered.text');
  if (count > MAX_FILES) return t('drop.send.tooMany', { most: MAX_FILES });
  if (files !== undefined && total > files.maxBytes)
    return t('drop.send.tooLarge', { most: sizeInWords(files.maxBytes), total: sizeInWords(total) });
  return undefined;
}

function NotOffered(): VNode | null {
  if (hostFacts.value.files !== null) return null;
  return (
    <p class="note note-warn">
      <Icon name="warning" />
      <span>
        <strong>{t('drop.refused.not_offered.title')}</strong> {t('drop.refused.not_offered.text')}
      </span>
    </p>
  );
}

interface UncleanProps {
  names: readonly string[];
  onYes: () => void;
  onNo: () => void;
}

function Unclean({ names, onYes, onNo }: UncleanProps): VNode {
  return (
    <div class="note note-warn" role="alert">
      <Icon name="warning" />
      <div class="stack">
        <p>{plural('drop.send.unclean', names.length, { name: names[0] ?? '' })}</p>
        <p class="row">
          <Button onClick={onYes}>{t('drop.send.uncleanYes')}</Button>
          <Button kind="quiet" onClick={onNo}>
            {t('drop.send.uncleanNo')}
          </Button>
        </p>
      </div>
    </div>
  );
}
