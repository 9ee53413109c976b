import { MAX_DROP_MESSAGE_BYTES } from '@archipel/protocol';
import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import { plural, t } from '../../../i18n/index.ts';
import { Select } from '../../../ui/Select.tsx';
import { dayChoices, downloadChoices } from './terms.ts';

/** What somebody chooses for a drop beside its files. */
export interface Terms {
  message: string;
  days: number;
  /** 0: as often as people want. */
  downloads: number;
  isCleaned: boolean;
}

interface OptionsProps {
  terms: Terms;
  change: (terms: Terms) => void;
  /** Names of files that carry places and dates and cannot be cleaned; known before they are read. */
  uncleanable: readonly string[];
}

export const isMessageTooLong = (message: string): boolean =>
  new TextEncoder().encode(message).length > MAX_DROP_MESSAGE_BYTES;

/** The form under the files, one row for each choice. */
export function Options({ terms, change, uncleanable }: OptionsProps): VNode {
  const names = { message: useId(), hint: useId(), clean: useId() };
  const set = (some: Partial<Terms>): void => change({ ...terms, ...some });
  const isTooLong = isMessageTooLong(terms.message);
  return (
    <div class="drop-options">
      <div class="stack">
        <label for={names.message}>{t('drop.send.message')}</label>
        <textarea
          id={names.message}
          class="field"
          rows={3}
          value={terms.message}
          aria-invalid={isTooLong}
          aria-describedby={names.hint}
          onInput={({ currentTarget }) => set({ message: currentTarget.value })}
        />
        <p id={names.hint} class="soft small">
          {t(isTooLong ? 'drop.send.messageLong' : 'drop.send.messageHint')}
        </p>
      </div>
      <div class="row drop-selects">
        <Select
          label={t('expiry.label')}
          value={String(terms.days)}
          options={dayChoices()}
          onChange={(days) => set({ days: Number(days) })}
        />
        <Select
          label={t('drop.send.downloads')}
          value={String(terms.downloads)}
          options={downloadChoices()}
          onChange={(count) => set({ downloads: Number(count) })}
        />
      </div>
      <div class="drop-clean">
        <label class="check">
          <input
            type="checkbox"
            checked={terms.isCleaned}
            aria-describedby={names.clean}
            onChange={({ currentTarget }) => set({ isCleaned: currentTarget.checked })}
          />
          <span>{t('drop.send.clean')}</span>
        </label>
        <p id={names.clean} class="soft small">
          {t('drop.send.cleanHint')}
          {terms.isCleaned && uncleanable.length > 0 && (
            <strong> {plural('drop.send.uncleanable', uncleanable.length, { name: uncleanable[0] ?? '' })}</strong>
          )}
        </p>
      </div>
    </div>
  );
}
