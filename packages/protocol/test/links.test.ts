import { argon2Sync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createKeys,
  isPassword,
  keysFromLink,
  type Link,
  type LockedLink,
  linkFor,
  lockLink,
  nobleSuite,
  parseLink,
  printLink,
  readLink,
  type Stretch,
  stretch,
  unlockLink,
} from '../src/secret/index.ts';
import { bytes } from './arbitraries.ts';
import { SUITES } from './suites.ts';

const hint = fc.constantFrom('a', 'relay.example.org', 'localhost:4280', '127.0.0.1:80', 'x-1.fr:65535');
const link: fc.Arbitrary<Link> = fc.record({
  cap: fc.constantFrom('own', 'edit', 'view'),
  docId: bytes(20),
  secret: bytes(20),
  hints: fc.array(hint, { maxLength: 3 }),
});

describe('links', () => {
  it('[LINK-3] parse to what was printed', () => {
    fc.assert(
      fc.property(link, (value) => {
        expect(parseLink(printLink(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it('[LINK-3] have one spelling: a changed character is refused or prints the same', () => {
    const character = fc.constantFrom(...'1ovefAZz09-_.:,+/=# %\n');
    fc.assert(
      fc.property(link, fc.nat(), character, fc.boolean(), (value, place, other, insert) => {
        const text = printLink(value);
        const at = place % text.length;
        const changed = text.slice(0, at) + other + text.slice(insert ? at : at + 1);
        const parsed = parseLink(changed);
        if (parsed.ok) expect(printLink(parsed.value)).toBe(changed);
      }),
      { numRuns: 1000 },
    );
  });

  it('[LINK-1] that were cut before the hints are incomplete, wherever the cut is', () => {
    fc.assert(
      fc.property(link, fc.nat(), (value, place) => {
        const text = printLink({ ...value, hints: [] });
        const error = parseLink(text.slice(0, place % text.length));
        expect(error).toEqual({ ok: false, error: 'link_incomplete' });
      }),
    );
  });

  it('[LINK-1] of another version say so, anything else is broken', () => {
    const text = printLink({ cap: 'view', docId: new Uint8Array(20), secret: new Uint8Array(20), hints: [] });
    expect(parseLink(`3${text.slice(1)}`)).toEqual({ ok: false, error: 'unsupported_version' });
    for (const broken of [`#${text}`, `${text} `, `0${text.slice(1)}`, `1x${text.slice(2)}`, 'hello', `${text}A`]) {
      expect(parseLink(broken)).toEqual({ ok: false, error: 'link_broken' });
    }
  });

  it('[LINK-3] are not printed with hints that would not parse', () => {
    const value: Link = { cap: 'view', docId: new Uint8Array(20), secret: new Uint8Array(20), hints: [] };
    for (const hints of [['A'], ['a:0'], ['a:65536'], [''], ['a b'], ['-a'], ['a:1:2'], ['a', 'b', 'c', 'd']]) {
      expect(() => printLink({ ...value, hints })).toThrow(RangeError);
    }
    expect(() => printLink({ ...value, secret: new Uint8Array(19) })).toThrow(RangeError);
  });
});

const locked: fc.Arbitrary<LockedLink> = fc.record({
  cap: fc.constantFrom('own', 'edit', 'view'),
  docId: bytes(20),
  locked: bytes(52),
  hints: fc.array(hint, { maxLength: 3 }),
});

/** In the place of Argon2id where only what is around it matters: a hash, at once. */
const quick: Stretch = (password, salt) => nobleSuite.sha256(new Uint8Array([...password, 0, ...salt]));

describe('links under a password', () => {
  it('[LINK-3, LINK-5] parse to what was printed, and give no keys', async () => {
    await fc.assert(
      fc.asyncProperty(locked, async (value) => {
        const text = printLink(value);
        expect(readLink(text)).toEqual({ ok: true, value });
        expect(parseLink(text)).toEqual({ ok: false, error: 'password_needed' });
        expect(await keysFromLink(nobleSuite, text)).toEqual({ ok: false, error: 'password_needed' });
      }),
    );
  });

  it('[LINK-5] that were cut are incomplete, wherever the cut is', () => {
    fc.assert(
      fc.property(locked, fc.nat(), (value, place) => {
        const text = printLink({ ...value, hints: [] });
        expect(readLink(text.slice(0, place % text.length))).toEqual({ ok: false, error: 'link_incomplete' });
      }),
    );
  });

  it('[LINK-6, LINK-7] open with their password alone, and two locks share nothing', async () => {
    const words = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).filter(isPassword);
    await fc.assert(
      fc.asyncProperty(link, words, words, async (value, password, other) => {
        const one = await lockLink(nobleSuite, value, password, quick);
        expect(await unlockLink(nobleSuite, one, password, quick)).toEqual({ ok: true, value });
        const isSame = other.normalize('NFKC').trim() === password.normalize('NFKC').trim();
        expect((await unlockLink(nobleSuite, one, other, quick)).ok).toBe(isSame);
        const two = await lockLink(nobleSuite, value, password, quick);
        expect(two.locked).not.toEqual(one.locked);
      }),
    );
  });

  it('[LINK-6] need a password that is one', async () => {
    const value: Link = { cap: 'view', docId: new Uint8Array(20), secret: new Uint8Array(20), hints: [] };
    for (const none of ['', ' \t\n', '\ud800', 'a'.repeat(1025)]) {
      expect(isPassword(none)).toBe(false);
      await expect(lockLink(nobleSuite, value, none, quick)).rejects.toThrow(RangeError);
    }
    expect(isPassword('é'.repeat(512))).toBe(true);
  });

  it('[LINK-6] are stretched as RFC 9106 says: what node:crypto makes of it is the same', () => {
    const salt = new Uint8Array(56).fill(7);
    const message = new TextEncoder().encode('un mot de passe');
    const parameters = { message, nonce: salt, parallelism: 1, tagLength: 32, memory: 19_456, passes: 2 };
    expect(stretch(message, salt)).toEqual(new Uint8Array(argon2Sync('argon2id', parameters)));
  });
});

describe.each(SUITES)('capabilities by $name', ({ suite }) => {
  it('[CAP-1] own contains edit contains view, never the other way', async () => {
    const own = await createKeys(suite);
    const edit = await keysFromLink(suite, printLink(linkFor(own, 'edit')));
    const view = await keysFromLink(suite, printLink(linkFor(own, 'view', ['relay.example'])));
    if (!edit.ok || !view.ok) throw new Error('own links refused');
    expect(edit.value.editSigner?.publicKey).toEqual(own.editSigner?.publicKey);
    expect(linkFor(edit.value, 'view').secret).toEqual(own.secrets.view);
    expect(view.value.contentRoot).toEqual(own.contentRoot);
    expect(view.value.readSigner.publicKey).toEqual(own.readSigner.publicKey);
    expect(() => linkFor(edit.value, 'own')).toThrow(RangeError);
    expect(() => linkFor(view.value, 'edit')).toThrow(RangeError);
    expect(Object.keys(view.value).sort()).toEqual(
      ['cap', 'contentRoot', 'docId', 'liveRoot', 'readSigner', 'secrets'].sort(),
    );
  });

  it('[CAP-3, LINK-2] an owner secret of another document is a broken link', async () => {
    const own = linkFor(await createKeys(suite), 'own');
    expect((await keysFromLink(suite, own)).ok).toBe(true);
    const other = { ...own, docId: own.docId.with(0, (own.docId[0] ?? 0) ^ 1) };
    expect(await keysFromLink(suite, other)).toEqual({ ok: false, error: 'link_broken' });
  });

  it('[CAP-4] another generation has other edit and view secrets and the same owner', async () => {
    const first = await createKeys(suite);
    const second = await keysFromLink(suite, linkFor(first, 'own'), 1);
    if (!second.ok) throw new Error(second.error);
    expect(second.value.docId).toEqual(first.docId);
    expect(second.value.ownerSigner?.publicKey).toEqual(first.ownerSigner?.publicKey);
    expect(second.value.secrets.edit).not.toEqual(first.secrets.edit);
    expect(second.value.secrets.view).not.toEqual(first.secrets.view);
    expect(second.value.readSigner.publicKey).not.toEqual(first.readSigner.publicKey);
  });
});

describe('labels', () => {
  it('[ENC-5] no two derivations of a secret agree', async () => {
    const keys = await createKeys(nobleSuite);
    const all = [
      keys.secrets.own,
      keys.secrets.edit,
      keys.secrets.view,
      keys.ownerSigner?.publicKey,
      keys.editSigner?.publicKey,
      keys.readSigner.publicKey,
      keys.contentRoot,
      keys.liveRoot,
    ];
    expect(new Set(all.map(String)).size).toBe(all.length);
  });
});
