import type { Document } from '@archipel/client';
import { encodeBase64url } from '@archipel/protocol';
import { signal } from '@preact/signals';
import { forget, remember } from '../../../documents/store.ts';
import { linkTo } from '../../../shell/fragment.ts';
import { pad } from '../meta.ts';
import type { NoticeCode, OwnerAnswer, PadDocument } from '../model/document.ts';
import { mayDismiss } from '../model/document.ts';
import { readTitle } from '../model/title.ts';
import { noticeOf, saveState } from './notices.ts';

const DAY_S = 86_400;
const SECOND_MS = 1000;

/** An open pad: the client's document in the words of the view, remembered in "My documents". */
export function padDocument(document: Document, now: () => number): PadDocument & { stop: () => void } {
  const state = signal(saveState(document.state));
  const notices = signal<readonly NoticeCode[]>([]);
  const expiresAt = signal(expiryOf(document));
  const raise = (code: NoticeCode) => {
    if (!notices.value.includes(code)) notices.value = [...notices.value, code];
  };
  const readState = () => {
    state.value = saveState(document.state);
    // What stood in the way and no longer does needs no banner; what a person must know stays until they put it away.
    if (document.state !== 'problem' && document.state !== 'ended') notices.value = notices.value.filter(mayDismiss);
    else if (document.error !== undefined) raise(noticeOf(document.error));
  };
  const entry = (title: string) => {
    const links = document.links();
    const best = links.own ?? links.edit ?? links.view;
    const docId = encodeBase64url(document.docId);
    const openedAt = now();
    return { docId, tool: pad.id, title, link: linkTo(pad.path, best), cap: document.cap, openedAt };
  };
  const rename = (title: string) => {
    // A list that cannot be kept is said once, by the notice of the client's own storage.
    void remember({ ...entry(title), expiresAt: expiresAt.peek() ?? null }).then((kept) => {
      if (!kept.ok) raise(kept.code);
    });
  };
  const stops = [
    document.subscribe(readState),
    document.on('error', readState),
    document.on('report', ({ code }) => raise(noticeOf(code))),
    document.on('ended', (reason) => raise(reason)),
    document.on('header', () => {
      expiresAt.value = expiryOf(document);
      rename(readTitle(document.ydoc));
    }),
  ];
  for (const { code } of document.reports) raise(noticeOf(code));
  readState();
  return {
    cap: document.cap,
    ydoc: document.ydoc,
    awareness: document.awareness,
    links: sharedLinks(document),
    host: new URL(document.relay).hostname,
    state,
    notices,
    expiresAt,
    dismiss: (code) => {
      // The client stops before it takes an older state; putting the warning away is the person's yes (CHK-4).
      if (code === 'relay_stale' && document.state === 'problem') document.acceptOlder();
      notices.value = notices.value.filter((other) => other !== code);
    },
    setKeep: async (days) => {
      const expiry = days === null ? 0 : Math.floor(now() / SECOND_MS) + days * DAY_S;
      const answer = ownerAnswer(await document.setExpiry(expiry));
      if (answer === 'done') notices.value = notices.value.filter((code) => code !== 'expiry_too_long');
      return answer;
    },
    remove: async () => {
      const answer = ownerAnswer(await document.delete());
      if (answer === 'done') {
        // Closed first: an open document would be kept again.
        await document.close();
        await forget(encodeBase64url(document.docId));
      }
      return answer;
    },
    rename,
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

/** Whole addresses, without the owner's: that one is never offered to hand on. */
function sharedLinks(document: Document): PadDocument['links'] {
  const { view, edit } = document.links();
  return { view: linkTo(pad.path, view), ...(edit !== undefined && { edit: linkTo(pad.path, edit) }) };
}

function expiryOf({ header }: Document): number | null | undefined {
  if (header === undefined) return undefined;
  return header.expiry === 0 ? null : header.expiry * SECOND_MS;
}

function ownerAnswer(result: Awaited<ReturnType<Document['delete']>>): OwnerAnswer {
  if (result.ok) return 'done';
  if (result.error === 'expiry_too_long') return 'too_long';
  return result.error === 'unavailable' ? 'offline' : 'refused';
}
