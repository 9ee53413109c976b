/** Where a licence is to be read, and its own name, which is not translated. */
import type { Licence } from '@archipel/protocol';

export interface LicenceFacts {
  name: string;
  /** By the language of the page; undefined: there is nothing to read. */
  url: Readonly<Record<'en' | 'fr', string>> | undefined;
}

const deed = (path: string): Record<'en' | 'fr', string> => ({
  en: `https://creativecommons.org/${path}/deed.en`,
  fr: `https://creativecommons.org/${path}/deed.fr`,
});
const OUVERTE = 'https://www.etalab.gouv.fr/licence-ouverte-open-licence/';

export const LICENCE_FACTS: Readonly<Record<Licence, LicenceFacts>> = {
  'rights-reserved': { name: '', url: undefined },
  cc0: { name: 'CC0 1.0', url: deed('publicdomain/zero/1.0') },
  'cc-by': { name: 'CC BY 4.0', url: deed('licenses/by/4.0') },
  'cc-by-sa': { name: 'CC BY-SA 4.0', url: deed('licenses/by-sa/4.0') },
  'licence-ouverte': { name: 'Licence Ouverte 2.0', url: { en: OUVERTE, fr: OUVERTE } },
};
