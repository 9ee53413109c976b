/** The suites that must agree: WebCrypto, @noble, and WebCrypto of a platform without Ed25519. */
import { makeWebSuite, nobleSuite, type Suite, webSuite } from '../src/secret/index.ts';
import type { Subtle } from '../src/secret/webcrypto-types.ts';

const subtle = globalThis.crypto.subtle as unknown as Subtle;

/** As in a browser of 2024: every other algorithm works, Ed25519 is refused. */
const withoutEd25519: Subtle = {
  importKey: (format, data, algorithm, extractable, usages) =>
    algorithm === 'Ed25519'
      ? Promise.reject(new DOMException('no Ed25519', 'NotSupportedError'))
      : subtle.importKey(format, data, algorithm, extractable, usages),
  exportKey: (format, key) => subtle.exportKey(format, key),
  encrypt: (algorithm, key, data) => subtle.encrypt(algorithm, key, data),
  decrypt: (algorithm, key, data) => subtle.decrypt(algorithm, key, data),
  sign: () => Promise.reject(new DOMException('no Ed25519', 'NotSupportedError')),
  verify: () => Promise.reject(new DOMException('no Ed25519', 'NotSupportedError')),
};

export const SUITES: readonly { name: string; suite: Suite }[] = [
  { name: 'webSuite', suite: webSuite },
  { name: 'nobleSuite', suite: nobleSuite },
  { name: 'webSuite without Ed25519', suite: makeWebSuite(withoutEd25519) },
];
