import type { ComponentChildren, VNode } from 'preact';
import { plural, t } from '../i18n/index.ts';
import { Icon } from './icons.tsx';
import { Menu } from './Menu.tsx';

/** How many colours there are for people: classes `person-0` to `person-11`, which set `--person` for the theme. */
export const PERSON_COLORS = 12;

export interface Person {
  /** Told apart by this; never shown. */
  id: string;
  /** As they wrote it; may be empty. */
  name: string;
  /** 0 to `PERSON_COLORS` - 1; anything else is folded into it. */
  color: number;
  /** Whether it is the person in front of this screen. */
  self?: boolean;
}

const SHOWN_MAX = 4;

/** The class that gives an element and its children `--person`, the colour of a person. */
export const personClass = (color: number): string => `person-${Math.abs(Math.trunc(color) || 0) % PERSON_COLORS}`;

const nameOf = (person: Pick<Person, 'name'>): string => person.name.trim() || t('people.anonymous');
export const initialOf = (person: Pick<Person, 'name'>): string => [...nameOf(person)][0]?.toLocaleUpperCase() ?? '?';

interface PeopleListProps {
  people: readonly Person[];
  /** Called from the person's own line. */
  onRename?: () => void;
  /** Called from the line of another one, with their id: the view shall go where they are. */
  onFollow?: (id: string) => void;
  /** Under the list. */
  children?: ComponentChildren;
}

/** Who is here: the first initials at a glance, all names on a click. */
export function PeopleList({ people, onRename, onFollow, children }: PeopleListProps): VNode {
  const count = plural('people.count', people.length);
  const faces = (
    <span class="people-faces" aria-hidden="true">
      {people.slice(0, SHOWN_MAX).map((person) => (
        <span key={person.id} class={`face ${personClass(person.color)}`}>
          {initialOf(person)}
        </span>
      ))}
      <span class="face face-count">{people.length}</span>
    </span>
  );
  return (
    <div class="people">
      <Menu label={count} face={faces}>
        <p class="menu-title">{t('people.title')}</p>
        <ul class="people-lines">
          {people.map((person) => (
            <li key={person.id} class={personClass(person.color)}>
              <span class="face" aria-hidden="true">
                {initialOf(person)}
              </span>
              <span class="people-name">
                {nameOf(person)}
                {person.self && <span class="soft"> ({t('people.you')})</span>}
              </span>
              {person.self && onRename && (
                <button type="button" class="icon-button" aria-label={t('name.title')} onClick={onRename}>
                  <Icon name="write" />
                </button>
              )}
              {!person.self && onFollow && (
                <button
                  type="button"
                  class="button button-plain"
                  aria-label={t('people.followName', { name: nameOf(person) })}
                  onClick={() => onFollow(person.id)}
                >
                  {t('people.follow')}
                </button>
              )}
            </li>
          ))}
        </ul>
        {children}
      </Menu>
    </div>
  );
}
