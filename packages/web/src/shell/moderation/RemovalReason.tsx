import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { dayInWords } from '../../i18n/dates.ts';
import { t } from '../../i18n/index.ts';
import { Icon } from '../../ui/icons.tsx';
import { Contact } from '../Contact.tsx';
import { placeOfLink } from '../fragment.ts';
import { hostFacts } from '../host.ts';
import { type Reason, reasonOf } from './ask-host.ts';

/** Why the host took down what the link in the address bar leads to, in the words of its people, and how to reach them. */
export function RemovalReason(): VNode | null {
  const [reason, know] = useState<Reason | undefined>(undefined);
  useEffect(() => {
    const place = placeOfLink();
    if (place !== null) void reasonOf(place.hosts, place.docId).then(know);
  }, []);
  const { contact } = hostFacts.value;
  return (
    <div class="removal-reason" role="status">
      {reason && (
        <p class="note">
          <Icon name="info" />
          <span>
            <strong>{t(`removal.${reason.category}`)}</strong>{' '}
            <span class="soft">({dayInWords(reason.removedAt)})</span>
            {reason.words !== '' && <em>{reason.words}</em>}
          </span>
        </p>
      )}
      {contact && (
        <p>
          {t('removal.contact')} <Contact contact={contact} />
        </p>
      )}
    </div>
  );
}
