import type { Document } from '@archipel/client';
import { ClientError } from '@archipel/client';
import { encodeBase64url } from '@archipel/protocol';
import { markRenewed } from '../../../documents/store.ts';
import type { PlaceWish } from '../../../network/placement.ts';
import { createSettled, type SettleDeps, settle } from '../../../network/settle.ts';
import type { Keep } from '../../../shell/creation.ts';
import type { ErrorCode } from '../../../shell/ErrorPage.tsx';
import type { PlacedAt } from '../../../shell/placed.ts';
import { pageOf } from './notices.ts';

const DAY_S = 86_400;
const SECOND_MS = 1000;

/** What the page is at: waiting for the first words, at work, or stopped at the door. */
export type Opening = { at: 'door' } | { at: 'work'; document: Document } | { at: 'stopped'; code: ErrorCode };

export interface OpeningDeps extends SettleDeps {
  now: () => number;
}

/** A new document, on the hosts that the network names; its keep is in days, null for no limit. `placed`: hosts that were found for it. */
export function createPad(deps: OpeningDeps, keep: Keep, placed?: PlacedAt): Promise<Document> {
  const ttlSeconds = (keep ?? 0) * DAY_S;
  const expiry = keep === null ? 0 : Math.floor(deps.now() / SECOND_MS) + ttlSeconds;
  return createSettled(deps, { ttlSeconds }, expiry, placed && { kind: 'placed', ...placed });
}

/**
 * Opens the link and tells each step: `work` once there is something to show (this browser's copy, or what the host has),
 * `stopped` with the page to show when there is nothing; from "host unreachable" it goes on by itself when the host answers.
 */
export async function openPad(deps: OpeningDeps, link: string, tell: (step: Opening) => void): Promise<void> {
  let document: Document;
  try {
    document = await deps.client.open(link, { relay: deps.relay });
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return tell({ at: 'stopped', code: pageOf(error.code) });
  }
  // One that was made here and that no host has let in yet goes on looking for one.
  if (document.cap === 'own') void settle(deps, document, wishOf(document, deps.now()));
  tell({ at: 'door' });
  const step = (): void => {
    const reached = stepOf(document);
    if (reached.at === 'work') stop();
    tell(reached);
  };
  const stop = document.subscribe(step);
  step();
}

/** It lives as long as it was to live when it was made. */
function wishOf({ header }: Document, nowMs: number): PlaceWish {
  const { expiry = 0 } = header ?? {};
  return expiry === 0 ? {} : { ttlSeconds: Math.max(1, expiry - Math.floor(nowMs / SECOND_MS)) };
}

function stepOf(document: Document): Opening {
  const { state, hasContents, error } = document;
  // One that waits for room is written in meanwhile, also when nothing is in it yet.
  const isWaiting = document.cap === 'own' && !document.isCreated;
  if (isWaiting || hasContents || state === 'saved' || state === 'readonly' || state === 'sending')
    return { at: 'work', document };
  if (state === 'ended') return { at: 'stopped', code: pageOf(error ?? 'deleted') };
  if (state === 'problem') {
    if (error === 'wrong_generation') void markRenewed(encodeBase64url(document.docId), document.cap);
    return { at: 'stopped', code: pageOf(error ?? 'unavailable') };
  }
  return state === 'offline' ? { at: 'stopped', code: 'host_unreachable' } : { at: 'door' };
}
