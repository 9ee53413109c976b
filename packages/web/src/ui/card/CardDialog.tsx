import type { VNode } from 'preact';
import { useId, useState } from 'preact/hooks';
import './card.css';
import { t } from '../../i18n/index.ts';
import { passwordOfPage } from '../../shell/password/locks.ts';
import { Button } from '../Button.tsx';
import { Dialog } from '../Dialog.tsx';
import { Icon } from '../icons.tsx';
import { useLocked } from '../PasswordChoice.tsx';
import { type CardKind, type CardSize, LinkCards, type LinkCardsProps } from './LinkCards.tsx';

type Facts = Pick<LinkCardsProps, 'title' | 'hosts' | 'expiresAt' | 'now'>;

interface CardDialogProps extends Facts {
  open: boolean;
  onClose: () => void;
  /** Whole addresses, as far as this person has them. */
  links: Partial<Record<CardKind, string>>;
}

const KINDS = ['view', 'comment', 'edit', 'own'] as const;
const SIZES = ['sheet', 'cards'] as const;

/** Which links go to paper, and how large; the owner's only by a wish of its own. */
export function CardDialog({ open, onClose, ...props }: CardDialogProps): VNode {
  return (
    <Dialog open={open} onClose={onClose} title={t('card.title')}>
      {open && <Choice {...props} />}
    </Dialog>
  );
}

function Choice({ links, ...facts }: Omit<CardDialogProps, 'open' | 'onClose'>): VNode {
  const [wanted, setWanted] = useState<readonly CardKind[]>(['view']);
  const [size, setSize] = useState<CardSize>('sheet');
  const group = useId();
  const password = passwordOfPage() ?? null;
  const locked = {
    view: useLocked(links.view ?? '', password),
    comment: useLocked(links.comment ?? '', password),
    edit: useLocked(links.edit ?? '', password),
    own: useLocked(links.own ?? '', password),
  };
  const chosen = KINDS.flatMap((kind) => {
    const link = locked[kind];
    return wanted.includes(kind) && links[kind] !== undefined && link ? [{ kind, link }] : [];
  });
  const toggle = (kind: CardKind) => {
    setWanted(wanted.includes(kind) ? wanted.filter((other) => other !== kind) : [...wanted, kind]);
  };
  return (
    <div class="stack card-choice">
      <fieldset>
        <legend>{t('card.which')}</legend>
        {KINDS.filter((kind) => links[kind] !== undefined).map((kind) => (
          <label class="check" key={kind}>
            <input type="checkbox" checked={wanted.includes(kind)} onChange={() => toggle(kind)} />
            <span>
              {t(`card.${kind}`)} <span class="soft small">{t(`card.${kind}.text`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {wanted.includes('own') && (
        <p class="note note-warn" role="status">
          <Icon name="warning" />
          <span>{t('card.ownWarning')}</span>
        </p>
      )}
      <fieldset>
        <legend>{t('card.size')}</legend>
        {SIZES.map((choice) => (
          <label class="check" key={choice}>
            <input type="radio" name={group} checked={size === choice} onChange={() => setSize(choice)} />
            <span>{t(`card.size.${choice}`)}</span>
          </label>
        ))}
      </fieldset>
      <p class="soft small">{t('card.hint')}</p>
      <div>
        <Button kind="primary" icon="save" disabled={chosen.length === 0} onClick={() => window.print()}>
          {t('card.print')}
        </Button>
      </div>
      <LinkCards {...facts} links={chosen} size={size} isLocked={password !== null} />
    </div>
  );
}
