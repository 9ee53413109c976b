import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bytes, fromHex, toHex } from '../src/index.ts';
import { nobleSuite, webSuite } from '../src/secret/index.ts';
import { bytes, bytesUpTo } from './arbitraries.ts';
import { SUITES } from './suites.ts';

function hex(text: string): Bytes {
  const value = fromHex(text);
  if (value === undefined) throw new Error(`no hexadecimal: ${text}`);
  return value;
}

describe.each(SUITES)('$name', ({ suite }) => {
  it('derives as RFC 5869, test case 3', async () => {
    const output = await suite.hkdf(new Uint8Array(22).fill(0x0b), new Uint8Array(0), 42);
    expect(toHex(output)).toBe('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8');
  });

  it('[CAP-2] signs as RFC 8032, test 2', async () => {
    const signer = await suite.signer(hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'));
    expect(toHex(signer.publicKey)).toBe('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
    const signature = await signer.sign(Uint8Array.of(0x72));
    expect(toHex(signature)).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
    expect(await suite.verify(signer.publicKey, Uint8Array.of(0x72), signature)).toBe(true);
    expect(await suite.verify(signer.publicKey, Uint8Array.of(0x73), signature)).toBe(false);
  });

  it('seals as test case 16 of the GCM specification', async () => {
    const key = await suite.aesKey(hex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308'));
    const nonce = hex('cafebabefacedbaddecaf888');
    const aad = hex('feedfacedeadbeeffeedfacedeadbeefabaddad2');
    const plaintext = hex(
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    );
    const sealed = await suite.seal(key, nonce, aad, plaintext);
    expect(toHex(sealed.subarray(-16))).toBe('76fc6ece0f4e1768cddf8853bb2d551b');
    expect(await suite.open(key, nonce, aad, sealed)).toEqual(plaintext);
  });

  it('says false or nothing to malformed input, and never throws', async () => {
    const key = await suite.aesKey(new Uint8Array(32));
    const nonce = new Uint8Array(12);
    expect(await suite.open(key, nonce, nonce, new Uint8Array(15))).toBeUndefined();
    expect(await suite.open(key, nonce, nonce, new Uint8Array(16))).toBeUndefined();
    const { publicKey, sign } = await suite.signer(new Uint8Array(32));
    const signature = await sign(nonce);
    expect(await suite.verify(publicKey.subarray(1), nonce, signature)).toBe(false);
    expect(await suite.verify(publicKey, nonce, signature.subarray(1))).toBe(false);
    expect(await suite.verify(new Uint8Array(32).fill(255), nonce, signature)).toBe(false);
    expect(await suite.verify(publicKey, nonce, new Uint8Array(64).fill(255))).toBe(false);
  });

  it('verifies with more keys than it keeps', async () => {
    const message = new Uint8Array(1);
    const keys = Array.from({ length: 300 }, (_, i) => new Uint8Array(32).fill(i % 256).with(0, i >> 8));
    for (const key of keys) expect(await suite.verify(key, message, new Uint8Array(64))).toBe(false);
    const { publicKey, sign } = await suite.signer(new Uint8Array(32));
    expect(await suite.verify(publicKey, message, await sign(message))).toBe(true);
  });

  it('[REC-7] inflates what it deflated, up to the limit and not a byte further', async () => {
    const text = new Uint8Array(100_000).fill(97);
    const deflated = await suite.deflate(text);
    expect(deflated.length).toBeLessThan(1000);
    expect(await suite.inflate(deflated, 100_000)).toEqual(text);
    expect(await suite.inflate(deflated, 99_999)).toBe('too_large');
    expect(await suite.inflate(deflated.subarray(0, -1), 100_000)).toBeUndefined();
    expect(await suite.inflate(new Uint8Array([...deflated, 0]), 100_000)).toBeUndefined();
    expect(await suite.inflate(Uint8Array.of(255, 255), 100_000)).toBeUndefined();
  });

  it('gives other random bytes each time', () => {
    expect(suite.random(20)).toHaveLength(20);
    expect(suite.random(20)).not.toEqual(suite.random(20));
  });
});

/** WebCrypto's own, against which ours is held. */
async function platformHkdf(secret: Bytes, info: Bytes): Promise<Bytes> {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('raw', secret as Uint8Array<ArrayBuffer>, 'HKDF', false, ['deriveBits']);
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: info as Uint8Array<ArrayBuffer> };
  return new Uint8Array(await subtle.deriveBits(parameters, key, 256));
}

describe('webSuite and nobleSuite', () => {
  it('agree on every derivation, signature and seal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ secret: bytes(20), key: bytes(32), nonce: bytes(12), aad: bytesUpTo(60), text: bytesUpTo(300) }),
        async ({ secret, key, nonce, aad, text }) => {
          expect(await webSuite.hkdf(secret, aad, 32)).toEqual(await platformHkdf(secret, aad));
          const [web, noble] = [await webSuite.signer(key), await nobleSuite.signer(key)];
          expect(web.publicKey).toEqual(noble.publicKey);
          expect(await web.sign(text)).toEqual(await noble.sign(text));
          const [webKey, nobleKey] = [await webSuite.aesKey(key), await nobleSuite.aesKey(key)];
          const sealed = await webSuite.seal(webKey, nonce, aad, text);
          expect(await nobleSuite.seal(nobleKey, nonce, aad, text)).toEqual(sealed);
          expect(await nobleSuite.open(nobleKey, nonce, aad, sealed)).toEqual(text);
          const tampered = sealed.with(sealed.length - 1, (sealed.at(-1) ?? 0) ^ 1);
          expect(await webSuite.open(webKey, nonce, aad, tampered)).toBeUndefined();
          expect(await nobleSuite.open(nobleKey, nonce, aad, tampered)).toBeUndefined();
        },
      ),
      { numRuns: 50 },
    );
  });
});
