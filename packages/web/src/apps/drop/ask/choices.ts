/** What whoever asks may choose, in words. */

import { sizeInWords } from '../../../i18n/amounts.ts';
import { plural, t } from '../../../i18n/index.ts';
import { hostFacts } from '../../../shell/host.ts';
import { keepInWords } from '../../../ui/ExpiryChooser.tsx';

const DAYS = [1, 3, 7, 14, 30, 90, 180, 365];
const TIMES = [1, 10, 30, 100, 1000];
const FILES = [0, 1, 5, 20, 100];
const MEGABYTE = 1_000_000;
const BYTES = [0, 10 * MEGABYTE, 100 * MEGABYTE, 1000 * MEGABYTE, 10_000 * MEGABYTE];
/** Of all sendings together. */
const ALL_BYTES = [0, 100 * MEGABYTE, 1000 * MEGABYTE, 10_000 * MEGABYTE, 100_000 * MEGABYTE];
const DEFAULT_MAX_DAYS = 30;
/** So long whoever asks can still look after it is closed. */
export const AFTER_DAYS = 30;

interface Choice {
  value: string;
  text: string;
}

const choices = (values: readonly number[], words: (value: number) => string): Choice[] =>
  values.map((value) => ({ value: String(value), text: words(value) }));

/** Of the request as a whole, in days. */
export const mostDays = (): number => hostFacts.value.inboxes?.maxDays ?? DEFAULT_MAX_DAYS;

export const openChoices = (): Choice[] =>
  choices(
    DAYS.filter((days) => days <= mostDays()),
    keepInWords,
  );

export const timesChoices = (): Choice[] =>
  choices(
    TIMES.filter((times) => times <= (hostFacts.value.inboxes?.maxItems ?? Number.POSITIVE_INFINITY)),
    (times) => plural('ask.times', times),
  );

export const filesChoices = (): Choice[] =>
  choices(FILES, (files) => (files === 0 ? t('ask.any') : plural('ask.files', files)));

const bytesInWords = (bytes: number): string => (bytes === 0 ? t('ask.any') : sizeInWords(bytes));

export const bytesChoices = (): Choice[] => choices(BYTES, bytesInWords);

export const allBytesChoices = (): Choice[] => choices(ALL_BYTES, bytesInWords);
