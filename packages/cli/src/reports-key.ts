/** The key to which people seal reports: made here, kept by who runs the host, and never told to the relay. */

import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { decodeBase64url, encodeBase64url } from '@archipel/protocol';
import { nobleHpke, type OpeningKey } from '@archipel/protocol/secret';
import { findSettings, makeConfig, StartError, stateFolder } from '@archipel/relay/admin';
import { readSettingsFile, writeSettingsFile } from './settings-file.ts';
import type { Terminal } from './terminal.ts';

const SEED_BYTES = 32;
const DONE = 0;
const FAILED = 1;

/** Where it is when nobody says: not in the data folder, which the relay reads. */
export function keyFile(named: string): string {
  return named === '' ? join(stateFolder(), 'archipel', 'reports.key') : resolve(named);
}

/** Undefined: the file is not there. Throws StartError when it is no key. */
export async function readKey(file: string): Promise<OpeningKey | undefined> {
  if (!existsSync(file)) return undefined;
  const seed = decodeBase64url(readText(file));
  if (!seed.ok || seed.value.length !== SEED_BYTES) throw new StartError(`${file} is no key for reports.`);
  return (await nobleHpke()).openingKey(seed.value);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new StartError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}

/** The exit code. A key that is there is used, and never made anew: what was sealed to it would be lost. */
export async function makeKey(named: string, terminal: Terminal): Promise<number> {
  const file = keyFile(named);
  try {
    const key = (await readKey(file)) ?? (await written(file, terminal));
    const publicKey = encodeBase64url(key.publicKey);
    const { settings, origin } = findSettings();
    const before = readSettingsFile(origin.file);
    makeConfig({ ...settings, reportsKey: publicKey });
    if (before.reportsKey === publicKey) terminal.say(`${origin.file} says so already.`);
    else writeSettingsFile(origin.file, { ...before, reportsKey: publicKey });
    terminal.say(
      `Reports are sealed to this key from the next start of the host on: reportsKey is set in ${origin.file}.`,
    );
    terminal.say(`Keep a copy of ${file} elsewhere: without it nobody reads what people report.`);
    return DONE;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!(error instanceof StartError) && code === undefined) throw error;
    terminal.complain(error instanceof StartError ? error.message : `The key cannot be written (${code}).`);
    return FAILED;
  }
}

async function written(file: string, terminal: Terminal): Promise<OpeningKey> {
  const seed = new Uint8Array(randomBytes(SEED_BYTES));
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, `${encodeBase64url(seed)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  terminal.say(`A key was made: ${file}. Only you can read it.`);
  return (await nobleHpke()).openingKey(seed);
}
