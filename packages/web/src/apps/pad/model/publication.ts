import { LICENCES, type Licence } from '@archipel/protocol';
import type * as Y from 'yjs';

/** What everybody reads of a published pad besides its text. */
export interface PageWords {
  title: string;
  /** These two may be empty. */
  description: string;
  authors: string;
  /** BCP 47. */
  language: string;
  licence: Licence;
}

/** What the owner published last, kept in the document itself, so that each browser of the owner knows. */
export interface Publication {
  seq: number;
  /** Unix seconds. */
  time: number;
  /** Of the host that keeps it. */
  origin: string;
  /** Of what was published, to tell whether the pad says something else by now. */
  digest: string;
  /** Undefined: it was taken back. */
  words: PageWords | undefined;
}

const NOW = 'now';

function pageMap(ydoc: Y.Doc): Y.Map<unknown> {
  return ydoc.getMap('page');
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function wordsOf(value: unknown): PageWords | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { title, description, authors, language, licence }: Partial<Record<string, unknown>> = { ...value };
  const known = LICENCES.find((name) => name === licence) ?? 'rights-reserved';
  const words = { title: text(title), description: text(description), authors: text(authors) };
  return { ...words, language: text(language), licence: known };
}

/** What other programs may have written is checked. */
export function readPublication(ydoc: Y.Doc): Publication | undefined {
  const value = pageMap(ydoc).get(NOW);
  if (typeof value !== 'object' || value === null) return undefined;
  const { seq, time, origin, digest, words }: Partial<Record<string, unknown>> = { ...value };
  if (!Number.isSafeInteger(seq) || !Number.isSafeInteger(time)) return undefined;
  return { seq: Number(seq), time: Number(time), origin: text(origin), digest: text(digest), words: wordsOf(words) };
}

export function writePublication(ydoc: Y.Doc, { words, ...publication }: Publication): void {
  pageMap(ydoc).set(NOW, { ...publication, ...(words && { words: { ...words } }) });
}

/** Calls back with each change. Returns how to stop. */
export function onPublication(ydoc: Y.Doc, changed: () => void): () => void {
  const map = pageMap(ydoc);
  map.observe(changed);
  return () => map.unobserve(changed);
}
