import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { t } from '../../../../i18n/index.ts';
import type { PadDocument } from '../../model/document.ts';
import { mentionsSince } from '../../model/mentions.ts';
import type { LastVisit } from '../../model/past.ts';
import { identityOf } from '../../model/people.ts';
import { authorsOf } from '../../model/text-authors.ts';

/** Who mentioned this person since the last visit; nothing when nobody did. */
export function Named({ document, last }: { document: PadDocument; last: LastVisit }): VNode | null {
  const names = useMemo(() => {
    const { ydoc, awareness } = document;
    const { name: own } = identityOf(awareness.getLocalState(), awareness.clientID);
    const authors = authorsOf(ydoc, []);
    const who = mentionsSince(ydoc, last.seen, own).map(
      ({ client }) => authors.of(client)?.name || t('people.anonymous'),
    );
    return [...new Set(who)].join(', ');
  }, [document, last]);
  return names === '' ? null : <span>{t('pad.mentions.since', { names })}</span>;
}
