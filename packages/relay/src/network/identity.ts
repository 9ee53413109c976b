/** Who this host is to other hosts: an Ed25519 key, made at the first start and kept in the data folder. */
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Bytes } from '@archipel/protocol';
import { fingerprintOf, hostIdOf } from '@archipel/protocol';
import { StartError } from '../start-error.ts';
import { syncFolder } from '../sync-folder.ts';

export const IDENTITY_FILE = 'identity.pem';
/** Whoever reads it can speak in this host's name. */
const PRIVATE_MODE = 0o600;

export interface Identity {
  /** 32 bytes. */
  readonly publicKey: Bytes;
  /** 64 bytes. */
  sign(message: Bytes): Bytes;
}

export function identityPath(dataFolder: string): string {
  return join(dataFolder, IDENTITY_FILE);
}

/** FACT-4; undefined when this host has never been started, and so has no key. Throws StartError. */
export function ownFingerprint(dataFolder: string): string | undefined {
  if (!existsSync(identityPath(dataFolder))) return undefined;
  return fingerprintOf(hostIdOf(loadIdentity(dataFolder).publicKey));
}

/** Reads the key, or makes it. Throws StartError when the file is no such key, or cannot be read or written. */
export function loadIdentity(dataFolder: string): Identity {
  const path = identityPath(dataFolder);
  try {
    return identityOf(createPrivateKey(read(path) ?? make(path)), path);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const isFile = /^E[A-Z]+$/.test(code ?? '');
    const reason = isFile ? `cannot be read or written (${code})` : 'is no key; put back a copy of it';
    throw new StartError(`The identity of this host, ${path}, ${reason}.`, { cause: error });
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function make(path: string): string {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  mkdirSync(dirname(path), { recursive: true });
  put(path, pem);
  return readFileSync(path, 'utf8');
}

/** The same host in another folder, unless it has a key already. Throws the errors of the file system. */
export function copyIdentity(from: string, to: string): void {
  put(identityPath(to), readFileSync(identityPath(from), 'utf8'));
}

/** On the disk before anybody hears of it. Of two processes that begin at once, both take the key of the first. */
function put(path: string, pem: string): void {
  const temporary = `${path}.${process.pid}.new`;
  const handle = openSync(temporary, 'w', PRIVATE_MODE);
  try {
    writeSync(handle, pem);
    fsyncSync(handle);
    // A rename would replace the other's key.
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(handle);
    rmSync(temporary, { force: true });
  }
  syncFolder(dirname(path));
}

function identityOf(key: KeyObject, path: string): Identity {
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new StartError(`The identity of this host, ${path}, is a key of another kind than Ed25519.`);
  }
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return {
    publicKey: new Uint8Array(Buffer.from(x, 'base64url')),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}
