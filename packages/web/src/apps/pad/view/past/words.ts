import { dateInWords } from '../../../../i18n/dates.ts';
import { t } from '../../../../i18n/index.ts';
import type { Past } from '../../model/past.ts';

const SECOND_MS = 1000;

export function personName(name: string): string {
  return name === '' ? t('people.anonymous') : name;
}

/** A moment in words: when and by whom, as far as it is known. */
export function momentWords({ moments, people }: Past, step: number): string {
  const moment = moments[step - 1];
  if (moment === undefined) return t('pad.past.beginning');
  const who = personName(people[moment.person]?.name ?? '');
  return moment.at === 0 ? who : t('pad.past.when', { when: dateInWords(moment.at * SECOND_MS), who });
}
