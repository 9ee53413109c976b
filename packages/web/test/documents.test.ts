import 'fake-indexeddb/auto';
import { indexedDbStorage } from '@archipel/client/storage';
import { IDBFactory } from 'fake-indexeddb';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { expiryInWords, expiryLook } from '../src/documents/expiry.ts';
import { readList, writeList } from '../src/documents/file.ts';
import { find, findable, type Wish } from '../src/documents/finding.ts';
import {
  forget,
  list,
  merge,
  mergeImported,
  type RememberedDocument,
  remember,
  rememberAll,
  setTags,
} from '../src/documents/store.ts';
import { setLanguage } from '../src/i18n/index.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 2, 12, 12);

const linkOf = (cap: 'o' | 'e' | 'v', docId: string, front = 'https://archipel.example.org/pad'): string =>
  `${front}#1${cap}.${docId}.${'s'.repeat(27)}`;

const entry = (change: Partial<RememberedDocument> = {}): RememberedDocument => ({
  docId: 'Qk1hVtFqfYl2x0s8o0PZrTn7D4w',
  tool: 'pad',
  title: 'Minutes',
  link: linkOf('e', 'Qk1hVtFqfYl2x0s8o0PZrTn7D4w'),
  cap: 'edit',
  openedAt: NOW,
  expiresAt: NOW + DAY,
  ...change,
});

const other = (docId: string, openedAt: number): RememberedDocument => entry({ docId: docId.repeat(20), openedAt });

async function stored(): Promise<RememberedDocument[]> {
  const found = await list();
  if (!found.ok) throw new Error(found.code);
  return found.value;
}

describe('the list of this browser', () => {
  it('remembers, brings up to date, orders by last opened, forgets', async () => {
    await rememberAll([other('a', NOW - 2), other('b', NOW), other('c', NOW - 1)]);
    expect((await stored()).map((document) => document.docId[0])).toEqual(['b', 'c', 'a']);
    await remember({ ...other('a', NOW + 5), title: '  New name  ' });
    expect((await stored())[0]).toMatchObject({ title: 'New name', openedAt: NOW + 5 });
    for (const { docId } of await stored()) expect(await forget(docId)).toEqual({ ok: true, value: undefined });
    expect(await stored()).toEqual([]);
  });

  it('forgets with a document what the client keeps of it, and of no other', async () => {
    const storage = indexedDbStorage();
    for (const docId of ['gone', 'kept']) await storage.put(docId, 'state', new TextEncoder().encode('medical secret'));
    expect(await forget('gone')).toEqual({ ok: true, value: undefined });
    expect(await storage.documents()).toEqual(['kept']);
  });

  it('never replaces a link by a weaker one, whichever comes first', () => {
    const owner = entry({ cap: 'own', link: 'https://h/pad#own', openedAt: NOW - DAY });
    const reader = entry({ cap: 'view', link: 'https://h/pad#view', expiresAt: null });
    const both = { ...reader, link: owner.link, cap: 'own' };
    expect(merge(owner, reader)).toEqual(both);
    expect(merge(reader, owner)).toEqual(both);
    expect(merge(undefined, reader)).toEqual(reader);
    const commenter = entry({ cap: 'comment', link: 'https://h/pad#comment', openedAt: NOW - DAY });
    expect(merge(reader, commenter)).toEqual({ ...reader, link: commenter.link, cap: 'comment' });
    expect(merge(commenter, owner).cap).toBe('own');
  });

  it('keeps the known title when the document opens before its title is read', () => {
    expect(merge(entry(), entry({ title: '', openedAt: NOW + 1 })).title).toBe('Minutes');
  });

  it('says that storage is blocked, and works again when it is not', async () => {
    const free = globalThis.indexedDB;
    const blocked = new IDBFactory();
    blocked.open = () => {
      throw new DOMException('blocked', 'SecurityError');
    };
    // A fresh copy of the module, which has not opened the list yet.
    vi.resetModules();
    const { list: listAfresh } = await import('../src/documents/store.ts');
    globalThis.indexedDB = blocked;
    expect(await listAfresh()).toEqual({ ok: false, code: 'storage_blocked' });
    globalThis.indexedDB = free;
    expect((await listAfresh()).ok).toBe(true);
  });
});

describe('the list as a file', () => {
  it('comes back as it was', () => {
    const docId = 'x'.repeat(27);
    const own = entry({ docId, expiresAt: null, title: 'Été « 2026 »', cap: 'own', link: linkOf('o', docId) });
    const hinted = entry({ docId, cap: 'view', link: `${linkOf('v', docId)}.a.example:8080` });
    const comment = entry({ docId, cap: 'comment', link: `https://h.example/pad#1c.${docId}.${'S'.repeat(54)}` });
    const documents = [entry(), own, hinted, comment];
    expect(readList(writeList(documents, NOW), NOW)).toEqual({ ok: true, documents, skipped: 0 });
  });

  it.each([
    ['a link to comment that is cut', { cap: 'comment', link: `https://h/pad#1c.${'x'.repeat(27)}.${'S'.repeat(53)}` }],
    ['a link that would run a script', { link: 'javascript:alert(1)//#x' }],
    ['a link to a file', { link: 'file:///etc/passwd#x' }],
    ['a link without its secret', { link: 'https://archipel.example.org/pad' }],
    ['a link that is none of ours', { link: 'https://evil.example/login#x' }],
    ['a link of another document', { link: linkOf('e', 'y'.repeat(27)) }],
    ['a link that gives another right', { link: linkOf('v', 'Qk1hVtFqfYl2x0s8o0PZrTn7D4w') }],
    ['a tool that we do not have', { tool: 'casino' }],
    ['an unknown right', { cap: 'root' }],
    ['a senseless date', { openedAt: '2026' }],
    ['an id that is not one', { docId: '../..' }],
  ])('leaves out a line with %s', (_what, change) => {
    const file = JSON.parse(writeList([entry()], NOW));
    file.documents.push({ ...entry(), ...change }, null);
    expect(readList(JSON.stringify(file), NOW)).toEqual({ ok: true, documents: [entry()], skipped: 2 });
  });

  it('keeps a link that needs a password, and none that was cut to look like one', () => {
    const locked = `https://archipel.example.org/pad#2e.${entry().docId}.${'s'.repeat(70)}`;
    for (const link of [locked, `${locked}.relay.example`]) {
      expect(readList(writeList([entry({ link })], NOW), NOW)).toMatchObject({ documents: [{ link }], skipped: 0 });
    }
    for (const link of [
      locked.slice(0, -1),
      locked.replace('#2', '#1'),
      linkOf('e', entry().docId).replace('#1', '#2'),
    ]) {
      expect(readList(writeList([entry({ link })], NOW), NOW)).toMatchObject({ documents: [], skipped: 1 });
    }
  });

  it.each(['', '[]', '{"format":"archipel-documents","version":2,"documents":[]}', '{"documents":[]}', 'null'])(
    'refuses %j, which is not such a file',
    (text) => expect(readList(text, NOW)).toEqual({ ok: false, code: 'not_a_list' }),
  );
});

describe('a list that somebody else wrote', () => {
  const docId = 'Qk1hVtFqfYl2x0s8o0PZrTn7D4w';
  const mine = entry({ cap: 'edit', link: linkOf('e', docId) });

  it('does not stand before all others for ever', () => {
    const read = readList(writeList([entry({ openedAt: 9e15 })], NOW), NOW);
    expect(read).toMatchObject({ documents: [{ openedAt: NOW }] });
  });

  it.each([
    ['as strong, of another front', entry({ link: linkOf('e', docId, 'https://evil.example/pad') })],
    ['as strong, of this front', entry({ link: `${linkOf('e', docId)}.evil.example` })],
    ['stronger, of another front', entry({ cap: 'own', link: linkOf('o', docId, 'https://evil.example/pad') })],
    ['weaker', entry({ cap: 'view', link: linkOf('v', docId) })],
  ])('does not replace a known link by one that is %s', (_what, next) => {
    expect(mergeImported(mine, { ...next, title: 'Newer' })).toEqual({ ...mine, title: 'Newer' });
  });

  it('brings a stronger link of the same front, and documents that are not known', async () => {
    const own = entry({ cap: 'own', link: linkOf('o', docId) });
    expect(mergeImported(mine, own)).toEqual(own);
    expect(mergeImported(undefined, own)).toEqual(own);
    await remember(mine);
    await rememberAll([entry({ link: linkOf('e', docId, 'https://evil.example/pad') })], mergeImported);
    expect(await stored()).toEqual([mine]);
    await forget(docId);
  });
});

describe('expiry and search', () => {
  beforeAll(() => setLanguage('en'));

  it.each([
    [null, 'Kept without limit', 'far'],
    [NOW + 170 * DAY, 'Expires in 6 months', 'far'],
    [NOW + 2 * DAY, 'Expires in 2 days', 'soon'],
    [NOW - 5 * DAY, 'Expired 5 days ago', 'past'],
  ])('%s is told as "%s"', (expiresAt, words, look) => {
    expect(expiryInWords(expiresAt, NOW).replace('\u00a0', ' ')).toBe(words);
    expect(expiryLook(expiresAt, NOW)).toBe(look);
  });

  it('finds words of titles and tags in any order, case and accent, by kind and by tags', () => {
    const lines = [
      entry({ docId: 'a', title: 'Compte rendu de la Réunion', tags: ['Été 2026'] }),
      entry({ docId: 'b', title: 'Liste', tool: 'drop', tags: ['été 2026', 'Urgent'] }),
      entry({ docId: 'c', title: '' }),
    ];
    const ids = (change: Partial<Wish>): string[] =>
      find(findable(lines, 'Untitled'), { words: '', tool: undefined, tags: [], order: 'opened', ...change }).map(
        ({ docId }) => docId,
      );
    expect(ids({ words: 'reunion COMPTE' })).toEqual(['a']);
    expect(ids({ words: 'rendu liste' })).toEqual([]);
    expect(ids({ words: ' ' })).toEqual(['a', 'b', 'c']);
    expect(ids({ words: 'ete' })).toEqual(['a', 'b']);
    expect(ids({ words: 'untitled' })).toEqual(['c']);
    expect(ids({ tags: ['ETE 2026'] })).toEqual(['a', 'b']);
    expect(ids({ tags: ['été 2026', 'urgent'] })).toEqual(['b']);
    expect(ids({ tool: 'pad', words: 'ete' })).toEqual(['a']);
  });

  it('orders by last opened, by title, by what ends first', () => {
    const lines = [
      entry({ docId: 'a', title: 'Point 10', openedAt: 1, expiresAt: null }),
      entry({ docId: 'b', title: 'point 9', openedAt: 3, expiresAt: NOW }),
      entry({ docId: 'c', title: 'Été', openedAt: 2, expiresAt: NOW - 1 }),
    ];
    const by = (order: Wish['order']): string =>
      find(findable(lines, ''), { words: '', tool: undefined, tags: [], order })
        .map(({ docId }) => docId)
        .join('');
    expect([by('opened'), by('title'), by('expiry')]).toEqual(['bca', 'cba', 'cba']);
  });

  it('keeps tags clean, through opening and renaming, and in the file', async () => {
    const line = entry({ docId: 'D'.repeat(27), link: linkOf('e', 'D'.repeat(27)) });
    await remember(line);
    await setTags(line.docId, ['  Ville ', 'ville', 'Été   2026', '', 'x'.repeat(50)]);
    await remember({ ...line, title: 'Other', openedAt: NOW + 1 });
    const [kept] = await stored();
    expect(kept).toMatchObject({ title: 'Other', tags: ['Été 2026', 'Ville', 'x'.repeat(40)] });
    const read = readList(writeList(await stored(), NOW), NOW + 1);
    expect(read).toMatchObject({ ok: true, skipped: 0, documents: [{ tags: kept?.tags }] });
    const damaged = readList(
      JSON.stringify({ ...JSON.parse(writeList([line], NOW)), documents: [{ ...line, tags: [1, 'a'] }] }),
      NOW,
    );
    expect(damaged).toMatchObject({ ok: true, documents: [{ tags: ['a'] }] });
    expect(mergeImported(kept, { ...line, tags: ['Neu'] }).tags).toContain('Neu');
    await forget(line.docId);
  });

  it('a link that opens no more gives way to a weaker one', () => {
    const edit = entry({ cap: 'edit', renewed: true });
    const view = entry({ cap: 'view', link: linkOf('v', edit.docId), openedAt: NOW + 1 });
    expect(merge(edit, view)).toEqual(view);
    expect(merge(entry({ cap: 'edit' }), view)).toMatchObject({ cap: 'edit' });
  });
});
