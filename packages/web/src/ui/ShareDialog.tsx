import type { VNode } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { passwordOfPage } from '../shell/password/locks.ts';
import { Button } from './Button.tsx';
import { copyText } from './clipboard.ts';
import { Dialog } from './Dialog.tsx';
import { Icon } from './icons.tsx';
import { PasswordChoice, useLocked } from './PasswordChoice.tsx';
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

/** A link to copy. `link` is null while there is none yet: the password is being worked in, or still to be typed. */
export function LinkField({
  link,
  label,
  onCopied,
}: {
  link: string | null;
  label: string;
  onCopied: () => void;
}): VNode {
  const field = useRef<HTMLInputElement>(null);
  const [said, say] = useState<'' | 'share.copied' | 'share.copyFailed'>('');
  useEffect(() => say(''), [link]);
  const copy = async (): Promise<void> => {
    if (link === null) return;
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
          value={link ?? ''}
          placeholder={link === null ? t('share.making') : ''}
          aria-label={label}
          aria-busy={link === null}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button
          kind="primary"
          icon={said === 'share.copied' ? 'check' : 'copy'}
          disabled={link === null}
          onClick={copy}
        >
          {t('share.copy')}
        </Button>
      </div>
      <p class="small link-said" aria-live="polite">
        {said && t(said)}
      </p>
    </>
  );
}

interface LinkCardProps {
  /** Whole address. */
  link: string;
  /** What the link is. */
  label: string;
  /** What whoever has it can do. */
  warning: (isLocked: boolean) => string;
  /** They can change things. */
  isGrave?: boolean;
  onCopied?: () => void;
}

/** A link to hand on, with a password or without: its copy button, what it gives, its QR code. */
export function LinkCard({ link: plain, label, warning, isGrave = false, onCopied }: LinkCardProps): VNode {
  // Whoever came by a password hands on a link that asks for it.
  const [password, setPassword] = useState<string | null>(passwordOfPage() ?? null);
  const link = useLocked(plain, password);
  return (
    <>
      <PasswordChoice password={password} change={setPassword} />
      <LinkField key={label} link={link} label={label} onCopied={() => onCopied?.()} />
      <p class={`note ${isGrave ? 'note-warn' : ''}`}>
        <Icon name={isGrave ? 'warning' : 'key'} />
        <span>{warning(password !== null)}</span>
      </p>
      {link !== null && (
        <figure class="qr-frame">
          <Qr text={link} />
          <figcaption class="soft small">{t('share.qrHint')}</figcaption>
        </figure>
      )}
    </>
  );
}

/** Hands on a document: which link (to read or to write), with a password or without, its copy button, its QR code, and what it gives. */
export function ShareDialog({ open, onClose, viewLink, editLink, onCopy }: ShareDialogProps): VNode {
  const [wanted, setWanted] = useState<LinkKind>('view');
  const group = useId();
  const kind: LinkKind = editLink === undefined ? 'view' : wanted;
  return (
    <Dialog open={open} onClose={onClose} title={t('share.title')}>
      <fieldset class="choices">
        <legend class="visually-hidden">{t('share.choose')}</legend>
        <LinkChoice kind="view" group={group} chosen={kind === 'view'} choose={() => setWanted('view')} />
        {editLink !== undefined && (
          <LinkChoice kind="edit" group={group} chosen={kind === 'edit'} choose={() => setWanted('edit')} />
        )}
      </fieldset>
      <LinkCard
        link={kind === 'edit' && editLink !== undefined ? editLink : viewLink}
        label={t(`share.${kind}`)}
        warning={(isLocked) => t(`share.${kind}Warning${isLocked ? 'Locked' : ''}`)}
        isGrave={kind === 'edit'}
        onCopied={() => onCopy?.(kind)}
      />
    </Dialog>
  );
}
