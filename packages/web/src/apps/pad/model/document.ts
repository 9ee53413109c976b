import type { ReadonlySignal } from '@preact/signals';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';

/** Where the words stand, as the client knows it. `problem`: the host refuses the latest changes. */
export type SaveState = 'offline' | 'connecting' | 'sending' | 'saved' | 'readonly' | 'problem';

/** What went wrong with an open document, for a banner; none of them takes the text away. */
export type NoticeCode =
  | 'record_too_large'
  | 'document_full'
  | 'disk_full'
  | 'rate_limited'
  | 'refused'
  | 'host_trouble'
  | 'expiry_too_long'
  | 'storage_blocked'
  | 'version_newer'
  | 'expired'
  | 'deleted'
  | 'not_found'
  | 'open_failed'
  | 'relay_stale'
  | 'relay_dropped'
  | 'relay_forged';

/** How the owner's wish ended: done, or why not. */
export type OwnerAnswer = 'done' | 'offline' | 'refused' | 'too_long';

/** What the pad needs of an open document; session.ts makes it from the client's. */
export interface PadDocument {
  cap: 'own' | 'edit' | 'view';
  ydoc: Y.Doc;
  awareness: Awareness;
  /** whole addresses, to hand on */
  links: { view: string; edit?: string };
  /** the name of the machine that keeps it */
  host: string;
  state: ReadonlySignal<SaveState>;
  notices: ReadonlySignal<readonly NoticeCode[]>;
  /** ms since 1970; null: without limit; undefined: not known yet */
  expiresAt: ReadonlySignal<number | null | undefined>;
  dismiss(code: NoticeCode): void;
  /** for the owner: keeps it this many days from now; null for no limit */
  setKeep(days: number | null): Promise<OwnerAnswer>;
  /** for the owner: deletes it at the host, for everybody */
  remove(): Promise<OwnerAnswer>;
  /** tells "My documents" of this browser how it is called */
  rename(title: string): void;
}

/** Notices after which nothing more can be written: the document is over, or this page cannot follow it. */
const ENDS: ReadonlySet<NoticeCode> = new Set(['expired', 'deleted', 'not_found', 'version_newer']);

/** Whether people may still type, given their link and what happened. */
export function mayWrite(cap: PadDocument['cap'], notices: readonly NoticeCode[]): boolean {
  return cap !== 'view' && !notices.some((code) => ENDS.has(code));
}

/** Notices that a person may put away: the document goes on without an action of theirs. */
export function mayDismiss(code: NoticeCode): boolean {
  return code.startsWith('relay_') || code === 'storage_blocked' || code === 'open_failed';
}
