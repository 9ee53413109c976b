import '../style/comment-bar.css';
import type { Signal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { announce } from '../../../ui/toasts.ts';
import { chooseBlock } from '../editor/choose-block.ts';
import type { Side } from './Sides.tsx';

interface CommentBarProps {
  editor: Editor;
  side: Signal<Side>;
  /** a comment on what is selected */
  comment: () => void;
}

/** What stands over the text for who may comment on it and not change it. */
export function CommentBar({ editor, side, comment }: CommentBarProps): VNode {
  useEffect(() => {
    const text = editor.view.dom;
    const key = (event: KeyboardEvent): void => {
      const direction = { ArrowDown: 1, ArrowUp: -1 }[event.key] as 1 | -1 | undefined;
      if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || direction === undefined) return;
      event.preventDefault();
      announce(chooseBlock(editor, direction) ?? t('pad.commenting.end'));
    };
    text.addEventListener('keydown', key);
    return () => text.removeEventListener('keydown', key);
  }, [editor]);
  // Pressed with mouse or finger the selection stays.
  const keep = (event: Event): void => event.preventDefault();
  return (
    <div class="pad-comment-bar" role="group" aria-label={t('pad.comments.title')} onMouseDown={keep}>
      <Button icon="comment" kind="primary" onClick={comment}>
        {t('pad.comments.add')}
      </Button>
      <Button
        icon="chat"
        kind="quiet"
        onClick={() => {
          side.value = { is: 'chat' };
        }}
      >
        {t('pad.chat.title')}
      </Button>
    </div>
  );
}
