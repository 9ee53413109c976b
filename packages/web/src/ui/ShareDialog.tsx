import type { VNode } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Button } from './Button.tsx';
import { copyText } from './clipboard.ts';
import { Dialog } from './Dialog.tsx';
import { Icon } from './icons.tsx';
import { Qr } from './Qr.tsx';

export type LinkKind = 'view' | 'edit';

export interface ShareDialogProps {
  open: boolean;
  onClose: () => void;
  viewLink: string;
  /** Absent for a person who may only read. */
  editLink?: string | undefined;
  onCopy?: (kind: LinkKind) => void;
}

function LinkChoice(props: { kind: LinkKind; group: string; chosen: boolean; choose: () => void }): VNode {
  const { kind, group, chosen, choose } = props;
  return (
    <label class="choice">
      <input type="radio" name={group} checked={chosen} onChange={choose} data-first={chosen} />
      <Icon name={kind === 'view' ? 'read' : 'write'} />
      <span>
        <span class="choice-name">{t(`share.${kind}`)}</span>
        <span class="soft small">{t(`share.${kind}.text`)}</span>
      </span>
    </label>
  );
}

function LinkField({ link, label, onCopied }: { link: string; label: string; onCopied: () => void }): VNode {
  const field = useRef<HTMLInputElement>(null);
  const [said, say] = useState<'' | 'share.copied' | 'share.copyFailed'>('');
  const copy = async (): Promise<void> => {
    const done = await copyText(link);
    if (!done) field.current?.select();
    say(done ? 'share.copied' : 'share.copyFailed');
    if (done) onCopied();
  };
  return (
    <>
      <div class="link-row">
        <input
          ref={field}
          class="field link-field"
          readOnly
          value={link}
          aria-label={label}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button kind="primary" icon={said === 'share.copied' ? 'check' : 'copy'} onClick={copy}>
          {t('share.copy')}
        </Button>
      </div>
      <p class="small link-said" aria-live="polite">
        {said && t(said)}
      </p>
    </>
  );
}

/** Hands on a document: which link (to read or to write), the link with its copy button, its QR code, and what it gives. */
export function ShareDialog({ open, onClose, viewLink, editLink, onCopy }: ShareDialogProps): VNode {
  const [wanted, setWanted] = useState<LinkKind>('view');
  const group = useId();
  const kind: LinkKind = editLink === undefined ? 'view' : wanted;
  const link = kind === 'edit' && editLink !== undefined ? editLink : viewLink;
  return (
    <Dialog open={open} onClose={onClose} title={t('share.title')}>
      <fieldset class="choices">
        <legend class="visually-hidden">{t('share.choose')}</legend>
        <LinkChoice kind="view" group={group} chosen={kind === 'view'} choose={() => setWanted('view')} />
        {editLink !== undefined && (
          <LinkChoice kind="edit" group={group} chosen={kind === 'edit'} choose={() => setWanted('edit')} />
        )}
      </fieldset>
      <LinkField key={link} link={link} label={t(`share.${kind}`)} onCopied={() => onCopy?.(kind)} />
      <p class={`note ${kind === 'edit' ? 'note-warn' : ''}`}>
        <Icon name={kind === 'edit' ? 'warning' : 'key'} />
        <span>{t(`share.${kind}Warning`)}</span>
      </p>
      <figure class="qr-frame">
        <Qr text={link} />
        <figcaption class="soft small">{t('share.qrHint')}</figcaption>
      </figure>
    </Dialog>
  );
}
