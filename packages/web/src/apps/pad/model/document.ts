import type { PageContent } from '@archipel/protocol';
import type { ReadonlySignal } from '@preact/signals';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import type { PadNode } from './content.ts';
import type { PadPast } from './past.ts';
import type { Pictures } from './pictures.ts';
import type { PageWords, Publication } from './publication.ts';
import type { Talk } from './talk.ts';

/** Where the words stand, as the client knows it. `problem`: the host refuses the latest changes. */
export type SaveState = 'offline' | 'connecting' | 'sending' | 'saved' | 'readonly' | 'problem';

/** What went wrong with an open document, for a banner; none of them takes the text away. */
export type NoticeCode =
  | 'record_too_large'
  | 'document_full'
  | 'disk_full'
  | 'rate_limited'
  | 'full'
  | 'crowded'
  | 'not_taken'
  | 'refused'
  | 'host_trouble'
  | 'expiry_too_long'
  | 'storage_blocked'
  | 'version_newer'
  | 'expired'
  | 'deleted'
  | 'removed'
  | 'renewed'
  | 'not_found'
  | 'open_failed'
  | 'relay_stale'
  | 'relay_dropped'
  | 'relay_forged'
  | 'relay_contradicts';

/** A host that keeps the document. */
export interface KeepingHost {
  hostId: string | undefined;
  /** Origin. */
  url: string;
  /** This browser is connected to it. */
  isConnected: boolean;
  /** Undefined: nobody knows. */
  isReached: boolean | undefined;
}

/** A new document that no host has room for yet. */
export interface Queue {
  /** 1 is next; undefined: nobody keeps a queue. */
  place: number | undefined;
}

/** On how many hosts everything is saved: `two` or more, or one of several that keep it. Undefined: there is only one. */
export type Copies = 'two' | 'twoOneAway' | 'oneOfTwo' | undefined;

/** How the owner's wish ended: done, or why not. */
export type OwnerAnswer = 'done' | 'offline' | 'refused' | 'too_long' | 'too_large';

/** How the wish to keep it until another day ended. `page_late`: the page of it is not kept longer; the other two: nothing has changed. */
export type KeepAnswer = OwnerAnswer | 'page_offline' | 'page_refused' | 'page_late';

/** How the wish to delete it ended; `page_…`: its page is still there, and so is all else. */
export type RemoveAnswer = OwnerAnswer | 'page_offline' | 'page_refused';

/** How publishing ended: done, or why not; `stopped`: nobody waited any longer, and the host may have done it. */
export type PublishAnswer =
  | 'done'
  | 'stopped'
  | 'offline'
  | 'refused'
  | 'not_offered'
  | 'too_many'
  | 'no_room'
  | 'too_large'
  | 'too_long'
  | 'removed';

/** The page of a pad that everybody can read. */
export interface Publisher {
  /** The same whether it is published or not. */
  readonly address: string;
  /** What the owner published last; undefined: never. */
  readonly publication: Publication | undefined;
  /** Calls back when that changes. Returns how to stop. */
  subscribe(changed: () => void): () => void;
  /** What it would be. */
  draw(doc: PadNode, words: PageWords): Promise<PageContent | 'too_large'>;
  publish(doc: PadNode, words: PageWords, signal?: AbortSignal): Promise<PublishAnswer>;
  takeBack(signal?: AbortSignal): Promise<PublishAnswer>;
  /** takes it back wherever it is, or may be */
  end(): Promise<PublishAnswer>;
  /** the same page until another time, in Unix seconds; 0: as long as hosts keep pages */
  keepUntil(expiry: number): Promise<PublishAnswer>;
  /** Of what the page says, to tell whether the pad says something else by now. */
  digestOf(doc: PadNode): Promise<string>;
  /** Whether the host shows it. */
  check(): Promise<'shown' | 'gone' | 'removed' | 'unknown'>;
}

/** What the pad needs of an open document; session.ts makes it from the client's. */
export interface PadDocument extends Talk {
  cap: 'own' | 'edit' | 'comment' | 'view';
  ydoc: Y.Doc;
  /** comments and chat, of who may only comment, too */
  remarks: Y.Doc;
  mayRemark: ReadonlySignal<boolean>;
  /** ids of the comments that were begun in this browser */
  ownThreads: { has(id: string): boolean; add(id: string): void };
  awareness: Awareness;
  /** whole addresses, to hand on */
  readonly links: { view: string; comment?: string; edit?: string };
  /** for the owner: the whole address of their own link, for paper; never to hand on */
  readonly ownLink: string | undefined;
  hosts: ReadonlySignal<readonly KeepingHost[]>;
  copies: ReadonlySignal<Copies>;
  state: ReadonlySignal<SaveState>;
  notices: ReadonlySignal<readonly NoticeCode[]>;
  queue: ReadonlySignal<Queue | undefined>;
  /** ms since 1970; null: without limit; undefined: not known yet */
  expiresAt: ReadonlySignal<number | null | undefined>;
  past: PadPast;
  /** What hosts signed that cannot be true, as a file (JSON); undefined without `relay_contradicts`. */
  readonly evidence: string | undefined;
  dismiss(code: NoticeCode): void;
  /** for the owner: keeps it, and its page, this many days from now; null for no limit */
  setKeep(days: number | null): Promise<KeepAnswer>;
  /** for the owner: makes the link to comment */
  openToRemarks(): Promise<OwnerAnswer>;
  /** for the owner: new links to read and to write, and the old ones stop working */
  changeLocks(): Promise<OwnerAnswer>;
  /** for the owner: deletes it at the host, for everybody, and its page before; `isPageLeft`: the page stays where it cannot be reached */
  remove(isPageLeft?: boolean): Promise<RemoveAnswer>;
  /** tells "My documents" of this browser how it is called */
  rename(title: string): void;
  /** for the owner: fetched when it is wanted */
  publisher(): Promise<Publisher>;
  /** fetched when the first one is met */
  pictures(): Promise<Pictures>;
}

/** Notices after which nothing more can be written: the document is over, or this page cannot follow it. */
const ENDS: ReadonlySet<NoticeCode> = new Set([
  'expired',
  'deleted',
  'removed',
  'renewed',
  'not_found',
  'version_newer',
]);

/** Whether this text is from now on only what this browser keeps of it. */
export function isLastCopy(code: NoticeCode): boolean {
  return ENDS.has(code) && code !== 'version_newer';
}

/** Whether people may still type, given their link and what happened. */
export function mayWrite(cap: PadDocument['cap'], notices: readonly NoticeCode[]): boolean {
  return writesText(cap) && !notices.some((code) => ENDS.has(code));
}

/** Whether a link is one that can change the text. */
export function writesText(cap: PadDocument['cap']): boolean {
  return cap === 'own' || cap === 'edit';
}

/** Whether people may comment and chat: who writes always, who came to comment as soon as the pad is known to be open to that. */
export function mayTalk({ cap, mayRemark, notices }: Pick<PadDocument, 'cap' | 'mayRemark' | 'notices'>): boolean {
  if (cap !== 'comment') return mayWrite(cap, notices.value);
  return mayRemark.value && !notices.value.some((code) => ENDS.has(code));
}

/** Notices of something that passes by itself: no alarm. */
export function isCalm(code: NoticeCode): boolean {
  return mayDismiss(code) || code === 'full' || code === 'crowded' || code === 'not_taken';
}

/** Notices that a person may put away: the document goes on without an action of theirs. */
export function mayDismiss(code: NoticeCode): boolean {
  return code.startsWith('relay_') || code === 'storage_blocked' || code === 'open_failed';
}
