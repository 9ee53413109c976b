import { type Suite, webSuite } from '@archipel/protocol/secret';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nodeSuite } from '../src/node.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

async function sealed(suite: Suite, key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plain: Uint8Array) {
  return suite.seal(await suite.aesKey(key), nonce, aad, plain);
}

it('the suite of Node seals and opens as WebCrypto does', async () => {
  const text = fc.uint8Array({ maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(bytes(32), bytes(12), text, text, async (key, nonce, aad, plain) => {
      const [own, web] = [
        await sealed(nodeSuite, key, nonce, aad, plain),
        await sealed(webSuite, key, nonce, aad, plain),
      ];
      expect(own).toEqual(web);
      const handle = await nodeSuite.aesKey(key);
      expect(await nodeSuite.open(handle, nonce, aad, web)).toEqual(plain);
      expect(await nodeSuite.open(handle, nonce, aad, web.with(0, (web[0] as number) ^ 1))).toBeUndefined();
      expect(await nodeSuite.open(handle, nonce, aad, web.subarray(0, 15))).toBeUndefined();
    }),
    { numRuns: 50 },
  );
  expect(nodeSuite.sha256(Uint8Array.of(1, 2))).toEqual(webSuite.sha256(Uint8Array.of(1, 2)));
});
