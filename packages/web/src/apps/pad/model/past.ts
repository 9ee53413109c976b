import type { ReadonlySignal } from '@preact/signals';
import type { AuthorNote } from './authors.ts';
import type { OwnerAnswer } from './document.ts';
import type { PastDrawing } from './past-text.ts';
import { type Identity, personKey } from './people.ts';

/** One step of the past: when, and by whom (index among the people). */
export interface Moment {
  /** Unix seconds; 0 when nobody noted it. */
  at: number;
  person: number;
  /** When a file says that it was, in Unix seconds (0: it does not say): it came in with that file at `at`, and the person is the file's. */
  claimed?: number;
}

/** Somebody who wrote, under however many numbers: the same name is the same person. */
export type PastPerson = Identity;

export interface PastVersion {
  id: string;
  name: string;
  step: number;
}

/** Why there is no past to show. */
export type PastProblem = 'offline' | 'closed' | 'too_large' | 'trouble';

export interface PastProgress {
  /** Steps that are here, and how many there are, as far as is known. */
  done: number;
  total: number;
}

/** The past of an open pad, as far as it is here. */
export interface Past {
  /** One per step; moment n is after step n. */
  moments: readonly Moment[];
  people: readonly PastPerson[];
  versions: readonly PastVersion[];
  /** The moment of the last visit; undefined when it is not known. */
  seen: number | undefined;
  /** False: the host cannot be asked; it ends where this browser read it last, and with what is here now. */
  isCurrent: boolean;
  at(step: number, since?: number): Promise<PastDrawing>;
  /** The record of a step, for a version; undefined for what has not reached the host. */
  recordOf(step: number): Promise<{ session: string; n: number } | undefined>;
  close(): void;
}

/** When this browser left the document the last time, and what it had seen by then (a state vector of Yjs). */
export interface LastVisit {
  /** ms since 1970 */
  at: number;
  seen: Uint8Array;
}

/** What the view may ask of the past of an open pad. */
export interface PadPast {
  /** whether those with the link to read may see it */
  isOpenToReaders: ReadonlySignal<boolean>;
  /** Undefined: the first visit, or nothing is new. */
  lastVisit: ReadonlySignal<LastVisit | undefined>;
  /** The person knows what is new: a later visit tells of what comes after this. */
  markSeen(): void;
  /** Rejects with an Error whose message is a `PastProblem`. */
  open(progress: (now: PastProgress) => void): Promise<Past>;
  /** What was changed up to here is a step of its own in the history. Resolves once it is on this machine's disk. */
  endStep(): Promise<void>;
  /** for the owner */
  setOpenToReaders(yes: boolean): Promise<OwnerAnswer>;
  /** for the owner: the history is gone at the host, and here */
  erase(): Promise<OwnerAnswer>;
}

/** Programs to people: by name; those without one by colour. */
export function groupPeople(
  clients: readonly number[],
  notes: ReadonlyMap<number, AuthorNote>,
): { people: PastPerson[]; byClient: Map<number, number> } {
  const people: PastPerson[] = [];
  const indexes = new Map<string, number>();
  const byClient = new Map<number, number>();
  for (const client of new Set([...clients, ...notes.keys()])) {
    const { at: _, ...person } = notes.get(client) ?? { at: 0, name: '', colour: client % 12 };
    const key = personKey(person);
    const index = indexes.get(key) ?? people.push(person) - 1;
    indexes.set(key, index);
    byClient.set(client, index);
  }
  return { people, byClient };
}

/** The steps that the slider goes over: all, or one person's, without moment 0. */
export function stepsOf(moments: readonly Moment[], person: number | undefined): number[] {
  return moments.flatMap((moment, index) => (person === undefined || moment.person === person ? index + 1 : []));
}

/** How many steps a second make the whole play last `seconds`; at least one a second, at most one a frame. */
export function playRate(steps: number, seconds: number): number {
  return Math.max(1, steps / seconds);
}
