import type { Document } from '@archipel/client';
import { OwnPage } from '@archipel/client/page';
import type { ErrorName } from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';
import type { PadNode } from '../model/content.ts';
import type { PublishAnswer, Publisher } from '../model/document.ts';
import type { Pictures } from '../model/pictures.ts';
import { onPublication, type PageWords, readPublication, writePublication } from '../model/publication.ts';
import { pageContent } from './content.ts';
import { digestOf } from './digest.ts';

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

/** Publishes at the host that keeps the document; the first one where several do. */
export async function makePublisher({ document, pictures, now, wait }: PublisherDeps): Promise<Publisher> {
  const keys = await document.pageKeys();
  const origins = (): string[] => [...document.relays.map(({ url }) => url), location.origin];
  /** What is written down may come from whoever can write: only the document's own hosts are believed. */
  const originOf = (written: string | undefined): string =>
    origins().find((one) => one === written) ?? (origins()[0] as string);
  const at = (origin: string): OwnPage => new OwnPage({ suite: webSuite, origin, wait, now }, keys);
  const known = () => readPublication(document.ydoc);
  const settled =
    (origin: string, digest: string, words?: PageWords) => (sent: Awaited<ReturnType<OwnPage['takeBack']>>) => {
      if (!sent.ok) return ANSWERS[sent.error] ?? 'refused';
      writePublication(document.ydoc, { ...sent.value, origin, digest, words });
      return 'done' as const;
    };
  return {
    get address() {
      return at(originOf(known()?.origin)).address;
    },
    get publication() {
      return known();
    },
    digestOf,
    subscribe: (changed) => onPublication(document.ydoc, changed),
    draw: (doc: PadNode, words: PageWords) => pageContent(doc, pictures, words, document.header?.expiry ?? 0),
    publish: async (doc, words) => {
      const content = await pageContent(doc, pictures, words, document.header?.expiry ?? 0);
      if (content === 'too_large') return content;
      const origin = originOf(known()?.origin);
      const digest = await digestOf(doc);
      return at(origin)
        .publish(content, known()?.seq ?? 0)
        .then(settled(origin, digest, words));
    },
    takeBack: async () => {
      const origin = originOf(known()?.origin);
      return at(origin)
        .takeBack(known()?.seq ?? 0)
        .then(settled(origin, ''));
    },
    check: async () => {
      const shown = await at(originOf(known()?.origin)).read(known()?.seq ?? 0);
      if (shown.ok) return shown.value === undefined ? 'gone' : 'shown';
      return ANSWERS[shown.error] === 'removed' ? 'removed' : 'unknown';
    },
  };
}
