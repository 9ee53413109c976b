import type * as Y from 'yjs';
import type { Identity } from './people.ts';
import { COLOURS, cleanName } from './people.ts';

/**
 * Who wrote, kept in the document for as long as it lives: by the number of a program in Yjs, its person's name and colour
 * and the time. It is written again while that person writes, so that the history knows when things were written.
 */
export interface AuthorNote extends Identity {
  /** Unix seconds. */
  at: number;
}

const AUTHOR_ORIGIN = 'author';
/** Who goes on writing notes the time this often. */
const NOTE_EVERY_S = 60;
const SECOND_MS = 1000;

export function authorNotes(ydoc: Y.Doc): Y.Map<unknown> {
  return ydoc.getMap('authors');
}

/** A note as another program may have written it: nothing of it is trusted. */
export function readNote(value: unknown, client: number): AuthorNote {
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const { name, colour, at, source } = fields;
  const isColour = typeof colour === 'number' && Number.isInteger(colour) && colour >= 0 && colour < COLOURS;
  const isTime = typeof at === 'number' && Number.isFinite(at) && at > 0;
  const note = { name: cleanName(name), colour: isColour ? colour : client % COLOURS, at: isTime ? at : 0 };
  return source === 'etherpad' ? { ...note, source } : note;
}

/** Notes who writes, from the first change made here on. `isRemote`: whether a change came from elsewhere, by its origin. */
export function keepNote(
  ydoc: Y.Doc,
  { identity, now, isRemote }: { identity: () => Identity; now: () => number; isRemote: (origin: unknown) => boolean },
): () => void {
  let last: AuthorNote | undefined;
  const note = (_update: Uint8Array, origin: unknown): void => {
    if (origin === AUTHOR_ORIGIN || isRemote(origin)) return;
    const at = Math.floor(now() / SECOND_MS);
    const { name, colour } = identity();
    const isKnown = last !== undefined && last.name === name && last.colour === colour && at - last.at < NOTE_EVERY_S;
    if (isKnown) return;
    last = { name, colour, at };
    ydoc.transact(() => authorNotes(ydoc).set(String(ydoc.clientID), last), AUTHOR_ORIGIN);
  };
  ydoc.on('update', note);
  return () => ydoc.off('update', note);
}
