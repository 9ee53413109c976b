import type * as Y from 'yjs';
import { oneLine } from './title.ts';

const MAX_VERSIONS = 200;
const ID_BYTES = 8;

/** A moment that somebody gave a name: the record that it follows, or, without one, the moment at which it was named. */
interface Version {
  id: string;
  name: string;
  record: { session: string; n: number } | undefined;
  /** The Yjs item of its entry. */
  item: Y.ID | undefined;
}

function versionMap(ydoc: Y.Doc): Y.Map<unknown> {
  return ydoc.getMap('versions');
}

/** What other programs may have written is checked; at most 200. */
export function readVersions(ydoc: Y.Doc): Version[] {
  const map = versionMap(ydoc);
  return [...map.entries()].slice(0, MAX_VERSIONS).flatMap(([id, value]) => {
    if (typeof value !== 'object' || value === null) return [];
    const { name, session, n } = value as Record<string, unknown>;
    if (typeof name !== 'string' || oneLine(name) === '') return [];
    const record = typeof session === 'string' && typeof n === 'number' ? { session, n } : undefined;
    return { id, name: oneLine(name), record, item: map._map.get(id)?.id };
  });
}

/** False when there are too many. */
export function nameVersion(ydoc: Y.Doc, name: string, record: { session: string; n: number } | undefined): boolean {
  const map = versionMap(ydoc);
  if (map.size >= MAX_VERSIONS) return false;
  const id = Array.from(crypto.getRandomValues(new Uint8Array(ID_BYTES)), (byte) => byte.toString(16).padStart(2, '0'));
  map.set(id.join(''), { name: oneLine(name), ...record });
  return true;
}

export function removeVersion(ydoc: Y.Doc, id: string): void {
  versionMap(ydoc).delete(id);
}
