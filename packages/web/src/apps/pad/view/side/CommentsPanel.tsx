import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { plural, t } from '../../../../i18n/index.ts';
import { Button, IconButton } from '../../../../ui/Button.tsx';
import { announce, showToast } from '../../../../ui/toasts.ts';
import type { CommentMarks } from '../../editor/comment-marks.ts';
import { goToPassage, passageHere, rangeOf } from '../../editor/comment-marks.ts';
import type { Passage, Thread } from '../../model/comments.ts';
import { addThread, answer, readThreads, removeThread, setResolved } from '../../model/comments.ts';
import type { PadDocument } from '../../model/document.ts';
import { writesText } from '../../model/document.ts';
import { identityOf } from '../../model/people.ts';
import { Said, SayForm } from './Said.tsx';
import { SidePanel } from './SidePanel.tsx';
import { useTalk } from './use-talk.ts';

interface CommentsPanelProps {
  document: PadDocument;
  editor: Editor;
  writable: boolean;
  marks: CommentMarks;
  /** The thread that was asked for. */
  chosen: string | undefined;
  /** Grows each time a new comment is wanted. */
  wanted: number;
  now: () => number;
  onClose: () => void;
}

/** The comments, in the order of the text: to read, to answer, to settle. */
export function CommentsPanel(props: CommentsPanelProps): VNode {
  const { document, editor, writable, marks, now, onClose } = props;
  const threads = useTalk(document, () => readThreads(document));
  useTextChanges(editor);
  const [chosen, setChosen] = useState(props.chosen);
  const [passage, setPassage] = useState<Passage | undefined>(undefined);
  const [isShowingAll, setShowingAll] = useState(false);
  const choose = (id: string | undefined): void => {
    setChosen(id);
    marks.choose(id);
  };
  useEffect(() => choose(props.chosen), [props.chosen]);
  useEffect(() => () => marks.choose(undefined), [marks]);
  const begin = (): void => {
    const here = passageHere(editor);
    if (here === undefined) showToast(t('pad.comments.noWords'));
    setPassage(here);
  };
  useEffect(() => {
    if (props.wanted > 0 && writable) begin();
  }, [props.wanted]);
  const speaker = () => ({ ...identityOf(document.awareness.getLocalState(), document.awareness.clientID), at: now() });
  const say = (text: string): boolean => {
    const id = passage && addThread(document, passage, { ...speaker(), text });
    if (id === undefined) return false;
    document.ownThreads.add(id);
    setPassage(undefined);
    choose(id);
    announce(t('pad.comments.added'));
    return true;
  };
  const ordered = inTextOrder(editor, threads);
  const open = ordered.filter(({ isResolved }) => !isResolved);
  const shown = isShowingAll ? ordered : open;
  const settled = ordered.length - open.length;
  return (
    <SidePanel title={t('pad.comments.title')} onClose={onClose}>
      {writable && passage === undefined && (
        <Button icon="comment" onClick={begin}>
          {t('pad.comments.add')}
        </Button>
      )}
      {passage && (
        <section class="comment is-chosen">
          <blockquote dir="auto">{passage.quote}</blockquote>
          <SayForm
            label={t('pad.comments.yours')}
            button={t('pad.comments.send')}
            onSay={say}
            onCancel={() => setPassage(undefined)}
            first
          />
        </section>
      )}
      <p class="soft small" role="status">
        {plural('pad.comments.count', open.length)}
      </p>
      <ul class="comments">
        {shown.map((thread) => (
          <OneThread
            key={thread.id}
            {...props}
            thread={thread}
            isChosen={thread.id === chosen}
            choose={() => choose(thread.id)}
            say={(text) => answer(document, thread.id, { ...speaker(), text })}
          />
        ))}
      </ul>
      {settled > 0 && (
        <Button kind="quiet" onClick={() => setShowingAll(!isShowingAll)}>
          {isShowingAll ? t('pad.comments.hideSettled') : plural('pad.comments.showSettled', settled)}
        </Button>
      )}
    </SidePanel>
  );
}

/** How long the text rests before the places of the comments are looked at again. */
const REST_MS = 300;

/** Draws again when the text has changed: a passage may have moved, or be gone. */
function useTextChanges(editor: Editor): void {
  const [, setRound] = useState(0);
  useEffect(() => {
    let timer = 0;
    const changed = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => setRound((round) => round + 1), REST_MS);
    };
    editor.on('update', changed);
    return () => {
      window.clearTimeout(timer);
      editor.off('update', changed);
    };
  }, [editor]);
}

/** Those whose passage is gone come last. */
function inTextOrder({ state }: Editor, threads: readonly Thread[]): Thread[] {
  const place = (thread: Thread): number => rangeOf(state, thread)?.from ?? Number.POSITIVE_INFINITY;
  return [...threads]
    .map((thread) => ({ thread, at: place(thread) }))
    .sort((a, b) => (a.at === b.at ? 0 : a.at - b.at))
    .map(({ thread }) => thread);
}

interface OneThreadProps extends CommentsPanelProps {
  thread: Thread;
  isChosen: boolean;
  choose: () => void;
  say: (text: string) => boolean;
}

function OneThread({ document, editor, writable, thread, isChosen, choose, say, now, onClose }: OneThreadProps): VNode {
  const line = useRef<HTMLLIElement>(null);
  const isGone = rangeOf(editor.state, thread) === undefined;
  // Who may only comment settles and deletes what they began.
  const isTheirs = writesText(document.cap) || document.ownThreads.has(thread.id);
  useEffect(() => {
    if (isChosen) line.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  const show = (): void => {
    choose();
    // A dialog over the text would hide it.
    if (line.current?.closest('dialog')) onClose();
    goToPassage(editor, thread);
  };
  return (
    <li ref={line} class={`comment ${isChosen ? 'is-chosen' : ''} ${thread.isResolved ? 'is-settled' : ''}`}>
      <blockquote dir="auto">
        {isGone ? (
          <>
            {thread.quote} <span class="soft">({t('pad.comments.gone')})</span>
          </>
        ) : (
          <button
            type="button"
            class="comment-quote"
            onClick={show}
            aria-label={t('pad.comments.show', { words: thread.quote })}
          >
            {thread.quote}
          </button>
        )}
      </blockquote>
      {thread.messages.map((message) => (
        <Said key={message.id} message={message} now={now()} />
      ))}
      {writable && (
        <>
          {!thread.isResolved && <Answering say={say} onBegin={choose} />}
          {isTheirs && (
            <div class="row">
              <Button kind="quiet" icon="check" onClick={() => setResolved(document, thread.id, !thread.isResolved)}>
                {t(thread.isResolved ? 'pad.comments.reopen' : 'pad.comments.settle')}
              </Button>
              <IconButton
                icon="remove"
                label={t('pad.comments.remove')}
                onClick={() => removeThread(document, thread.id)}
              />
            </div>
          )}
        </>
      )}
    </li>
  );
}

function Answering({ say, onBegin }: { say: (text: string) => boolean; onBegin: () => void }): VNode {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) {
    return (
      <SayForm
        label={t('pad.comments.answer')}
        button={t('pad.comments.send')}
        onSay={(text) => {
          const isSaid = say(text);
          if (isSaid) setOpen(false);
          return isSaid;
        }}
        onCancel={() => setOpen(false)}
        first
      />
    );
  }
  return (
    <Button
      kind="plain"
      onClick={() => {
        onBegin();
        setOpen(true);
      }}
    >
      {t('pad.comments.answer')}
    </Button>
  );
}
