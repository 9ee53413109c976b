import { describe, expect, it } from 'vitest';
import { makeConfig } from '../../src/index.ts';
import { readCapacity } from '../../src/network/capacity-words.ts';

const GB = 1_000_000_000;

describe('capacity in the words of who runs a host', () => {
  it.each([
    ['200 new pads a day, 5 GB of files, no video', { docsPerDay: 200, filesBytes: 5 * GB }],
    ['200 nouveaux pads par jour, 5 Go de fichiers, pas de vidéo', { docsPerDay: 200, filesBytes: 5 * GB }],
    ['50 documents per day', { docsPerDay: 50 }],
    ['50 documents nouveaux par jour et 2 Gio de fichiers', { docsPerDay: 50, filesBytes: 2 * 1024 ** 3 }],
    ['1 pad a day', { docsPerDay: 1 }],
    ['Up to 1,000 new pads daily', { docsPerDay: 1000 }],
    ['1 000 pads/jour', { docsPerDay: 1000 }],
    ['1,5 Go de fichiers', { filesBytes: 1.5 * GB }],
    ['no new pads', { docsPerDay: 0 }],
    ['aucun fichier, sans visio', { filesBytes: 0 }],
    ['pas de nouveaux pads; 500MB files', { docsPerDay: 0, filesBytes: 500_000_000 }],
    ['', {}],
    ['200 pads a day.', { docsPerDay: 200 }],
    ['200 pads a day,5 GB of files', { docsPerDay: 200, filesBytes: 5 * GB }],
  ])('%j is understood', (words, capacity) => {
    expect(readCapacity(words)).toEqual({ ok: true, capacity });
  });

  it.each([
    ['200 pads a day, 5 elephants of files', '"5 elephants of files" is not understood'],
    ['200 pads', '"200 pads" is not understood'],
    ['some pads a day', '"some pads a day" is not understood'],
    ['2.5 pads a day', '"2.5 pads a day" is not understood'],
    ['-3 pads a day', '"-3 pads a day" is not understood'],
    ['99999999999999999999 pads a day', '"99999999999999999999 pads a day" is not understood'],
    ['20 video calls', '"20 video calls" is not understood'],
    ['200 pads a day, 300 pads a day', '"300 pads a day" says again what was said before'],
  ])('%j is refused, and the part is named', (words, wrong) => {
    expect(readCapacity(words)).toEqual({ ok: false, wrong });
  });

  it('that cannot be read stops the start with a sentence', () => {
    const network = { url: 'https://pads.example.org', people: 10, capacity: '200 pads a day, much video' };
    expect(() => makeConfig({ network })).toThrow(/network\.capacity is not right: "much video" is not understood/);
  });
});
