import type { VNode } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { showToast } from '../ui/toasts.ts';
import { cleanTags, type RememberedDocument, setTags, TAG_MAX_LENGTH, TAGS_MAX } from './store.ts';

interface TagsDialogProps {
  document: RememberedDocument | null;
  title: string;
  /** Tags of other lines, to choose from. */
  known: readonly string[];
  onClose: () => void;
  onDone: () => void;
}

/** A person's own words for a document: written, chosen among those that they have, taken away. */
export function TagsDialog({ document, title, ...props }: TagsDialogProps): VNode {
  return (
    <Dialog open={document !== null} onClose={props.onClose} title={t('documents.tagsOf', { title })}>
      {document !== null && <Tags document={document} {...props} />}
    </Dialog>
  );
}

type TagsProps = Omit<TagsDialogProps, 'document' | 'title'> & { document: RememberedDocument };

function Tags({ document, known, onClose, onDone }: TagsProps): VNode {
  const [tags, change] = useState<readonly string[]>(document.tags ?? []);
  const [said, say] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const names = { field: useId(), list: useId() };
  const add = (event: Event): void => {
    event.preventDefault();
    const tag = field.current?.value.trim() ?? '';
    if (tag === '') return;
    change(cleanTags([...tags, tag]));
    say(t('documents.tagAdded', { tag }));
    if (field.current) field.current.value = '';
  };
  const remove = (tag: string): void => {
    change(tags.filter((other) => other !== tag));
    say(t('documents.tagRemoved', { tag }));
    field.current?.focus();
  };
  const save = async (): Promise<void> => {
    const left = field.current?.value ?? '';
    const kept = await setTags(document.docId, [...tags, left]);
    if (!kept.ok) showToast(t('documents.blocked'));
    onDone();
  };
  return (
    <div class="stack">
      <form class="link-row" onSubmit={add}>
        <label for={names.field} class="visually-hidden">
          {t('documents.tagNew')}
        </label>
        <input
          ref={field}
          data-first
          id={names.field}
          class="field"
          list={names.list}
          maxLength={TAG_MAX_LENGTH}
          placeholder={t('documents.tagNew')}
          autocomplete="off"
          disabled={tags.length >= TAGS_MAX}
        />
        <datalist id={names.list}>
          {known.map((tag) => (
            <option key={tag} value={tag} />
          ))}
        </datalist>
        <Button kind="plain" type="submit">
          {t('documents.tagAdd')}
        </Button>
      </form>
      <ul class="tags">
        {tags.map((tag) => (
          <li key={tag}>
            <button
              type="button"
              class="tag"
              aria-label={t('documents.tagRemove', { tag })}
              onClick={() => remove(tag)}
            >
              {tag}
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      <p class="visually-hidden" role="status">
        {said}
      </p>
      <p class="soft small">{t('documents.tagHint')}</p>
      <footer class="dialog-actions">
        <Button kind="quiet" onClick={onClose}>
          {t('dialog.cancel')}
        </Button>
        <Button kind="primary" onClick={() => void save()}>
          {t('documents.tagSave')}
        </Button>
      </footer>
    </div>
  );
}
