import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { language, t } from '../../../i18n/index.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { type Emoji, findEmoji } from '../model/emoji.ts';
import { type EmojiBook, loadEmoji } from './emoji-data.ts';

const FOUND_MAX = 100;

interface EmojiDialogProps {
  editor: Editor;
  open: boolean;
  onClose: () => void;
}

/** All emoji by group, with a field to look for one by its name; the one that is taken stands at the caret. */
export function EmojiDialog({ editor, open, onClose }: EmojiDialogProps): VNode {
  return (
    <Dialog open={open} onClose={onClose} title={t('pad.tool.emoji')} wide>
      {open && <Chooser editor={editor} onClose={onClose} />}
    </Dialog>
  );
}

function Chooser({ editor, onClose }: Omit<EmojiDialogProps, 'open'>): VNode {
  const [book, setBook] = useState<EmojiBook | null>(null);
  const [typed, setTyped] = useState('');
  const field = useId();
  const spoken = language.value;
  const [isAway, setAway] = useState(false);
  useEffect(() => void loadEmoji(spoken).then(setBook, () => setAway(true)), [spoken]);
  const take = (emoji: Emoji) => {
    onClose();
    // The dialog gives the focus back first.
    requestAnimationFrame(() => editor.chain().focus().insertContent({ type: 'text', text: emoji.sign }).run());
  };
  const groups =
    book === null
      ? []
      : typed.trim() === ''
        ? book.groups.map((name, group) => ({ name, emoji: book.all.filter((one) => one.group === group) }))
        : [{ name: t('pad.emoji.suits'), emoji: findEmoji(book.all, typed, FOUND_MAX) }];
  return (
    <div class="stack">
      <label for={field}>{t('pad.emoji.search')}</label>
      <input
        id={field}
        data-first
        class="field"
        type="search"
        dir="auto"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          const first = groups[0]?.emoji[0];
          if (event.key !== 'Enter' || typed.trim() === '' || !first) return;
          // The dialog is gone before the key is over: the rest of it is not for the text.
          event.preventDefault();
          take(first);
        }}
      />
      <p class="soft small">{t('pad.emoji.hint', { example: spoken === 'fr' ? ':cœur' : ':heart' })}</p>
      <Grid groups={groups.filter(({ emoji }) => emoji.length > 0)} take={take} />
      {isAway && <p role="status">{t('pad.emoji.away')}</p>}
      {book !== null && groups.every(({ emoji }) => emoji.length === 0) && <p role="status">{t('pad.emoji.none')}</p>}
    </div>
  );
}

interface GridProps {
  groups: readonly { name: string; emoji: readonly Emoji[] }[];
  take: (emoji: Emoji) => void;
}

/** One stop for Tab; the arrows go through all of them, up and down to the nearest of the next line. */
function Grid({ groups, take }: GridProps): VNode {
  const grid = useRef<HTMLDivElement>(null);
  const first = groups[0]?.emoji[0];
  const [current, setCurrent] = useState<string | undefined>(undefined);
  const isThere = groups.some(({ emoji }) => emoji.some(({ sign }) => sign === current));
  const stop = isThere ? current : first?.sign;
  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...(grid.current?.querySelectorAll('button') ?? [])];
    const next = nextButton(buttons, document.activeElement, event.key);
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of its buttons.
    <div ref={grid} class="pad-emoji-grid" onKeyDown={onKeyDown}>
      {groups.map(({ name, emoji }) => (
        <fieldset key={name}>
          <legend>{name}</legend>
          {emoji.map((one) => (
            <button
              key={one.sign}
              type="button"
              tabIndex={one.sign === stop ? 0 : -1}
              aria-label={one.name}
              title={one.name}
              onFocus={() => setCurrent(one.sign)}
              onClick={() => take(one)}
            >
              {one.sign}
            </button>
          ))}
        </fieldset>
      ))}
    </div>
  );
}

function nextButton(buttons: readonly HTMLButtonElement[], from: Element | null, key: string): HTMLElement | undefined {
  const at = buttons.indexOf(from as HTMLButtonElement);
  if (key === 'ArrowRight') return buttons[at + 1];
  if (key === 'ArrowLeft') return buttons[at - 1];
  if (key === 'Home') return buttons[0];
  if (key === 'End') return buttons.at(-1);
  if ((key !== 'ArrowDown' && key !== 'ArrowUp') || from === null) return undefined;
  const { left, top } = from.getBoundingClientRect();
  const ahead = key === 'ArrowDown' ? buttons.slice(at + 1) : buttons.slice(0, Math.max(at, 0)).reverse();
  const line = ahead
    .find((button) => Math.abs(button.getBoundingClientRect().top - top) > 1)
    ?.getBoundingClientRect().top;
  if (line === undefined) return undefined;
  const inLine = ahead.filter((button) => Math.abs(button.getBoundingClientRect().top - line) <= 1);
  const distance = (button: Element) => Math.abs(button.getBoundingClientRect().left - left);
  return inLine.reduce((best, button) => (distance(button) < distance(best) ? button : best));
}
