import type { Client, Document } from '@archipel/client';
import { ClientError } from '@archipel/client';
import type { Keep } from '../../../shell/creation.ts';
import type { ErrorCode } from '../../../shell/ErrorPage.tsx';
import { pageOf } from './notices.ts';

const DAY_S = 86_400;
const SECOND_MS = 1000;

/** What the page is at: waiting for the first words, at work, or stopped at the door. */
export type Opening = { at: 'door' } | { at: 'work'; document: Document } | { at: 'stopped'; code: ErrorCode };

export interface OpeningDeps {
  client: Client;
  /** address of the relay's socket */
  relay: string;
  now: () => number;
}

/** A new document, there at once; its keep is in days, null for no limit. */
export function createPad({ client, relay, now }: OpeningDeps, keep: Keep): Promise<Document> {
  const expiry = keep === null ? 0 : Math.floor(now() / SECOND_MS) + keep * DAY_S;
  return client.create({ relay, expiry });
}

/**
 * Opens the link and tells each step: `work` once there is something to show (this browser's copy, or what the host has),
 * `stopped` with the page to show when there is nothing; from "host unreachable" it goes on by itself when the host answers.
 */
export async function openPad(
  { client, relay }: OpeningDeps,
  link: string,
  tell: (step: Opening) => void,
): Promise<void> {
  let document: Document;
  try {
    document = await client.open(link, { relay });
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return tell({ at: 'stopped', code: pageOf(error.code) });
  }
  tell({ at: 'door' });
  const step = (): void => {
    const reached = stepOf(document);
    if (reached.at === 'work') stop();
    tell(reached);
  };
  const stop = document.subscribe(step);
  step();
}

function stepOf(document: Document): Opening {
  const { state, hasContents, error } = document;
  if (hasContents || state === 'saved' || state === 'readonly' || state === 'sending') return { at: 'work', document };
  if (state === 'ended') return { at: 'stopped', code: pageOf(error ?? 'deleted') };
  if (state === 'problem') return { at: 'stopped', code: pageOf(error ?? 'unavailable') };
  return state === 'offline' ? { at: 'stopped', code: 'host_unreachable' } : { at: 'door' };
}
