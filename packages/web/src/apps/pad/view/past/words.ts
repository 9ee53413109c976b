import { dateInWords } from '../../../../i18n/dates.ts';
import { t } from '../../../../i18n/index.ts';
import type { Past } from '../../model/past.ts';
import { nameInWords } from '../name-in-words.ts';

const SECOND_MS = 1000;

/** A moment in words: when and by whom, as far as it is known. */
export function momentWords({ moments, people }: Past, step: number): string {
  const moment = moments[step - 1];
  if (moment === undefined) return t('pad.past.beginning');
  const who = nameInWords(people[moment.person]);
  const { claimed } = moment;
  if (claimed === 0) return t('pad.past.importedOnce', { who });
  if (claimed !== undefined) return t('pad.past.imported', { when: dateInWords(claimed * SECOND_MS), who });
  return moment.at === 0 ? who : t('pad.past.when', { when: dateInWords(moment.at * SECOND_MS), who });
}
