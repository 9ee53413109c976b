/** Drops that were being sent from this browser when its tab was closed. */
import { webLocks } from '@archipel/client';
import { abandonUpload, type UploadState, webFetch } from '@archipel/client/drop';
import { DropJournal, type WaitingDrop } from '@archipel/client/storage';
import { webSuite } from '@archipel/protocol/secret';
import type { ChosenFile } from '../../../files/chosen.ts';
import { mayRead } from '../../../files/pickers.ts';

const PART_BYTES = 4 * 2 ** 20;

export const journal = new DropJournal();

export interface Unfinished {
  drop: WaitingDrop;
  /** Of the files, in bytes. */
  size: number;
  /** Sent for sure. */
  sent: number;
}

/** The name of the lock that whoever sends a drop holds. */
export const lockOf = (id: string): string => `drop ${id}`;

/** Gives a lock back; undefined: another tab has it. */
export async function holdDrop(id: string): Promise<(() => void) | undefined> {
  return 'locks' in navigator ? webLocks(navigator.locks).acquire(lockOf(id)) : () => undefined;
}

/** Those that no tab is sending; none where the browser keeps nothing. `inbox`: those alone that answer this request. */
export async function unfinishedDrops(inbox?: string): Promise<Unfinished[]> {
  try {
    const found: Unfinished[] = [];
    for (const drop of await journal.list()) {
      if (inbox !== undefined && drop.answer?.inbox !== inbox) continue;
      const letGo = await holdDrop(drop.id);
      if (letGo === undefined) continue;
      letGo();
      found.push(unfinishedOf(drop, await journal.state(drop.id)));
    }
    return found;
  } catch (error) {
    if (error instanceof DOMException) return [];
    throw error;
  }
}

function unfinishedOf(drop: WaitingDrop, state: UploadState | undefined): Unfinished {
  const size = drop.files.reduce((sum, file) => sum + file.size, 0);
  const last = state?.parts.at(-1)?.number ?? 0;
  return { drop, size, sent: Math.min(size, last * PART_BYTES) };
}

/** Nothing of it remains, neither here nor at its host (which removes it by itself within a day when it cannot be reached). */
export async function forgetUnfinished({ id }: WaitingDrop): Promise<void> {
  const state = await journal.state(id);
  if (state !== undefined) await abandonUpload(webSuite, webFetch, state);
  await journal.remove(id);
}

/** The files of a drop by their handles. Undefined: they must be chosen again. To be called at a press. */
export async function filesAgain({ files }: WaitingDrop): Promise<ChosenFile[] | undefined> {
  const found: ChosenFile[] = [];
  for (const { path, size, modified, handle } of files) {
    if (handle === undefined || !(await mayRead(handle))) return undefined;
    const file = await handle.getFile().catch(noFile);
    if (file?.size !== size || file.lastModified !== modified) return undefined;
    found.push({ path, file, handle });
  }
  return found;
}

function noFile(error: unknown): undefined {
  if (error instanceof DOMException) return undefined;
  throw error;
}

/** `missing`: names in the drop. */
export type Matched = { ok: true; files: ChosenFile[] } | { ok: false; missing: string[] };

/** The files of a drop among those that were chosen again: same name, same size, same time. */
export function matchFiles({ files }: WaitingDrop, chosen: readonly ChosenFile[]): Matched {
  const left = new Set(chosen);
  const missing: string[] = [];
  const found = files.map(({ path, name, size, modified }) => {
    const isLike = ({ file }: ChosenFile): boolean =>
      file.name === fileNameOf(path) && file.size === size && file.lastModified === modified;
    const alike = [...left].filter(isLike);
    const same = alike.find((one) => one.path === path) ?? alike[0];
    if (same === undefined) missing.push(name);
    else left.delete(same);
    return same;
  });
  const all = found.filter((file) => file !== undefined);
  return missing.length === 0 ? { ok: true, files: all } : { ok: false, missing };
}

const fileNameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
