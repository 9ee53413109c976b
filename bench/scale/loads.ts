import type { Key } from '../harness/typing.ts';
import type { Crowd, Group } from './crowd.ts';
import { type Letter, recordLetters, typedLetters } from './letters.ts';

/** A kind of load that grows until something gives way. */
export interface Load {
  name: string;
  title: string;
  /** What is counted. */
  unit: string;
  groups: readonly Group[];
  /** The first rate that is offered, per second. */
  first: number;
  letters(keys: readonly Key[], durationMs: number): Letter[];
  /** What is counted per key. */
  perKey(groups: readonly Group[]): number;
  progress(crowd: Crowd): { done: number; due: number };
}

/** Deliveries for each key, when all writers type alike: one key at each other person of the document. */
function deliveriesPerKey(groups: readonly Group[]): number {
  let keys = 0;
  let deliveries = 0;
  for (const { documents, writers, readers } of groups) {
    keys += documents * writers;
    deliveries += documents * writers * (writers + readers - 1);
  }
  return deliveries / keys;
}

export const loads: readonly Load[] = [
  {
    name: 'delivered',
    title: '200 documents of 3 people who all type, and one of 6 who type and 54 who read',
    unit: 'keys delivered',
    groups: [
      { documents: 200, writers: 3, readers: 0 },
      { documents: 1, writers: 6, readers: 54 },
    ],
    first: 1_000,
    letters: typedLetters,
    perKey: deliveriesPerKey,
    progress: ({ deliveries, due }) => ({ done: deliveries.count, due }),
  },
  {
    name: 'durable',
    title: '300 documents of 2 people; each key is a record of its own, sent at once',
    unit: 'records acknowledged',
    groups: [{ documents: 300, writers: 2, readers: 0 }],
    first: 500,
    letters: recordLetters,
    perKey: () => 1,
    progress: ({ acknowledged, records }) => ({ done: acknowledged, due: records }),
  },
];
