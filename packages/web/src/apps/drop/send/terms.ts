/** For how long a drop is kept, and how often it may be taken: the choices, in words. */
import { plural, t } from '../../../i18n/index.ts';
import { hostFacts } from '../../../shell/host.ts';
import { keepInWords } from '../../../ui/ExpiryChooser.tsx';

const DAYS = [1, 3, 7, 14, 30, 90, 180, 365];
const DEFAULT_DAYS = 7;
/** 0: as often as people want. */
const DOWNLOADS = [0, 1, 2, 5, 10, 50, 100];

interface Choice {
  value: string;
  text: string;
}

function mostDays(): number {
  return hostFacts.value.files?.maxDays ?? DEFAULT_DAYS;
}

/** In days. */
export const defaultDays = (): number => Math.min(DEFAULT_DAYS, mostDays());

export function dayChoices(): Choice[] {
  const most = mostDays();
  const days = DAYS.filter((day) => day < most);
  return [...days, most].map((day) => ({ value: String(day), text: keepInWords(day) }));
}

export function downloadChoices(): Choice[] {
  return DOWNLOADS.map((count) => ({ value: String(count), text: downloadsInWords(count) }));
}

function downloadsInWords(count: number): string {
  if (count === 0) return t('drop.downloads.any');
  return count === 1 ? t('drop.downloads.once') : plural('drop.downloads', count);
}
