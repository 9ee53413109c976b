import { useSignal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { authorsShown } from '../../../../shell/settings.ts';
import { PeopleList } from '../../../../ui/PeopleList.tsx';
import type { PadDocument } from '../../model/document.ts';
import type { Person } from '../../model/people.ts';
import { useLater } from '../use-later.ts';
import { watchPeople } from '../who.ts';

interface HereProps {
  document: PadDocument;
  editor: Editor;
  writable: boolean;
  rename: () => void;
}

/** Who is here, whom one follows, and in which colours they write. */
export function Here({ document, editor, writable, rename }: HereProps): VNode {
  const here = useMemo(() => watchPeople(document.awareness), [document]);
  useEffect(() => here.stop, [here]);
  const followed = useSignal<Person | undefined>(undefined);
  const people = here.people.value;
  const Legend = useLater(true, () => import('./Legend.tsx').then((part) => part.Legend));
  const Authors = useLater(authorsShown.value, () => import('./AuthorNote.tsx').then((part) => part.AuthorNote));
  const Following = useLater(followed.value !== undefined, () =>
    import('./Following.tsx').then((part) => part.Following),
  );
  const Mentions = useLater(true, () => import('./Mentions.tsx').then((part) => part.Mentions));
  return (
    <>
      {Mentions && <Mentions document={document} editor={editor} people={here.people} writable={writable} />}
      <PeopleList
        people={people.map(({ clientId, colour, ...person }) => ({ id: String(clientId), color: colour, ...person }))}
        onRename={rename}
        onFollow={(id) => {
          followed.value = people.find(({ clientId }) => String(clientId) === id);
        }}
      >
        {Legend && <Legend document={document} people={here.people} />}
      </PeopleList>
      <div class="pad-chips">
        {Following && followed.value && <Following document={document} editor={editor} followed={followed} />}
        {Authors && authorsShown.value && <Authors document={document} editor={editor} people={here.people} />}
      </div>
    </>
  );
}
