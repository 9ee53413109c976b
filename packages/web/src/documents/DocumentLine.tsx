import type { VNode } from 'preact';
import { islands } from '../apps/islands.ts';
import { toolOf } from '../apps/registry.ts';
import { momentInWords } from '../i18n/dates.ts';
import { t } from '../i18n/index.ts';
import { isLockedAddress } from '../shell/password/locked.ts';
import { IconButton } from '../ui/Button.tsx';
import { copyText } from '../ui/clipboard.ts';
import { showToast } from '../ui/toasts.ts';
import { DropFacts } from './DropFacts.tsx';
import { expiryInWords, expiryLook } from './expiry.ts';
import type { RememberedDocument } from './store.ts';

export const titleOf = (document: RememberedDocument): string => document.title || t('documents.untitled');

async function copy(link: string): Promise<void> {
  showToast(t((await copyText(link)) ? 'share.copied' : 'share.copyFailed'));
}

interface LineProps {
  document: RememberedDocument;
  now: number;
  /** Adds "remove from this browser". */
  onForget?: (document: RememberedDocument) => void;
  /** Adds "tags". */
  onTags?: (document: RememberedDocument) => void;
}

/** One remembered document: its tool, its title (the link), when it was opened, until when it is kept, what one may do. */
export function DocumentLine({ document, now, onForget, onTags }: LineProps): VNode {
  const { tool, link, cap, openedAt, expiresAt, tags = [] } = document;
  const { name } = toolOf(tool);
  const Island = islands[tool];
  const title = titleOf(document);
  return (
    <li class="document">
      <span class="document-drawing">
        <Island />
      </span>
      <div class="document-facts">
        <a class="document-title" href={link}>
          {title}
        </a>
        <p class="document-about">
          <span class="document-tool">{t(name)}</span>
          <span>{t(`documents.cap.${cap}`)}</span>
          {document.renewed && <span class="expiry-past">{t('documents.renewed')}</span>}
          {isLockedAddress(link) && <span>{t('documents.locked')}</span>}
          <span>{t('documents.opened', { when: momentInWords(openedAt, now) })}</span>
          {tool === 'drop' && cap === 'own' && <DropFacts link={link} />}
          <span class={`expiry-${expiryLook(expiresAt, now)}`}>{expiryInWords(expiresAt, now)}</span>
        </p>
        {tags.length > 0 && (
          <ul class="tags" aria-label={t('documents.tagFilter')}>
            {tags.map((tag) => (
              <li key={tag} class="tag">
                {tag}
              </li>
            ))}
          </ul>
        )}
      </div>
      <div class="document-actions">
        {onTags && <IconButton icon="tag" label={t('documents.tagsOf', { title })} onClick={() => onTags(document)} />}
        <IconButton icon="copy" label={t('documents.copyOf', { title })} onClick={() => void copy(link)} />
        {onForget && (
          <IconButton icon="remove" label={t('documents.forgetOf', { title })} onClick={() => onForget(document)} />
        )}
      </div>
    </li>
  );
}
