import { expect, it } from 'vitest';
import { countOf, durationOf, ProgressLine, sizeOf } from '../src/progress.ts';
import { testTerminal } from './support/terminal.ts';

const progress = (documents: number, bytes: number) => {
  return { phase: 'copying' as const, documents, total: 4000, records: 0, bytes, fileBytes: 0, fileTotal: 0 };
};

it('says sizes, counts and times in words that fit', () => {
  expect([0, 999, 1000, 15_300, 2_500_000, 512e6, 1.5e9].map(sizeOf)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '15.3 kB',
    '2.5 MB',
    '512 MB',
    '1.5 GB',
  ]);
  expect([countOf(1, 'document'), countOf(12_345, 'record')]).toEqual(['1 document', '12,345 records']);
  expect([33, 1234, 59_000, 119_000, 600_000].map(durationOf)).toEqual(['33 ms', '1.2 s', '59 s', '119 s', '10 min']);
});

it('tells how far it is, how fast and how long it takes, in a line that is replaced', () => {
  const replaced: string[] = [];
  let now = 0;
  const line = new ProgressLine(testTerminal({ replaced }), () => now);
  line.show(progress(0, 0));
  now = 10_000;
  line.show(progress(1000, 20_000_000));
  line.show({ ...progress(4000, 80_000_000), phase: 'switching' });
  expect(replaced).toEqual([
    'Copying: 0 of 4,000 documents, 0 B',
    'Copying: 1,000 of 4,000 documents, 20.0 MB, 2.0 MB/s, about 30 s left',
    'Changing over; people wait for a moment ...',
  ]);
});

it('says a line now and then where lines only follow each other', () => {
  const terminal = testTerminal();
  let now = 0;
  const line = new ProgressLine(terminal, () => now);
  for (; now <= 11_000; now += 100) line.show(progress(now / 10, now * 100));
  line.show({ ...progress(4000, 2_000_000), phase: 'catching up' });
  expect(terminal.said).toEqual([
    'Copying: 0 of 4,000 documents, 0 B',
    'Copying: 500 of 4,000 documents, 500 kB, 100 kB/s, about 35 s left',
    'Copying: 1,000 of 4,000 documents, 1.0 MB, 100 kB/s, about 30 s left',
    'Catching up with what was written meanwhile ...',
  ]);
});
