import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopbackOrigin, isOrigin, isPageUrl } from '../../src/index.ts';
import { isServiceUrl } from '../../src/network/url.ts';
import { origin, page } from './arbitraries.ts';

describe('addresses', () => {
  it('[FACT-7] that are accepted are spelled as the platform spells them', () => {
    fc.assert(
      fc.property(origin, (text) => {
        expect(isOrigin(text)).toBe(true);
        // A name in punycode that encodes nothing is no address for the platform; nobody answers there.
        if (URL.canParse(text)) expect(new URL(text).origin).toBe(text);
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(page, (text) => {
        expect(isPageUrl(text)).toBe(true);
        if (URL.canParse(text)) expect(new URL(text).href).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('[FACT-7] of any text: refused, or what the platform reads and spells the same', () => {
    const unit = fc.constantFrom(
      ...'https://abz019.-:@?#%[]\\ _é/',
      '%2E',
      '..',
      'https://',
      'http://',
      '127.0.0.1',
      'xn--',
    );
    fc.assert(
      fc.property(
        fc.string({ unit, maxLength: 12 }),
        fc.constantFrom('', 'https://', 'https://a.org/'),
        (rest, start) => {
          const text = start + rest;
          if (!URL.canParse(text)) return;
          if (isOrigin(text)) expect(new URL(text).origin).toBe(text);
          if (isPageUrl(text)) expect(new URL(text).href).toBe(text);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it.each([
    'http://archipel.example.org',
    'http://10.0.0.1',
    'http://127.0.0.1.example.org',
    'http://localhost.example.org',
    'https://user@example.org',
    'https://user:secret@example.org',
    'https://example.org/',
    'https://example.org#top',
    'https://example.org?x',
    'https://Example.org',
    'https://example.org:443',
    'http://localhost:80',
    'https://example.org:0',
    'https://example.org:080',
    'https://example.org:65536',
    'https://example.org.',
    'https://.example.org',
    'https://ex_ample.org',
    'https://-example.org',
    'https://example.1',
    'https://127.1',
    'https://0x7f.1',
    'https://2130706433',
    'https://256.0.0.1',
    'https://01.2.3.4',
    'https://[::2]',
    'https://exämple.org',
    'ftp://example.org',
    'wss://example.org',
    'https:example.org',
    'https://',
    '//example.org',
    ' https://example.org',
    'https://example.org\n',
    `https://${'a.'.repeat(130)}org`,
    `https://${'a'.repeat(64)}.org`,
    'javascript:alert(1)',
    '',
  ])('[FACT-7] refuses %j as the address of a host', (text) => {
    expect(isOrigin(text)).toBe(false);
  });

  it.each([
    'https://example.org',
    'https://example.org/a#b',
    'https://user@example.org/a',
    'http://example.org/a',
    'https://example.org/a/../b',
    'https://example.org/.',
    'https://example.org/%2E%2E/b',
    'https://example.org/%2e',
    'https://example.org/%zz',
    'https://example.org/a b',
    'https://example.org/é',
    'https://example.org/"',
    'https://example.org\\a',
    'https://example.org/a?b#c',
    "https://example.org/?'",
  ])('[FACT-7] refuses %j as the address of a page', (text) => {
    expect(isPageUrl(text)).toBe(false);
  });

  it('[FACT-7] on this machine alone may be without TLS, and are known as such', () => {
    for (const host of ['localhost', '127.0.0.1:4280', '127.9.9.9', '[::1]:4280']) {
      expect(isOrigin(`http://${host}`)).toBe(true);
      expect(isLoopbackOrigin(`http://${host}`)).toBe(true);
    }
    expect(isLoopbackOrigin('https://127.0.0.1')).toBe(true);
    expect(isLoopbackOrigin('https://example.org')).toBe(false);
    expect(isLoopbackOrigin('http://example.org')).toBe(false);
    expect(isLoopbackOrigin('nonsense')).toBe(false);
  });

  it('[FACT-7] of other software may have a path, in one spelling', () => {
    expect(isServiceUrl('https://example.org')).toBe(true);
    expect(isServiceUrl('https://example.org/pads/')).toBe(true);
    expect(isServiceUrl('https://example.org/')).toBe(false);
  });
});
