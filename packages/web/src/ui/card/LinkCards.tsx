import type { VNode } from 'preact';
import { createPortal } from 'preact/compat';
import { dayInWords } from '../../i18n/dates.ts';
import { t } from '../../i18n/index.ts';
import { Qr } from '../Qr.tsx';

export type CardKind = 'view' | 'comment' | 'edit' | 'own';
/** `sheet`: all links on one page A4; `cards`: a card A6 for each, to hand out. */
export type CardSize = 'sheet' | 'cards';

export interface CardLink {
  kind: CardKind;
  /** Whole address. */
  link: string;
}

export interface LinkCardsProps {
  title: string;
  links: readonly CardLink[];
  size: CardSize;
  /** Names of the hosts that keep the document. */
  hosts: readonly string[];
  /** ms since 1970; null: without limit; undefined: not known. */
  expiresAt: number | null | undefined;
  now: number;
  /** The links ask for a password, which is not on the paper. */
  isLocked: boolean;
}

/** What goes to paper, and is nowhere on the screen: the links of a document, each with its code and in letters. */
export function LinkCards({ links, size, ...facts }: LinkCardsProps): VNode {
  const cards =
    size === 'cards' ? (
      links.map((link) => (
        <section class="link-card" key={link.kind}>
          <Head title={facts.title} />
          <OneLink {...link} />
          <Foot {...facts} />
        </section>
      ))
    ) : (
      <section class="link-sheet">
        <Head title={facts.title} />
        {links.map((link) => (
          <OneLink key={link.kind} {...link} />
        ))}
        <Foot {...facts} />
      </section>
    );
  // Beside the page, not in the dialog: what is in the top layer is not cut into pages.
  return createPortal(<div class="link-cards">{cards}</div>, document.body) as VNode;
}

function Head({ title }: { title: string }): VNode {
  return (
    <header>
      <h1>{title}</h1>
    </header>
  );
}

function OneLink({ kind, link }: CardLink): VNode {
  return (
    <article class="link-card-link">
      <Qr text={link} />
      <div>
        <h2>{t(`card.${kind}`)}</h2>
        <p>{t(`card.${kind}.text`)}</p>
        <p class="link-card-address">{link}</p>
      </div>
    </article>
  );
}

function Foot({ hosts, expiresAt, now, isLocked }: Omit<LinkCardsProps, 'links' | 'size' | 'title'>): VNode {
  return (
    <footer>
      {isLocked && <p>{t('card.locked')}</p>}
      {hosts.length > 0 && <p>{t('card.where', { hosts: hosts.join(', ') })}</p>}
      {expiresAt === null && <p>{t('pad.life.never')}</p>}
      {typeof expiresAt === 'number' && <p>{t('card.until', { day: dayInWords(expiresAt) })}</p>}
      <p>{t('card.printed', { day: dayInWords(now) })}</p>
    </footer>
  );
}
