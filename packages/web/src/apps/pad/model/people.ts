/** How many colours there are for people: `.person-0` to `.person-11` in the style sheets. */
export const COLOURS = 12;
/** The longest name shown, in UTF-16 units. */
export const NAME_MAX_LENGTH = 40;

/** What a person tells the others through awareness, under the field `user`. */
export interface Identity {
  name: string;
  /** 0 to COLOURS - 1 */
  colour: number;
  /** Whose file says so: nobody with a key of this document does. */
  source?: 'etherpad';
}

/** The same person has the same: by name; those without one by colour; those that a file names are nobody who comes here. */
export function personKey({ name, colour, source }: Identity): string {
  return `${source ?? ''}\0${name === '' ? `\0${colour}` : name}`;
}

/** Somebody who is here: one open page, so the same human in two tabs counts twice. */
export interface Person extends Identity {
  clientId: number;
  self: boolean;
}

/** What anybody may have put in an awareness state: nothing of it is trusted. */
type States = ReadonlyMap<number, Record<string, unknown> | null>;

/** A name as it may be shown: one line, no control or direction-changing characters, at most NAME_MAX_LENGTH. */
export function cleanName(name: unknown): string {
  if (typeof name !== 'string') return '';
  const flat = name.replace(/[\p{Cc}\u200b\u2028-\u202e\u2066-\u2069\ufeff]+/gu, ' ').replace(/\s+/g, ' ');
  return flat
    .trim()
    .slice(0, NAME_MAX_LENGTH)
    .replace(/[\ud800-\udbff]$/, '')
    .trim();
}

/** The identity in one awareness state, made safe; somebody without a valid colour gets one from their id. */
export function identityOf(state: Record<string, unknown> | null | undefined, clientId: number): Identity {
  const user = state?.user;
  const { name, colour } = typeof user === 'object' && user !== null ? (user as Record<string, unknown>) : {};
  const valid = typeof colour === 'number' && Number.isInteger(colour) && colour >= 0 && colour < COLOURS;
  return { name: cleanName(name), colour: valid ? colour : clientId % COLOURS };
}

/** Who is here: oneself first, then by name; those without a name last, in a stable order. */
export function peopleOf(states: States, selfId: number): Person[] {
  const people: Person[] = [];
  for (const [clientId, state] of states) {
    if (state === null || typeof state.user !== 'object' || state.user === null) continue;
    people.push({ clientId, self: clientId === selfId, ...identityOf(state, clientId) });
  }
  return people.sort(compare);
}

function compare(a: Person, b: Person): number {
  if (a.self !== b.self) return a.self ? -1 : 1;
  if ((a.name === '') !== (b.name === '')) return a.name === '' ? 1 : -1;
  return a.name.localeCompare(b.name) || a.clientId - b.clientId;
}

/** A colour nobody here has yet, or the least used one; `start` (any integer) chooses among equals. */
export function freeColour(states: States, selfId: number, start: number): number {
  const used = new Array<number>(COLOURS).fill(0);
  for (const [clientId, state] of states) {
    if (clientId === selfId || state === null) continue;
    const { colour } = identityOf(state, clientId);
    used[colour] = (used[colour] ?? 0) + 1;
  }
  const order = Array.from(
    { length: COLOURS },
    (_, step) => ((((start % COLOURS) + COLOURS) % COLOURS) + step) % COLOURS,
  );
  return order.reduce((best, colour) => ((used[colour] ?? 0) < (used[best] ?? 0) ? colour : best));
}

/** One or two letters for a round badge; empty for somebody without a name. */
export function initials(name: string): string {
  const words = cleanName(name)
    .split(/[\s\-_.]+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return letters
    .map((word) => [...(word ?? '')].find((sign) => /[\p{L}\p{N}]/u.test(sign)) ?? '')
    .join('')
    .toUpperCase();
}

/**
 * The colour to have when somebody who was here before (a lower id) has ours and another one is free; else ours.
 */
export function settledColour(states: States, selfId: number, mine: number): number {
  const others = [...states].filter(([clientId, state]) => clientId !== selfId && state !== null);
  const taken = others.map(([clientId, state]) => ({ clientId, colour: identityOf(state, clientId).colour }));
  const clash = taken.some(({ clientId, colour }) => colour === mine && clientId < selfId);
  const free = clash ? freeColour(states, selfId, mine) : mine;
  return taken.some(({ colour }) => colour === free) ? mine : free;
}
