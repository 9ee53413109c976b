import { MAX_REQUEST_TEXT_BYTES, MAX_TITLE_BYTES } from '@archipel/protocol';
import type { VNode } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { hostFacts } from '../../../shell/host.ts';
import { Page } from '../../../shell/Page.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { Select } from '../../../ui/Select.tsx';
import {
  AFTER_DAYS,
  allBytesChoices,
  bytesChoices,
  filesChoices,
  mostDays,
  openChoices,
  timesChoices,
} from './choices.ts';
import { makeRequest } from './own.ts';
import { type Obstacle, obstacleOf } from './words.ts';

const DAY_S = 86_400;
const SECOND_MS = 1000;

interface Wish {
  title: string;
  text: string;
  days: number;
  maxItems: number;
  maxFiles: number;
  maxBytes: number;
  allBytes: number;
  asksName: boolean;
}

const FIRST: Wish = {
  title: '',
  text: '',
  days: 7,
  maxItems: 30,
  maxFiles: 0,
  maxBytes: 0,
  allBytes: 0,
  asksName: true,
};
const lengthOf = (text: string): number => new TextEncoder().encode(text).length;

interface AskFormProps {
  /** `link`: the fragment of the link to own. */
  onMade: (link: string) => void;
}

/** A new request for files. */
export function AskForm({ onMade }: AskFormProps): VNode {
  const [wish, setWish] = useState(FIRST);
  const [obstacle, setObstacle] = useState<Obstacle | null>(null);
  const [isBusy, setBusy] = useState(false);
  const names = { title: useId(), text: useId(), hint: useId() };
  const set = (some: Partial<Wish>): void => setWish({ ...wish, ...some });
  const title = wish.title.trim();
  const isTooLong = lengthOf(title) > MAX_TITLE_BYTES || lengthOf(wish.text) > MAX_REQUEST_TEXT_BYTES;
  const make = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (title === '' || isTooLong) return;
    setBusy(true);
    const { text, asksName, maxFiles, maxBytes, maxItems, allBytes, days } = wish;
    const now = Math.floor(Date.now() / SECOND_MS);
    const closes = now + days * DAY_S;
    const expiry = now + Math.min(days + AFTER_DAYS, mostDays()) * DAY_S;
    const request = { title, text, asksName, maxFiles, maxBytes };
    const made = await makeRequest(request, { closes, expiry, maxItems, allBytes });
    setBusy(false);
    if (made.ok) onMade(made.value);
    else setObstacle(obstacleOf(made.error));
  };
  return (
    <Page title={`${t('ask.title')} – Archipel`}>
      <form class="drop-page" onSubmit={(event) => void make(event)}>
        <header class="stack">
          <h1>{t('ask.title')}</h1>
          <p class="lead">{t('ask.lead', { host: hostFacts.value.name })}</p>
        </header>
        <div class="drop-options">
          <div class="stack">
            <label for={names.title}>{t('ask.what')}</label>
            <input
              id={names.title}
              class="field"
              required
              maxLength={MAX_TITLE_BYTES}
              value={wish.title}
              onInput={({ currentTarget }) => set({ title: currentTarget.value })}
            />
          </div>
          <div class="stack">
            <label for={names.text}>{t('ask.text')}</label>
            <textarea
              id={names.text}
              class="field"
              rows={4}
              value={wish.text}
              aria-invalid={isTooLong}
              aria-describedby={names.hint}
              onInput={({ currentTarget }) => set({ text: currentTarget.value })}
            />
            <p id={names.hint} class="soft small">
              {t(isTooLong ? 'ask.tooLong' : 'ask.textHint')}
            </p>
          </div>
          <Limits wish={wish} set={set} />
        </div>
        {obstacle !== null && <Refused obstacle={obstacle} />}
        <p class="row">
          <Button type="submit" kind="primary" class="drop-send" disabled={isBusy || title === '' || isTooLong}>
            {t('ask.make')}
          </Button>
        </p>
      </form>
    </Page>
  );
}

function Limits({ wish, set }: { wish: Wish; set: (some: Partial<Wish>) => void }): VNode {
  return (
    <>
      <div class="row drop-selects">
        <Select
          label={t('ask.open')}
          value={String(wish.days)}
          options={openChoices()}
          onChange={(days) => set({ days: Number(days) })}
        />
        <Select
          label={t('ask.timesLabel')}
          value={String(wish.maxItems)}
          options={timesChoices()}
          onChange={(times) => set({ maxItems: Number(times) })}
        />
        <Select
          label={t('ask.bytesLabel')}
          value={String(wish.maxBytes)}
          options={bytesChoices()}
          onChange={(bytes) => set({ maxBytes: Number(bytes) })}
        />
        <Select
          label={t('ask.allBytesLabel')}
          value={String(wish.allBytes)}
          options={allBytesChoices()}
          onChange={(bytes) => set({ allBytes: Number(bytes) })}
        />
      </div>
      <p class="soft small">{t('ask.hostWatches')}</p>
      <div class="row drop-selects">
        <Select
          label={t('ask.filesLabel')}
          value={String(wish.maxFiles)}
          options={filesChoices()}
          onChange={(files) => set({ maxFiles: Number(files) })}
        />
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={wish.asksName}
          onChange={({ currentTarget }) => set({ asksName: currentTarget.checked })}
        />
        <span>{t('ask.asksName')}</span>
      </label>
      <p class="soft small">{t('ask.pageWatches')}</p>
    </>
  );
}

export function Refused({ obstacle }: { obstacle: Obstacle }): VNode {
  return (
    <p class="note note-bad" role="alert">
      <Icon name="warning" />
      <span>{t(obstacle)}</span>
    </p>
  );
}
