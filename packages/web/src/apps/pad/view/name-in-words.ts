import { t } from '../../../i18n/index.ts';
import type { Identity } from '../model/people.ts';

/** A person's name; one that only a file names is said to be of that file. */
export function nameInWords(person: Omit<Identity, 'colour'> | undefined): string {
  const name = person?.name || t('people.anonymous');
  return person?.source === 'etherpad' ? t('people.ofEtherpad', { name }) : name;
}
