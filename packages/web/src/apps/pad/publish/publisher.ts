import type { Document } from '@archipel/client';
import { OwnPage } from '@archipel/client/page';
import type { ErrorName } from '@archipel/protocol';
import { pageKeysFrom, webSuite } from '@archipel/protocol/secret';
import type { PadNode } from '../model/content.ts';
import type { PublishAnswer, Publisher } from '../model/document.ts';
import type { Pictures } from '../model/pictures.ts';
import { onPublication, type PageWords, readPublication, writePublication } from '../model/publication.ts';
import { pageContent } from './content.ts';
import { digestOf } from './digest.ts';
import { PagePlaces } from './places.ts';

export interface PublisherDeps {
  document: Document;
  pictures: () => Promise<Pictures>;
  /** Unix ms. */
  now: () => number;
  wait: (ms: number) => Promise<void>;
}

const ANSWERS: Partial<Record<ErrorName, PublishAnswer>> = {
  host_unreachable: 'offline',
  unavailable: 'offline',
  not_offered: 'not_offered',
  rate_limited: 'too_many',
  disk_full: 'no_room',
  too_large: 'too_large',
  removed: 'removed',
  expiry_too_long: 'too_long',
};
const answerTo = (error: ErrorName): PublishAnswer => ANSWERS[error] ?? 'refused';

/** What `work` answers, or at once `stopped` when the signal says so; then nothing more is sent. */
async function unlessStopped(
  signal: AbortSignal | undefined,
  work: () => Promise<PublishAnswer>,
): Promise<PublishAnswer> {
  if (signal === undefined) return work();
  const stopped = new Promise<PublishAnswer>((resolve) => {
    signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
  const done = work().catch((error: unknown): PublishAnswer => {
    if (!signal.aborted) throw error;
    return 'stopped';
  });
  return Promise.race([done, stopped]);
}

/** Publishes at the host that keeps the document; the first one where several do. */
export async function makePublisher(deps: PublisherDeps): Promise<Publisher> {
  const { document, pictures, now, wait } = deps;
  const keys = pageKeysFrom(await document.pageSigner());
  const places = new PagePlaces(document, keys);
  await places.look();
  const at = (origin: string, signal?: AbortSignal): OwnPage =>
    new OwnPage({ suite: webSuite, origin, wait, now, signal }, keys);
  const known = () => readPublication(document.ydoc);
  const after = (): number => known()?.seq ?? 0;
  const settled =
    (origin: string, digest: string, words?: PageWords) => (sent: Awaited<ReturnType<OwnPage['takeBack']>>) => {
      if (!sent.ok) return answerTo(sent.error);
      writePublication(document.ydoc, { ...sent.value, origin, digest, words });
      return 'done' as const;
    };
  const endAt = async (origin: string, signal?: AbortSignal): Promise<PublishAnswer> => {
    const ended = await at(origin, signal).end(after());
    if (!ended.ok) return answerTo(ended.error);
    if (origin === places.now) settled(origin, '')(ended);
    await places.forget(origin);
    return 'done';
  };
  return {
    get address() {
      return at(places.now).address;
    },
    get publication() {
      return known();
    },
    digestOf,
    subscribe: (changed) => onPublication(document.ydoc, () => void places.look().then(changed)),
    draw: (doc: PadNode, words: PageWords) => pageContent(doc, pictures, words, document.header?.expiry ?? 0),
    publish: (doc, words, signal) =>
      unlessStopped(signal, async () => {
        const content = await pageContent(doc, pictures, words, document.header?.expiry ?? 0);
        if (content === 'too_large') return content;
        const digest = await digestOf(doc);
        const send = async (origin: string): Promise<PublishAnswer> => {
          await places.note(origin);
          return at(origin, signal)
            .publish(content, after())
            .then(settled(origin, digest, words));
        };
        const [origin, own] = [places.now, places.own];
        const answer = await send(origin);
        // The pad has moved, and the host where it was is gone: the page goes where the pad is.
        return answer === 'offline' && !own.includes(origin) ? send(own[0] as string) : answer;
      }),
    takeBack: (signal) => unlessStopped(signal, () => endAt(places.now, signal)),
    end: async () => {
      for (const origin of await places.all()) {
        const answer = await endAt(origin);
        if (answer !== 'done') return answer;
      }
      return 'done';
    },
    keepUntil: async (expiry) => {
      for (const origin of await places.all()) {
        const kept = await at(origin).keepUntil(expiry, after());
        if (!kept.ok) return answerTo(kept.error);
        const { words, digest = '' } = known() ?? {};
        const isWritten = words !== undefined && origin === places.now;
        if (kept.value !== undefined && isWritten) settled(origin, digest, words)({ ok: true, value: kept.value });
      }
      return 'done';
    },
    check: async () => {
      const shown = await at(places.now).read(after());
      if (shown.ok) return shown.value === undefined ? 'gone' : 'shown';
      return ANSWERS[shown.error] === 'removed' ? 'removed' : 'unknown';
    },
  };
}
