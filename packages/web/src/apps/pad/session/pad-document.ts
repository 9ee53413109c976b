import type { Document, Storage } from '@archipel/client';
import { memoryStorage } from '@archipel/client';
import { encodeBase64url } from '@archipel/protocol';
import { type ReadonlySignal, signal } from '@preact/signals';
import { markRenewed, remember } from '../../../documents/store.ts';
import { linkTo } from '../../../shell/fragment.ts';
import { hostFacts } from '../../../shell/host.ts';
import { toRemember } from '../../../shell/password/locks.ts';
import { pad } from '../meta.ts';
import type { Copies, NoticeCode, PadDocument, Publisher, Queue } from '../model/document.ts';
import { mayDismiss, writesText } from '../model/document.ts';
import { PAD_FIELD } from '../model/field.ts';
import { picturesIn } from '../model/pictures.ts';
import { readTitle } from '../model/title.ts';
import type { PublisherDeps } from '../publish/publisher.ts';
import { linksOf } from './links.ts';
import { noticeOf, refusalOf, saveState } from './notices.ts';
import { ownerWishes } from './owner-wishes.ts';
import { padPast } from './pad-past.ts';
import { padTalk } from './pad-talk.ts';
import type { DocumentPictures } from './pictures.ts';

const SECOND_MS = 1000;
/** What a host keeps files for that has not said how long. */
const DEFAULT_DAYS = 30;

/** An open pad: the client's document in the words of the view, remembered in "My documents". `queue`: while no host has room for it. */
export function padDocument(
  document: Document,
  now: () => number,
  queue: ReadonlySignal<Queue | undefined> = signal(undefined),
  storage: Storage = memoryStorage(),
): PadDocument & { stop: () => void } {
  const state = signal(saveState(document.state));
  const notices = signal<readonly NoticeCode[]>([]);
  const expiresAt = signal(expiryOf(document));
  const hosts = signal(document.relays);
  const copies = signal(copiesOf(document));
  const past = padPast(document, now);
  const talk = padTalk(document);
  const raise = (code: NoticeCode) => {
    if (!notices.value.includes(code)) notices.value = [...notices.value, code];
  };
  const readState = () => {
    state.value = saveState(document.state);
    // What stood in the way and no longer does needs no banner; what a person must know stays until they put it away.
    if (document.state !== 'problem' && document.state !== 'ended') notices.value = notices.value.filter(mayDismiss);
    else if (document.error !== undefined) {
      if (document.error === 'wrong_generation') void markRenewed(encodeBase64url(document.docId), document.cap);
      raise(document.isCreated ? noticeOf(document.error) : refusalOf(document.error));
    }
  };
  const entry = (title: string) => {
    const links = linksOf(document);
    const best = links.own ?? links.edit ?? (document.cap === 'comment' ? links.comment : undefined) ?? links.view;
    const docId = encodeBase64url(document.docId);
    const openedAt = now();
    return { docId, tool: pad.id, title, link: linkTo(pad.path, toRemember(best)), cap: document.cap, openedAt };
  };
  const readHosts = () => {
    hosts.value = document.relays;
    copies.value = copiesOf(document);
  };
  const pictures = laterPictures(document, storage, now);
  const publisher = laterPublisher({ document, pictures, now, wait: later });
  const wishes = ownerWishes(document, now, pictures, publisher);
  const rename = (title: string) => {
    // A list that cannot be kept is said once, by the notice of the client's own storage.
    void remember({ ...entry(title), expiresAt: expiresAt.peek() ?? null }).then((kept) => {
      if (!kept.ok) raise(kept.code);
    });
  };
  const stops = [
    past.stop,
    talk.stop,
    document.subscribe(readState),
    document.on('error', readState),
    document.on('report', ({ code }) => raise(noticeOf(code))),
    document.on('ended', (reason) => raise(reason)),
    document.on('relays', readHosts),
    document.on('savedOn', readHosts),
    document.on('header', () => {
      expiresAt.value = expiryOf(document);
      rename(readTitle(document.ydoc));
    }),
  ];
  for (const { code } of document.reports) raise(noticeOf(code));
  readState();
  // Its header may have come before anybody listened.
  if (document.header !== undefined) rename(readTitle(document.ydoc));
  return {
    cap: document.cap,
    ydoc: document.ydoc,
    ...talk,
    awareness: document.awareness,
    get links() {
      return sharedLinks(document);
    },
    get ownLink() {
      const { own } = linksOf(document);
      return own && linkTo(pad.path, own);
    },
    get evidence() {
      return document.evidence;
    },
    hosts,
    copies,
    state,
    notices,
    queue,
    expiresAt,
    past,
    dismiss: (code) => {
      // The client stops before it takes an older state; putting the warning away is the person's yes (CHK-4).
      if (code === 'relay_stale' && document.state === 'problem') document.acceptOlder();
      if (code === 'relay_contradicts') void document.forgetEvidence();
      notices.value = notices.value.filter((other) => other !== code);
    },
    ...wishes,
    setKeep: async (days) => {
      const answer = await wishes.setKeep(days);
      if (answer === 'done') notices.value = notices.value.filter((code) => code !== 'expiry_too_long');
      return answer;
    },
    rename,
    publisher,
    pictures,
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Fetched when the owner publishes, or has published. */
function laterPublisher(deps: PublisherDeps): () => Promise<Publisher> {
  let made: Promise<Publisher> | undefined;
  return () => {
    made ??= import('../publish/publisher.ts').then(({ makePublisher }) => makePublisher(deps));
    return made;
  };
}

/** Fetched with the first picture, or when an earlier visit left one to send. */
function laterPictures(document: Document, storage: Storage, now: () => number) {
  const open = async (): Promise<DocumentPictures> => {
    const { DocumentPictures } = await import('./pictures.ts');
    const pictures = new DocumentPictures({
      document,
      storage,
      origin: location.origin,
      maxDays: () => (hostFacts.value.files === null ? undefined : (hostFacts.value.files?.maxDays ?? DEFAULT_DAYS)),
      now,
      wait: later,
    });
    // Without storage nothing waits.
    await pictures.resume().catch(() => undefined);
    // What an earlier visit could not finish.
    if (document.cap === 'own' && (document.header?.gen ?? 0) > 0) void pictures.renew();
    if (writesText(document.cap)) void pictures.keepLonger(picturesIn(document.ydoc.getXmlFragment(PAD_FIELD)));
    return pictures;
  };
  let opened: Promise<DocumentPictures> | undefined;
  return () => {
    opened ??= open();
    return opened;
  };
}

/** Whole addresses, without the owner's: that one is never offered to hand on. */
function sharedLinks(document: Document): PadDocument['links'] {
  const { view, comment, edit } = linksOf(document);
  return {
    view: linkTo(pad.path, view),
    ...(comment !== undefined && { comment: linkTo(pad.path, comment) }),
    ...(edit !== undefined && { edit: linkTo(pad.path, edit) }),
  };
}

function copiesOf({ relays, savedOn }: Document): Copies {
  if (relays.length < 2 || savedOn === 0) return undefined;
  if (savedOn < 2) return 'oneOfTwo';
  // What two disks have stays on them; that one of them is away is said, too.
  const reached = relays.filter(({ isReached }) => isReached === true);
  const isOneAway = relays.some(({ isReached }) => isReached === false);
  return reached.length < 2 && isOneAway ? 'twoOneAway' : 'two';
}

function expiryOf({ header }: Document): number | null | undefined {
  if (header === undefined) return undefined;
  return header.expiry === 0 ? null : header.expiry * SECOND_MS;
}
