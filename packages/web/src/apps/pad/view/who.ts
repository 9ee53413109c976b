import type { Signal } from '@preact/signals';
import { effect, signal } from '@preact/signals';
import type { Awareness } from 'y-protocols/awareness';
import { ownName } from '../../../shell/settings.ts';
import type { Person } from '../model/people.ts';
import { COLOURS, cleanName, peopleOf, settledColour } from '../model/people.ts';

/** Tells the others who we are, and keeps the list of who is here. */
export function watchPeople(awareness: Awareness): { people: Signal<readonly Person[]>; stop: () => void } {
  const self = awareness.clientID;
  const people = signal<readonly Person[]>([]);
  let colour = self % COLOURS;
  const tell = () => awareness.setLocalStateField('user', { name: cleanName(ownName.peek()), colour });
  const read = () => {
    const settled = settledColour(awareness.getStates(), self, colour);
    if (settled !== colour) {
      colour = settled;
      tell();
    }
    people.value = peopleOf(awareness.getStates(), self);
  };
  const stopName = effect(() => {
    if (ownName.value !== undefined) tell();
  });
  awareness.on('change', read);
  read();
  return {
    people,
    stop: () => {
      stopName();
      awareness.off('change', read);
    },
  };
}
