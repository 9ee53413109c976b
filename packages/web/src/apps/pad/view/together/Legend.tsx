import type { Signal } from '@preact/signals';
import type { VNode } from 'preact';
import { t } from '../../../../i18n/index.ts';
import { authorsShown, setAuthorsShown } from '../../../../shell/settings.ts';
import { initialOf, personClass } from '../../../../ui/PeopleList.tsx';
import type { PadDocument } from '../../model/document.ts';
import { type Person, personKey } from '../../model/people.ts';
import { authorsOf } from '../../model/text-authors.ts';
import { nameInWords } from '../name-in-words.ts';

/** The switch of the colours; while they are shown, who has one and is not here. */
export function Legend({ document, people }: { document: PadDocument; people: Signal<readonly Person[]> }): VNode {
  const away = authorsShown.value ? authorsOf(document.ydoc, people.value).away : [];
  return (
    <>
      {away.length > 0 && <p class="menu-title">{t('pad.authors.away')}</p>}
      {away.length > 0 && (
        <ul class="people-lines">
          {away.map((person) => (
            <li key={personKey(person)} class={personClass(person.colour)}>
              <span class="face" aria-hidden="true">
                {initialOf(person)}
              </span>
              <span class="people-name">{nameInWords(person)}</span>
            </li>
          ))}
        </ul>
      )}
      <label class="check pad-authors-switch">
        <input
          type="checkbox"
          checked={authorsShown.value}
          onChange={({ currentTarget }) => setAuthorsShown(currentTarget.checked)}
        />
        <span>{t('pad.authors.show')}</span>
      </label>
    </>
  );
}
