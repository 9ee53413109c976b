import type { VNode } from 'preact';
import { useId, useMemo, useRef, useState } from 'preact/hooks';
import { isToolId, toolOf } from '../apps/registry.ts';
import { plural, t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/icons.tsx';
import { Select } from '../ui/Select.tsx';
import { DocumentLine } from './DocumentLine.tsx';
import { find, findable, type Order, tagsOf, toolsOf, type Wish } from './finding.ts';
import { plain } from './plain.ts';
import type { RememberedDocument } from './store.ts';

/** Lines drawn at once: an old laptop draws so many between two keys. */
const LINES = 100;
const ORDERS: readonly Order[] = ['opened', 'title', 'expiry'];

interface ListProps {
  documents: readonly RememberedDocument[];
  onForget: (document: RememberedDocument) => void;
  onTags: (document: RememberedDocument) => void;
}

/** The list with all that finds something in it. */
export function DocumentsList({ documents, onForget, onTags }: ListProps): VNode {
  const [wish, setWish] = useState<Wish>({ words: '', tool: undefined, tags: [], order: 'opened' });
  const [shown, setShown] = useState(LINES);
  const lines = useRef<HTMLUListElement>(null);
  const all = useMemo(() => findable(documents, t('documents.untitled')), [documents]);
  const found = useMemo(() => find(all, wish), [all, wish]);
  const now = Date.now();
  const ask = (change: Partial<Wish>): void => {
    setWish({ ...wish, ...change });
    setShown(LINES);
  };
  const titles = (): HTMLElement[] => [...(lines.current?.querySelectorAll<HTMLElement>('.document-title') ?? [])];
  const more = (): void => {
    const next = shown;
    setShown(shown + LINES);
    requestAnimationFrame(() => titles()[next]?.focus());
  };
  return (
    <>
      <Finding documents={documents} wish={wish} ask={ask} count={found.length} enter={() => titles()[0]?.focus()} />
      <ul class="documents" ref={lines} onKeyDown={(event) => walk(event, titles())}>
        {found.slice(0, shown).map((document) => (
          <DocumentLine key={document.docId} document={document} now={now} onForget={onForget} onTags={onTags} />
        ))}
      </ul>
      {found.length > shown && (
        <p>
          <Button kind="plain" onClick={more}>
            {plural('documents.more', Math.min(LINES, found.length - shown))}
          </Button>
        </p>
      )}
    </>
  );
}

/** Up, down, Home and End lead from title to title. */
function walk(event: KeyboardEvent, titles: readonly HTMLElement[]): void {
  const at = titles.indexOf(event.target as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: titles.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  titles[to]?.focus();
}

interface FindingProps {
  documents: readonly RememberedDocument[];
  wish: Wish;
  ask: (change: Partial<Wish>) => void;
  count: number;
  /** To the first line. */
  enter: () => void;
}

function Finding({ documents, wish, ask, count, enter }: FindingProps): VNode {
  const field = useId();
  const { words, tool, tags, order } = wish;
  const tools = toolsOf(documents);
  const known = tagsOf(documents);
  const isChosen = (tag: string): boolean => tags.some((other) => plain(other) === plain(tag));
  const toggle = (tag: string): void =>
    ask({ tags: isChosen(tag) ? tags.filter((other) => plain(other) !== plain(tag)) : [...tags, tag] });
  const none = words === '' ? t('documents.noneSuch') : t('documents.none', { words });
  return (
    <search class="finding">
      <div class="search">
        <label for={field} class="visually-hidden">
          {t('documents.search')}
        </label>
        <Icon name="search" />
        <input
          id={field}
          class="field"
          type="search"
          placeholder={t('documents.search')}
          value={words}
          onInput={(event) => ask({ words: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown') return;
            event.preventDefault();
            enter();
          }}
        />
        <p class="soft small" aria-live="polite">
          {count === 0 ? none : plural('documents.count', count)}
        </p>
      </div>
      <div class="finding-choices">
        <Select
          label={t('documents.order')}
          value={order}
          options={ORDERS.map((value) => ({ value, text: t(`documents.order.${value}`) }))}
          onChange={(value) => ask({ order: value })}
        />
        {tools.length > 1 && (
          <Select
            label={t('documents.kind')}
            value={tool ?? 'all'}
            options={[
              { value: 'all', text: t('documents.kindAll') },
              ...tools.map((id) => ({ value: id, text: t(toolOf(id).name) })),
            ]}
            onChange={(value) => ask({ tool: isToolId(value) ? value : undefined })}
          />
        )}
      </div>
      {known.length > 0 && (
        <fieldset class="tags">
          <legend class="visually-hidden">{t('documents.tagFilter')}</legend>
          {known.map((tag) => (
            <button key={tag} type="button" class="tag" aria-pressed={isChosen(tag)} onClick={() => toggle(tag)}>
              {tag}
            </button>
          ))}
        </fieldset>
      )}
    </search>
  );
}
