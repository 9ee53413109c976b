import 'fake-indexeddb/auto';
import { expect, it } from 'vitest';
import type { UploadState } from '../src/drop/index.ts';
import { DropJournal, type WaitingDrop } from '../src/storage/index.ts';

const DROP: WaitingDrop = {
  id: 'a',
  begunAt: 2,
  origin: 'http://localhost:1',
  files: [{ path: 'notes/été.txt', name: 'notes - été.txt', size: 3, modified: 1 }],
  message: '',
  expiry: 1,
  downloads: 0,
  isCleaned: true,
};
const STATE: UploadState = {
  origin: DROP.origin,
  link: '1o.x',
  header: 'h',
  manifest: 'm',
  salt: 's',
  identities: ['i'],
  parts: [],
};

let count = 0;
const journal = (): DropJournal => new DropJournal(`test-${count++}`);

it('lists what waits, the oldest first, and forgets what was sent or given up', async () => {
  const drops = journal();
  await drops.add(DROP);
  await drops.add({ ...DROP, id: 'b', begunAt: 1 });
  expect((await drops.list()).map(({ id }) => id)).toEqual(['b', 'a']);
  await drops.of('b', new AbortController().signal).save(STATE);
  await drops.remove('b');
  expect(await drops.list()).toEqual([DROP]);
  expect(await drops.state('b')).toBeUndefined();
});

it('gives back how far a drop is, also to another run, and that of another link as a whole', async () => {
  const drops = journal();
  const first = drops.of('a', new AbortController().signal);
  expect(await first.load()).toBeUndefined();
  await first.save(STATE);
  const parts = [{ number: 0, digest: 'd' }];
  await first.save({ ...STATE, parts });
  const second = drops.of('a', new AbortController().signal);
  expect(await second.load()).toEqual({ ...STATE, parts });
  const anew = { ...STATE, link: '1o.y', salt: 't' };
  await second.save(anew);
  expect(await drops.state('a')).toEqual(anew);
  await second.clear();
  expect(await second.load()).toBeUndefined();
});

it('a run that was stopped writes nothing over the one after it', async () => {
  const drops = journal();
  const stopping = new AbortController();
  const first = drops.of('a', stopping.signal);
  await first.save(STATE);
  const late = first.save({ ...STATE, parts: [{ number: 0, digest: 'late' }] });
  stopping.abort();
  await late;
  await first.save({ ...STATE, link: '1o.z' });
  expect(await drops.state('a')).toEqual(STATE);
});
