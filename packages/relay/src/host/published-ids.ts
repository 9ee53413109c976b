/** Which ids are of published pages: a command asks the store beside a running host, or without one. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Bytes, encodeBase64url } from '@archipel/protocol';
import { silentLog } from '../log.ts';
import { openPages } from '../store/open.ts';
import { PageStoreError } from '../store/pages.ts';
import { PAGES_FILE } from '../store/pages-sqlite.ts';
import { nameOf, type StorePlace } from '../store/places.ts';
import { StoreOpenError } from '../store/store-error.ts';

/** Those that are, or were, in base64url; or why that is not known, in a sentence. */
export async function publishedAmong(
  place: StorePlace,
  ids: readonly Bytes[],
): Promise<Set<string> | { unknown: string }> {
  try {
    return await found(place, ids);
  } catch (error) {
    if (error instanceof StoreOpenError) return { unknown: error.message };
    if (error instanceof PageStoreError) return { unknown: `${nameOf(place)} does not answer.` };
    throw error;
  }
}

async function found(place: StorePlace, ids: readonly Bytes[]): Promise<Set<string>> {
  const published = new Set<string>();
  if (ids.length === 0) return published;
  // Opening makes the file.
  if (place.kind === 'sqlite' && !existsSync(join(place.folder, PAGES_FILE))) return published;
  const pages = await openPages(place, silentLog);
  try {
    for (const id of ids) if ((await pages.find(id)) !== undefined) published.add(encodeBase64url(id));
    return published;
  } finally {
    await pages.close();
  }
}
