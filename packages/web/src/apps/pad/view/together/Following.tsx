import type { Signal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../../../../i18n/index.ts';
import { Button } from '../../../../ui/Button.tsx';
import { personClass } from '../../../../ui/PeopleList.tsx';
import { announce } from '../../../../ui/toasts.ts';
import { followCaret } from '../../editor/follow.ts';
import type { PadDocument } from '../../model/document.ts';
import type { Person } from '../../model/people.ts';
import { covered } from '../covered.ts';

interface FollowingProps {
  document: PadDocument;
  editor: Editor;
  followed: Signal<Person | undefined>;
}

/** Whom one follows, and the way out. */
export function Following({ document, editor, followed }: FollowingProps): VNode | null {
  const person = followed.value;
  const clientId = person?.clientId;
  const name = person?.name || t('people.anonymous');
  const end = (said: string): void => {
    followed.value = undefined;
    announce(said);
  };
  useEffect(() => {
    if (clientId === undefined) return;
    announce(t('pad.follow.hint', { name }));
    return followCaret(editor, {
      awareness: document.awareness,
      clientId,
      covered,
      onEnd: (why) => end(t(why === 'left' ? 'pad.follow.left' : 'pad.follow.ended', { name })),
    });
  }, [clientId, editor]);
  if (person === undefined) return null;
  return (
    <p class={`pad-chip ${personClass(person.colour)}`} data-follow={name}>
      <span class="pad-chip-colour" aria-hidden="true" />
      <span title={t('pad.follow.hint', { name })}>{t('pad.follow.now', { name })}</span>
      <Button kind="plain" onClick={() => end(t('pad.follow.ended', { name }))}>
        {t('pad.follow.stop')}
      </Button>
    </p>
  );
}
