import type { VNode } from 'preact';
import { type MessageKey, plural, t } from '../i18n/index.ts';
import type { Keep } from '../shell/creation.ts';
import { hostFacts, keepChoices } from '../shell/host.ts';
import { Select } from './Select.tsx';

const WORDS: Partial<Record<string, MessageKey>> = {
  never: 'expiry.choice.never',
  1: 'expiry.choice.1',
  7: 'expiry.choice.7',
  30: 'expiry.choice.30',
  180: 'expiry.choice.180',
  365: 'expiry.choice.365',
};

/** A life in words, as the end of "Keep it …": "for six months". */
export function keepInWords(keep: Keep): string {
  const key = WORDS[keep ?? 'never'];
  return key === undefined ? plural('expiry.choiceDays', keep ?? 0) : t(key);
}

/** For how long the host shall keep the document: only what this host allows is offered. */
export function ExpiryChooser({ value, onChange }: { value: Keep; onChange: (keep: Keep) => void }): VNode {
  const options = keepChoices(hostFacts.value).map((keep) => ({ value: String(keep), text: keepInWords(keep) }));
  return (
    <Select
      label={t('expiry.label')}
      value={String(value)}
      options={options}
      onChange={(text) => onChange(text === 'null' ? null : Number(text))}
    />
  );
}
