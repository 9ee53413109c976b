import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { expiryInWords } from '../../../documents/expiry.ts';
import { dayInWords } from '../../../i18n/dates.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import { plural, t } from '../../../i18n/index.ts';
import type { Keep } from '../../../shell/creation.ts';
import { defaultKeep, hostFacts } from '../../../shell/host.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ExpiryChooser } from '../../../ui/ExpiryChooser.tsx';
import type { KeepAnswer, PadDocument } from '../model/document.ts';
import { DeleteDocument } from './DeleteDocument.tsx';
import { Hosts } from './Hosts.tsx';
import { Locks } from './Locks.tsx';

interface AboutDialogProps {
  document: PadDocument;
  open: boolean;
  onClose: () => void;
  now: () => number;
}

/** Where the document lives, until when, who can do what with which link; for its owner, the two things they decide. */
export function AboutDialog({ document, open, onClose, now }: AboutDialogProps): VNode {
  return (
    <Dialog open={open} onClose={onClose} title={t('pad.about.title')}>
      {open && <About document={document} now={now} />}
    </Dialog>
  );
}

function About({ document, now }: { document: PadDocument; now: () => number }): VNode {
  const expiresAt = document.expiresAt.value;
  // What this page knows of how long documents are kept is of the host that it is from.
  const isHere = document.hosts.value.some(({ url }) => url === location.origin);
  return (
    <div class="pad-about">
      <dl>
        <dt>{t('pad.about.where')}</dt>
        <dd>
          <Hosts hosts={document.hosts.value} />
          <p>{t('pad.about.sealed')}</p>
        </dd>
        <dt>{t('pad.about.until')}</dt>
        <dd>
          <p data-testid="pad-until">{untilInWords(expiresAt, now())}</p>
          <p>{t('pad.life.renews')}</p>
          {isHere && <p>{mostInWords()}</p>}
        </dd>
        <dt>{t('pad.about.who')}</dt>
        <dd>
          <ul class="pad-rights">
            <li>{t('pad.about.right.view')}</li>
            {document.mayRemark.value && <li>{t('pad.about.right.comment')}</li>}
            <li>{t('pad.about.right.edit')}</li>
            <li>{t('pad.about.right.own')}</li>
          </ul>
          <p>
            <strong>{t(`pad.about.yours.${document.cap}`)}</strong>
          </p>
        </dd>
      </dl>
      {document.cap === 'own' && <OwnerPart document={document} />}
    </div>
  );
}

/** "12 March 2027 (in 6 months)": the day for those who plan, the distance for those who do not count. */
function untilInWords(expiresAt: number | null | undefined, now: number): string {
  if (expiresAt === undefined) return t('pad.about.untilUnknown');
  const words = expiryInWords(expiresAt, now);
  return expiresAt === null ? `${words}.` : `${words} (${dayInWords(expiresAt)}).`;
}

/** The host's own bound. */
function mostInWords(): string {
  const { maxExpiryDays, allowNever } = hostFacts.value;
  return maxExpiryDays === null || allowNever ? t('pad.life.mostNone') : plural('pad.life.most', maxExpiryDays);
}

const ANSWERS: Record<KeepAnswer, MessageKey> = {
  done: 'pad.about.keepDone',
  offline: 'pad.about.offline',
  refused: 'pad.about.refused',
  too_long: 'pad.about.tooLong',
  too_large: 'pad.about.refused',
  page_offline: 'pad.about.pageKeepOffline',
  page_refused: 'pad.about.pageKeepRefused',
  page_late: 'pad.about.pageLate',
};

function OwnerPart({ document }: { document: PadDocument }): VNode {
  const [keep, setKeep] = useState<Keep>(defaultKeep(hostFacts.value));
  const [said, say] = useState<MessageKey | null>(null);
  const [busy, setBusy] = useState(false);
  const keepIt = async (): Promise<void> => {
    setBusy(true);
    const answer = await document.setKeep(keep);
    setBusy(false);
    say(ANSWERS[answer]);
  };
  return (
    <section class="pad-owner">
      <h3>{t('pad.about.ownerTitle')}</h3>
      <div class="pad-owner-row">
        <ExpiryChooser value={keep} onChange={setKeep} />
        <span class="soft small">{t('pad.about.fromToday')}</span>
        <Button kind="plain" disabled={busy} onClick={keepIt}>
          {t('pad.about.keepApply')}
        </Button>
      </div>
      <Locks document={document} />
      <p role="status">{said && t(said)}</p>
      <DeleteDocument document={document} />
    </section>
  );
}
