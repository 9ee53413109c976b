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

export type LinkKind = 'view' | 'comment' | 'edit';

/** How making a link ended: done, or why not. */
type Making = 'done' | 'offline' | 'refused' | 'too_long' | 'too_large';

const ICONS = { view: 'read', comment: 'comment', edit: 'write' } as const;

export interface ShareDialogProps {
  open: boolean;
  onClose: () => void;
  viewLink: string;
  /** Absent for a person who may only read, and where the owner has not made it. */
  commentLink?: string | undefined;
  /** For the owner: makes it. */
  makeComment?: (() => Promise<Making>) | undefined;
  /** Absent for a person who may not write. */
  editLink?: string | undefined;
  onCopy?: (kind: LinkKind) => void;
}

function LinkChoice(props: { kind: LinkKind; group: string; chosen: boolean; choose: () => void }): VNode {
  const { kind, group, chosen, choose } = props;
  return (
    <label class="choice">
      <input type="radio" name={group} checked={chosen} onChange={choose} data-first={chosen || undefined} />
      <Icon name={ICONS[kind]} />
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

/** While the owner's link to comment is made, and when it could not be. */
function CommentInMaking({ make }: { make: () => Promise<Making> }): VNode {
  const [answer, setAnswer] = useState<Making>('done');
  useEffect(() => {
    void make().then(setAnswer);
  }, []);
  return (
    <p class="note" role="status">
      <Icon name={answer === 'done' ? 'key' : 'warning'} />
      <span>
        {t(answer === 'done' ? 'share.making' : answer === 'offline' ? 'share.commentOffline' : 'share.commentRefused')}
      </span>
    </p>
  );
}

/** Hands on a document: which link (to read, to comment or to write), with a password or without, its copy button, its QR code, and what it gives. */
export function ShareDialog({ open, onClose, onCopy, makeComment, ...links }: ShareDialogProps): VNode {
  const { viewLink, commentLink, editLink } = links;
  const [wanted, setWanted] = useState<LinkKind>('view');
  const group = useId();
  const kinds: LinkKind[] = ['view'];
  if (commentLink !== undefined || makeComment !== undefined) kinds.push('comment');
  if (editLink !== undefined) kinds.push('edit');
  const kind = kinds.includes(wanted) ? wanted : 'view';
  const link = { view: viewLink, comment: commentLink, edit: editLink }[kind];
  return (
    <Dialog open={open} onClose={onClose} title={t('share.title')}>
      <fieldset class="choices">
        <legend class="visually-hidden">{t('share.choose')}</legend>
        {kinds.map((each) => (
          <LinkChoice key={each} kind={each} group={group} chosen={kind === each} choose={() => setWanted(each)} />
        ))}
      </fieldset>
      {link === undefined && makeComment && <CommentInMaking make={makeComment} />}
      {link !== undefined && (
        <LinkCard
          link={link}
          label={t(`share.${kind}`)}
          warning={(isLocked) => t(`share.${kind}Warning${isLocked ? 'Locked' : ''}`)}
          isGrave={kind === 'edit'}
          onCopied={() => onCopy?.(kind)}
        />
      )}
    </Dialog>
  );
}
