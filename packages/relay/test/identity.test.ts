import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { StartError, verify } from '../src/index.ts';
import { identityPath, loadIdentity } from '../src/network/identity.ts';
import { makeFolder } from './support/relay.ts';

const RSA_PEM = 'rsa';
const MODULE = fileURLToPath(new URL('../src/network/identity.ts', import.meta.url));
const MESSAGE = new TextEncoder().encode('a manifest');

describe('the identity of a host', () => {
  it('is made at the first start, for the owner of the folder alone, and is the same ever after', async () => {
    const folder = join(makeFolder(), 'data');
    const first = loadIdentity(folder);
    expect(first.publicKey).toHaveLength(32);
    expect(readdirSync(folder)).toEqual(['identity.pem']);
    expect(statSync(identityPath(folder)).mode & 0o777).toBe(0o600);
    const again = loadIdentity(folder);
    expect(again.publicKey).toEqual(first.publicKey);
    expect(await verify(first.publicKey, MESSAGE, again.sign(MESSAGE))).toBe(true);
    expect(await verify(loadIdentity(makeFolder()).publicKey, MESSAGE, again.sign(MESSAGE))).toBe(false);
  });

  it('is one, when several processes begin at once', async () => {
    const folder = makeFolder();
    const script = `import { loadIdentity } from ${JSON.stringify(MODULE)};
      process.stdout.write(Buffer.from(loadIdentity(${JSON.stringify(folder)}).publicKey).toString('hex'));`;
    const keys = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
        let output = '';
        child.stdout.on('data', (text) => {
          output += String(text);
        });
        await once(child, 'close');
        return output;
      }),
    );
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(keys).size).toBe(1);
    expect(readdirSync(folder)).toEqual(['identity.pem']);
  });

  it.each([
    ['no key', 'hello', /is no key; put back a copy/],
    ['cut', '', /is no key/],
    [RSA_PEM, RSA_PEM, /is a key of another kind than Ed25519/],
  ])('a file that is %s is left as it is, and said', (_what, text, sentence) => {
    const folder = makeFolder();

    const rsa = () =>
      generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' });
    const content = text === RSA_PEM ? String(rsa()) : text;
    writeFileSync(identityPath(folder), content);
    expect(() => loadIdentity(folder)).toThrow(StartError);
    expect(() => loadIdentity(folder)).toThrow(sentence);
    expect(readFileSync(identityPath(folder), 'utf8')).toBe(content);
  });

  it('that cannot be written is said with the reason', () => {
    const folder = join(makeFolder(), 'data');
    mkdirSync(identityPath(folder), { recursive: true });
    expect(() => loadIdentity(folder)).toThrow(/cannot be read or written \(EISDIR\)/);
  });
});
