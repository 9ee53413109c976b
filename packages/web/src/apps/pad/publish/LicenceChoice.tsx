import { LICENCE_FACTS } from '@archipel/page';
import { LICENCES, type Licence } from '@archipel/protocol';
import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';

interface LicenceChoiceProps {
  licence: Licence;
  choose: (licence: Licence) => void;
}

/** What others may do with the page, in plain words. */
export function LicenceChoice({ licence, choose }: LicenceChoiceProps): VNode {
  const group = useId();
  return (
    <fieldset class="choices publish-licences">
      <legend>{t('pad.publish.licence')}</legend>
      {LICENCES.map((name) => (
        <label key={name} class="choice">
          <input type="radio" name={group} checked={licence === name} onChange={() => choose(name)} />
          <span>
            <span class="choice-name">{LICENCE_FACTS[name].name || t('pad.publish.rightsReserved')}</span>
            <span class="soft small">{t(`pad.publish.licence.${name}`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
