import * as Y from 'yjs';
import { authorNotes, readNote } from './authors.ts';
import { type Identity, type Person, personKey } from './people.ts';

/** Somebody who wrote something that still stands. */
export interface Author extends Identity {
  self: boolean;
}

export interface Authors {
  /** The author with this number in Yjs; undefined when nobody signed what it wrote. */
  of(client: number): Author | undefined;
  /** Those who wrote and are not here now, by name; each once, however often they came. */
  away: readonly Identity[];
}

/** Who wrote, with the colours of those who are here: somebody who came back under the same name is the same person. */
export function authorsOf(ydoc: Y.Doc, here: readonly Person[]): Authors {
  const byClient = new Map<number, Author>();
  /** Those who have a name. */
  const byName = new Map<string, Author>();
  for (const { clientId, name, colour, self } of here) {
    const author = { name, colour, self };
    byClient.set(clientId, author);
    const key = personKey(author);
    if (name !== '' && !byName.has(key)) byName.set(key, author);
  }
  const present = new Set(byName.keys());
  const notes = [...authorNotes(ydoc)].map(([key, value]) => ({
    client: Number(key),
    ...readNote(value, Number(key)),
  }));
  // The latest colour is the one that others remember.
  for (const { client, at: _, ...noted } of notes.sort((a, b) => b.at - a.at)) {
    if (byClient.has(client)) continue;
    const key = personKey(noted);
    const author = byName.get(key) ?? { ...noted, self: false };
    byClient.set(client, author);
    if (noted.name !== '') byName.set(key, author);
  }
  const away = [...byName].filter(([key]) => !present.has(key)).map(([, { self: _, ...identity }]) => identity);
  return { of: (client) => byClient.get(client), away: away.sort((a, b) => a.name.localeCompare(b.name)) };
}

/** A piece of text by one author. Positions are those of ProseMirror. */
export interface AuthorRun {
  from: number;
  to: number;
  /** Number in Yjs of the program that wrote it. */
  client: number;
}

/**
 * Whose the text of one block is, `at` its position. `isLeaf`: whether an element of this name holds nothing.
 * Every sign in Yjs carries the number of the program that wrote it, so nothing else needs to be kept.
 */
export function authorRuns(
  block: Y.XmlElement,
  at: number,
  isLeaf: (name: string) => boolean,
): { runs: AuthorRun[]; size: number } {
  const runs: AuthorRun[] = [];
  const add = (from: number, length: number, client: number): void => {
    const last = runs.at(-1);
    if (last !== undefined && last.client === client && last.to === from) last.to += length;
    else runs.push({ from, to: from + length, client });
  };
  const walk = (element: Y.XmlElement, start: number): number => {
    let end = start + 1;
    for (const child of element.toArray()) {
      if (child instanceof Y.XmlElement && isLeaf(child.nodeName)) {
        add(end, 1, child._item?.id.client ?? 0);
        end += 1;
      } else if (child instanceof Y.XmlElement) end = walk(child, end);
      else if (child instanceof Y.XmlText) {
        for (let item = child._start; item !== null; item = item.right) {
          if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
          add(end, item.length, item.id.client);
          end += item.length;
        }
      }
    }
    return end + 1;
  };
  const size = isLeaf(block.nodeName) ? 1 : walk(block, at) - at;
  return { runs, size };
}
