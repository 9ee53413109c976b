/** Carries published pages to another store. What is there already is left alone, so it can be done again and again. */
import type { Bytes } from '@archipel/protocol';
import { equal } from '@archipel/protocol';
import { inStep } from './in-step.ts';
import { MoveError } from './move-error.ts';
import type { MovedPage, PageStore } from './pages.ts';

/** `quiet`: nothing changes the source any more, so what was carried must be what arrived. Rejects with MoveError and as the stores do. */
export async function movePages(
  source: PageStore,
  target: PageStore,
  quiet: boolean,
  signal: AbortSignal,
): Promise<void> {
  const listing = (store: PageStore) => ({
    page: (after: Bytes | undefined, limit: number) => store.list(after, limit),
    idOf: ({ pageId }: MovedPage) => pageId,
  });
  for await (const [here, there] of inStep(listing(source), listing(target))) {
    if (signal.aborted) return;
    if (here === undefined && there !== undefined) await target.erase(there.pageId);
    if (here === undefined || (there !== undefined && isSame(here, there))) continue;
    const body = await source.read(here.pageId);
    await target.import(here, body ?? new Uint8Array(0));
    const arrived = await target.read(here.pageId);
    const isThere = body === undefined ? arrived === undefined : arrived !== undefined && equal(body, arrived);
    if (quiet && !isThere) throw new MoveError('A published page did not arrive as it was read.');
  }
}

function isSame(a: MovedPage, b: MovedPage): boolean {
  const names = ['seq', 'time', 'expiry', 'ended', 'state'] as const;
  return equal(a.hash, b.hash) && names.every((name) => a[name] === b[name]);
}
