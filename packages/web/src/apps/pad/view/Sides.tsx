import type { Signal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { dismissToast, showToast, type Toast, toasts } from '../../../ui/toasts.ts';
import type { CommentMarks } from '../editor/comment-marks.ts';
import type { PadDocument } from '../model/document.ts';
import { watchTalk } from '../model/talk.ts';
import { BESIDE } from './beside.ts';
import { useLater } from './use-later.ts';

/** What is open beside the text. `wanted` grows each time a new comment is asked for. */
export type Side =
  | { is: 'comments'; thread?: string; wanted: number }
  | { is: 'chat' }
  | { is: 'proposals'; chosen?: string }
  | null;

interface SidesProps {
  side: Signal<Side>;
  document: PadDocument;
  editor: Editor;
  writable: boolean;
  now: () => number;
}

/** Comments and chat: fetched when somebody wants them, or when there are comments to be marked in the text. */
export function Sides({ side, document, editor, writable, now }: SidesProps): VNode {
  const wanted = side.value;
  const marks = useMarks(document, editor, wanted?.is === 'comments', (thread) => {
    const show = (): void => {
      side.value = { is: 'comments', thread, wanted: 0 };
    };
    // Over the text it would be in the way of whoever only wants to write there.
    if (window.matchMedia(BESIDE).matches) show();
    else offer(t('pad.comments.here'), { text: t('pad.comments.read'), run: show });
  });
  useProposalClicks((chosen) => {
    const show = (): void => {
      side.value = { is: 'proposals', chosen };
    };
    if (window.matchMedia(BESIDE).matches) show();
    else offer(t('pad.proposals.here'), { text: t('pad.proposals.see'), run: show });
  });
  const Proposals = useLater(wanted?.is === 'proposals', () =>
    import('./side/ProposalsPanel.tsx').then((part) => part.ProposalsPanel),
  );
  const Comments = useLater(wanted?.is === 'comments', () =>
    import('./side/CommentsPanel.tsx').then((part) => part.CommentsPanel),
  );
  const Chat = useLater(wanted?.is === 'chat', () => import('./side/ChatPanel.tsx').then((part) => part.ChatPanel));
  const props = {
    document,
    editor,
    writable,
    now,
    onClose: () => {
      side.value = null;
    },
  };
  return (
    <>
      {Comments && marks && wanted?.is === 'comments' && (
        <Comments {...props} marks={marks} chosen={wanted.thread} wanted={wanted.wanted} />
      )}
      {Chat && wanted?.is === 'chat' && <Chat {...props} />}
      {Proposals && wanted?.is === 'proposals' && <Proposals {...props} chosen={wanted.chosen} />}
    </>
  );
}

/** A click on something that is proposed tells which. */
function useProposalClicks(onClick: (id: string) => void): void {
  useEffect(() => {
    const clicked = ({ target }: MouseEvent): void => {
      const piece = target instanceof Element ? target.closest<HTMLElement>('#pad-text [data-proposal]') : null;
      if (piece?.dataset.proposal) onClick(piece.dataset.proposal);
    };
    window.addEventListener('click', clicked);
    return () => window.removeEventListener('click', clicked);
  }, []);
}

/** One such toast is enough: the newest. */
function offer(text: string, action: NonNullable<Toast['action']>): void {
  for (const toast of toasts.value) if (toast.text === text) dismissToast(toast.id);
  showToast(text, action);
}

/** Marks the passages as soon as there is a comment, or somebody is about to write the first one. */
function useMarks(
  document: PadDocument,
  editor: Editor,
  isWanted: boolean,
  onClick: (thread: string) => void,
): CommentMarks | undefined {
  const has = (): boolean => [document.ydoc, document.remarks].some((ydoc) => ydoc.getMap('comments').size > 0);
  const [hasAny, setHasAny] = useState(has);
  const [marks, setMarks] = useState<CommentMarks | undefined>(undefined);
  useEffect(() => {
    const read = (): void => setHasAny(has());
    read();
    return watchTalk(document, read);
  }, [document]);
  const isNeeded = isWanted || hasAny;
  useEffect(() => {
    if (!isNeeded) return;
    let isOver = false;
    let made: CommentMarks | undefined;
    void import('../editor/comment-marks.ts').then(({ markComments }) => {
      if (isOver) return;
      made = markComments(editor, document, onClick);
      setMarks(made);
    });
    return () => {
      isOver = true;
      made?.stop();
      setMarks(undefined);
    };
  }, [editor, isNeeded]);
  return marks;
}
