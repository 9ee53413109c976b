/** From what somebody chose to a drop on its way. */
import {
  abandonUpload,
  type Uploaded,
  type UploadJournal,
  type UploadState,
  uploadDrop,
  webFetch,
} from '@archipel/client/drop';
import type { KeptDelivery, WaitingAnswer, WaitingDrop } from '@archipel/client/storage';
import { sendingFetch } from '@archipel/client/web';
import { mayRetry, ok, type Result } from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';
import type { ChosenFile } from '../../../files/chosen.ts';
import { besideThePage } from '../../../files/sealing.ts';
import { type Given, keepDelivery, permits } from '../ask/give.ts';
import { Ahead } from '../model/ahead.ts';
import { dropNames } from '../model/names.ts';
import { cleanPhoto } from '../model/photo/clean.ts';
import { Sending } from './sending.ts';
import { type Outgoing, sourcesOf } from './source.ts';
import { holdDrop, journal } from './unfinished.ts';

/** Photos that are cleaned at once. */
const AT_ONCE = 8;

export interface SendWish {
  files: readonly ChosenFile[];
  message: string;
  /** Unix seconds. */
  expiry: number;
  /** 0: as often as people want. */
  downloads: number;
  /** Photos without what their cameras wrote into them. */
  isCleaned: boolean;
}

/** What is sent, and the names of photos that could not be cleaned. */
export interface Prepared {
  outgoing: Outgoing[];
  unclean: string[];
}

/** Names the files and cleans the photos. `tell`: so many are ready. Rejects with a DOMException when one cannot be read. */
export async function prepare(
  { files, isCleaned }: Pick<SendWish, 'files' | 'isCleaned'>,
  tell: (done: number) => void,
): Promise<Prepared> {
  const names = dropNames(files.map(({ path }) => path));
  const nameAt = (index: number): string => names[index] as string;
  const cleaning = new Ahead(files.length, AT_ONCE, async (index) => {
    const { file } = files[index] as ChosenFile;
    return isCleaned ? cleanPhoto(file, nameAt(index)).catch(unreadable) : undefined;
  });
  const outgoing: Outgoing[] = [];
  const unclean: string[] = [];
  for (const [index, chosen] of files.entries()) {
    const cleaned = await cleaning.take(index);
    if (cleaned instanceof DOMException) throw cleaned;
    const name = nameAt(index);
    if (cleaned?.kind === 'cannot') unclean.push(name);
    outgoing.push({ ...chosen, name, body: cleaned?.kind === 'cleaned' ? cleaned.photo : chosen.file });
    tell(index + 1);
  }
  return { outgoing, unclean };
}

function unreadable(error: unknown): DOMException {
  if (error instanceof DOMException) return error;
  throw error;
}

/** A request for files that a drop answers. */
interface Answering {
  given: Given;
  answer: WaitingAnswer;
}

export interface Started {
  sending: Sending;
  /** What is delivered to whoever asked, as soon as all is sent; undefined: nobody did, or not all is sent. */
  delivery(): KeptDelivery | undefined;
  /** It would go on after a closed tab. */
  isKept: boolean;
  /** Name of the file that is not as it was when it was chosen; undefined: none is known. */
  changed(): string | undefined;
}

/** Sends to the host of this page, or to that of the request that is answered. */
export async function startSending(
  wish: SendWish,
  outgoing: readonly Outgoing[],
  answering?: Answering,
): Promise<Started> {
  const drop: WaitingDrop = {
    id: crypto.randomUUID(),
    begunAt: Date.now(),
    origin: answering?.given.asked.inbox.line.origin ?? location.origin,
    files: outgoing.map(({ path, name, file, handle }) => ({
      path,
      name,
      size: file.size,
      modified: file.lastModified,
      ...(handle !== undefined && { handle }),
    })),
    message: wish.message,
    expiry: wish.expiry,
    downloads: wish.downloads,
    isCleaned: wish.isCleaned,
    ...(answering !== undefined && { answer: answering.answer }),
  };
  try {
    await journal.add(drop);
    return goOn(drop, outgoing, answering?.given);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    // This browser keeps nothing: it is sent all the same.
    return begin({ drop, outgoing, given: answering?.given }, memoryJournal(), false);
  }
}

/** Sends what the journal has, from where it is. `given`: the request that it answers, when it answers one. */
export function goOn(drop: WaitingDrop, outgoing: readonly Outgoing[], given?: Given): Promise<Started> {
  return begin({ drop, outgoing, given }, (signal) => journal.of(drop.id, signal), true);
}

/** As `goOn`, with the files that were chosen again. Rejects with a DOMException when one cannot be read. */
export async function takeUp(drop: WaitingDrop, files: readonly ChosenFile[], given?: Given): Promise<Started> {
  const { outgoing } = await prepare({ files, isCleaned: drop.isCleaned }, () => undefined);
  const named = outgoing.map((one, index) => ({ ...one, name: drop.files[index]?.name ?? one.name }));
  return goOn(drop, named, given);
}

interface Job {
  drop: WaitingDrop;
  outgoing: readonly Outgoing[];
  given: Given | undefined;
}

type JournalOf = (signal: AbortSignal) => UploadJournal;

function memoryJournal(): JournalOf {
  let state: UploadState | undefined;
  const own: UploadJournal = {
    load: async () => state,
    save: async (next) => {
      state = { ...next };
    },
    clear: async () => {
      state = undefined;
    },
  };
  return () => own;
}

async function begin({ drop, outgoing, given }: Job, journalOf: JournalOf, isKept: boolean): Promise<Started> {
  const letGo = await holdDrop(drop.id);
  let changed: string | undefined;
  let delivery: KeptDelivery | undefined;
  const permit = drop.answer && given && (await permits(given, drop.answer));
  const whenSent = async (uploaded: Uploaded): Promise<Result<unknown>> => {
    const { id, answer } = drop;
    if (answer === undefined || given === undefined) return ok(undefined);
    const bytes = drop.files.reduce((sum, { size }) => sum + size, 0);
    const kept = await keepDelivery(given, { id, answer, files: drop.files.length, bytes }, uploaded);
    if (kept.ok) delivery = kept.value;
    return kept;
  };
  const files = sourcesOf(outgoing, (name) => {
    changed = name;
  });
  const { origin, message, expiry, downloads } = drop;
  const forget = async (): Promise<void> => {
    await journal.remove(drop.id).catch(ifBlocked);
    letGo?.();
  };
  const sending = new Sending({
    files,
    journal: journalOf,
    now: Date.now,
    wait: waitOrOnline,
    upload: async ({ journal: own, signal, wait, onProgress }) => {
      let [base, total] = [0, 0];
      const tellingFetch = sendingFetch((sent) => onProgress(Math.min(total, base + sent), total));
      const progress = (bytes: number, all: number): void => {
        [base, total] = [bytes, all];
        onProgress(bytes, all);
      };
      const deps = {
        suite: webSuite,
        sealer: besideThePage,
        fetch: tellingFetch,
        wait,
        journal: own,
        onProgress: progress,
        streams: false,
        signal,
        whenSent,
      };
      const sent = await uploadDrop(deps, { origin, files, message, expiry, downloads, permit });
      // What can be gone on with stays.
      if (sent.ok || !(mayRetry(sent.error) || sent.error === 'host_unreachable')) await forget();
      return sent;
    },
    abandon: async () => {
      const state = await journalOf(new AbortController().signal).load();
      if (state !== undefined) await abandonUpload(webSuite, webFetch, state);
      await forget();
    },
  });
  return { sending, isKept, changed: () => changed, delivery: () => delivery };
}

function ifBlocked(error: unknown): void {
  if (!(error instanceof DOMException)) throw error;
}

/** Resolves after so many milliseconds, when the network is back, or when `signal` says so. */
function waitOrOnline(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}
