import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { remember } from '../../../../documents/store.ts';
import { canPickFolder } from '../../../../files/pickers.ts';
import { sizeInWords } from '../../../../i18n/amounts.ts';
import { dateInWords, momentInWords } from '../../../../i18n/dates.ts';
import { plural, t } from '../../../../i18n/index.ts';
import { linkTo } from '../../../../shell/fragment.ts';
import { hostFacts } from '../../../../shell/host.ts';
import { ReportButton } from '../../../../shell/moderation/ReportButton.tsx';
import { Page } from '../../../../shell/Page.tsx';
import { toRemember } from '../../../../shell/password/locks.ts';
import { Button } from '../../../../ui/Button.tsx';
import { Dialog } from '../../../../ui/Dialog.tsx';
import { Icon } from '../../../../ui/icons.tsx';
import type { OpenedDrop } from '../model/opened-drop.ts';
import { Taking } from '../session/taking.ts';
import { FileList } from './FileList.tsx';
import { LookDialog } from './LookDialog.tsx';
import { Progress } from './Progress.tsx';

const SECOND_MS = 1000;
/** From this size on it is worth saying that a folder can be gone on with. */
const LARGE_BYTES = 64e6;

/** What the person pressed, while they are asked whether it shall count. */
type Act = () => void;

/** A drop before, while and after it is taken. */
export function Offered({ drop, link }: { drop: OpenedDrop; link: string }): VNode {
  const taking = useMemo(() => new Taking(drop), [drop]);
  const [asked, ask] = useState<Act | undefined>(undefined);
  const [looked, look] = useState<number | undefined>(undefined);
  useEffect(() => {
    void taking.lookForFolder();
    void remember({
      docId: drop.id,
      tool: 'drop',
      title: titleOf(drop),
      link: linkTo('/drop', toRemember(link)),
      cap: 'view',
      openedAt: Date.now(),
      expiresAt: drop.offer.header.expiry * SECOND_MS,
    });
  }, [drop]);
  // The last one, or the only one: nobody takes it by mistake.
  const sure = (act: Act): void => {
    if (drop.left === 1 && !drop.isCounted.value) ask(() => act);
    else act();
  };
  const { message } = drop.offer.manifest;
  return (
    <Page title={`${t('drop.take.title')} – Archipel`}>
      <div class="take-page">
        <h1>{t('drop.take.title')}</h1>
        {message !== '' && (
          <blockquote class="take-message" dir="auto">
            {message}
          </blockquote>
        )}
        <Facts drop={drop} />
        {drop.isUncounted && (
          <p class="note note-warn" role="status">
            <Icon name="warning" />
            <span>
              {t('drop.take.failed.uncounted')} {t('drop.take.failed.uncounted.do')}
            </span>
          </p>
        )}
        <Actions taking={taking} sure={sure} />
        <Progress taking={taking} />
        <FileList
          files={drop.files}
          isBusy={taking.isBusy}
          onSave={(index) => sure(() => void taking.save({ index }, ''))}
          onLook={(index) => sure(() => look(index))}
        />
        <ReportButton hosts={[{ url: drop.origin }]} link={linkTo('/drop', link)} />
      </div>
      <LookDialog drop={drop} index={looked} onClose={() => look(undefined)} />
      <Dialog
        open={asked !== undefined}
        onClose={() => ask(undefined)}
        title={t(drop.offer.header.downloads === 1 ? 'drop.take.once.title' : 'drop.take.last.title')}
        actions={
          <>
            <Button onClick={() => ask(undefined)}>{t('dialog.cancel')}</Button>
            <Button
              kind="primary"
              data-first
              onClick={() => {
                asked?.();
                ask(undefined);
              }}
            >
              {t('drop.take.once.yes')}
            </Button>
          </>
        }
      >
        <p>{t('drop.take.once.text')}</p>
      </Dialog>
    </Page>
  );
}

/** For "My documents". */
function titleOf({ files }: OpenedDrop): string {
  const [first] = files;
  const more = files.length - 1;
  return more === 0 ? (first?.name ?? '') : plural('drop.take.andMore', more, { name: first?.name ?? '' });
}

/** Where it lies, until when, and how often it may be taken: before anything is counted. */
function Facts({ drop }: { drop: OpenedDrop }): VNode {
  const { hostname, host } = new URL(drop.origin);
  const isHere = drop.origin === location.origin;
  const expiry = drop.offer.header.expiry * SECOND_MS;
  return (
    <ul class="take-facts">
      <li>
        <Icon name="documents" />
        <span>
          <strong>{plural('drop.take.files', drop.files.length)}</strong>, {sizeInWords(drop.size)}
        </span>
      </li>
      <li>
        <Icon name="hosts" />
        <span>
          {isHere
            ? t('drop.take.atHere', { name: hostFacts.value.name })
            : t('drop.take.at', { name: host || hostname })}
        </span>
      </li>
      <li>
        <Icon name="info" />
        <span>{t('drop.take.until', { date: dateInWords(expiry), when: momentInWords(expiry, Date.now()) })}</span>
      </li>
      <li>
        <Icon name="save" />
        <span>{leftInWords(drop)}</span>
      </li>
    </ul>
  );
}

function leftInWords({ left, isCounted, offer }: OpenedDrop): string {
  if (left === undefined) return t('drop.take.noLimit');
  if (isCounted.value) return t('drop.take.counted');
  return offer.header.downloads === 1 ? t('drop.take.onlyOnce') : plural('drop.take.left', left);
}

function Actions({ taking, sure }: { taking: Taking; sure: (act: Act) => void }): VNode | null {
  const { drop } = taking;
  if (taking.isBusy) return null;
  const isOne = drop.files.length === 1;
  const hasFolder = canPickFolder() && (!isOne || drop.size >= LARGE_BYTES);
  const begun = taking.folder.value;
  const zip = (): void => sure(() => void taking.save('zip', t('drop.take.zipName')));
  return (
    <section class="take-actions" aria-label={t('drop.take.save')}>
      {begun !== undefined && (
        <div class="note">
          <Icon name="info" />
          <div class="stack">
            <p>{t('drop.take.begun', { folder: begun.folder.name })}</p>
            <p class="row">
              <Button kind="primary" onClick={() => sure(() => void taking.goOnWithFolder())}>
                {t('drop.take.goOn')}
              </Button>
              <Button kind="quiet" onClick={() => void taking.forgetFolder()}>
                {t('drop.take.forget')}
              </Button>
            </p>
          </div>
        </div>
      )}
      <p class="row">
        {isOne && (
          <Button
            kind={begun === undefined ? 'primary' : 'plain'}
            icon="save"
            onClick={() => sure(() => void taking.save({ index: 0 }, ''))}
          >
            {t('drop.take.saveOne')}
          </Button>
        )}
        {hasFolder && (
          <Button
            kind={isOne || begun !== undefined ? 'plain' : 'primary'}
            icon="documents"
            onClick={() => sure(() => void taking.saveIntoFolder())}
          >
            {t('drop.take.saveFolder')}
          </Button>
        )}
        {!isOne && (
          <Button kind={hasFolder || begun !== undefined ? 'plain' : 'primary'} icon="save" onClick={zip}>
            {t('drop.take.saveZip')}
          </Button>
        )}
      </p>
      {hasFolder && <p class="soft small">{t('drop.take.folderHint')}</p>}
    </section>
  );
}
