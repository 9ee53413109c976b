import type { Signal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { plural, t } from '../../../../i18n/index.ts';
import { personClass } from '../../../../ui/PeopleList.tsx';
import { showToast } from '../../../../ui/toasts.ts';
import { type Completion, watchCompletion } from '../../editor/completion.ts';
import { focusText } from '../../editor/focus.ts';
import type { PadDocument } from '../../model/document.ts';
import { MENTION } from '../../model/mention.ts';
import { isNamed, namesLike, watchMentions } from '../../model/mentions.ts';
import { newId } from '../../model/messages.ts';
import type { Identity, Person } from '../../model/people.ts';
import { identityOf, NAME_MAX_LENGTH } from '../../model/people.ts';
import { authorsOf } from '../../model/text-authors.ts';
import { type CompletionItem, CompletionList } from '../CompletionList.tsx';

interface MentionsProps {
  document: PadDocument;
  editor: Editor;
  people: Signal<readonly Person[]>;
  writable: boolean;
}

/** After a space, a bracket, an apostrophe or nothing: an address of e-mail is no mention. */
const TYPED = /(?:^|[\s(«"'’\ufffc])@((?:[\p{L}\p{N}][^@\n]*)?)$/u;
const SHOWN_MAX = 8;

/** Who is here, and who wrote, named by `@` while one types; who is named hears of it. */
export function Mentions({ document, editor, people, writable }: MentionsProps): VNode | null {
  useNotices(document, editor, people);
  const completion = useNames(editor, writable);
  const query = completion?.query.value ?? null;
  if (completion === undefined || query === null) return null;
  const away = authorsOf(document.ydoc, people.peek()).away.filter(({ source }) => source === undefined);
  const here = people.value.filter(({ self, name }) => !self && name !== '');
  const all = new Map<string, Identity>([...here, ...away].map(({ name, colour }) => [name, { name, colour }]));
  const items = namesLike([...all.keys()], query.typed, SHOWN_MAX).map((name) => ({
    id: name,
    words: name,
    shown: (
      <span class={`pad-completion-person ${personClass(all.get(name)?.colour ?? 0)}`}>
        <span class="pad-chip-colour" aria-hidden="true" /> {name}
      </span>
    ),
  }));
  const take = ({ id }: CompletionItem, { from, to }: { from: number; to: number }): void => {
    const { schema, tr } = editor.state;
    const mention = schema.nodes[MENTION]?.create({ name: id, id: newId() });
    if (mention) editor.view.dispatch(tr.replaceWith(from, to, [mention, schema.text(' ')]).scrollIntoView());
  };
  return (
    <CompletionList
      editor={editor}
      completion={completion}
      query={query}
      items={items}
      label={t('pad.mentions.list')}
      said={plural('pad.mentions.found', items.length, { name: items[0]?.words ?? '' })}
      take={take}
    />
  );
}

function useNames(editor: Editor, writable: boolean): Completion | undefined {
  const [completion, setCompletion] = useState<Completion | undefined>(undefined);
  useEffect(() => {
    if (!writable) return;
    const watched = watchCompletion(editor, 'names', { pattern: TYPED, lookBack: NAME_MAX_LENGTH + 2 });
    setCompletion(watched);
    return () => {
      watched.stop();
      setCompletion(undefined);
    };
  }, [editor, writable]);
  return completion;
}

/** "Ada mentions you", with the way there. */
function useNotices({ ydoc, awareness }: PadDocument, editor: Editor, people: Signal<readonly Person[]>): void {
  useEffect(
    () =>
      watchMentions(ydoc, ({ id, name, client }) => {
        const { name: own } = identityOf(awareness.getLocalState(), awareness.clientID);
        const author = authorsOf(ydoc, people.peek()).of(client);
        if (!isNamed(name, own) || author?.self) return;
        showToast(t('pad.mentions.you', { name: author?.name || t('people.anonymous') }), {
          text: t('pad.mentions.show'),
          run: () => goTo(editor, id),
        });
      }),
    [ydoc, editor],
  );
}

function goTo(editor: Editor, id: string): void {
  editor.state.doc.descendants((node, position) => {
    if (node.type.name !== MENTION || node.attrs.id !== id) return;
    editor.chain().setNodeSelection(position).scrollIntoView().run();
    focusText(editor);
  });
}
