/** The password of a link: typed, or from a file or the environment, and never an argument, which other users of the machine see. */
import { readFileSync } from 'node:fs';
import { isPassword } from '@archipel/protocol/secret';
import { linkPassword, StartError } from '@archipel/relay/admin';
import type { Terminal } from './terminal.ts';

/** More is no password, so it need not be read to the end. */
const MAX_FILE_BYTES = 4096;

export interface PasswordSource {
  /** Its first line; empty: none. */
  file: string;
  terminal: Terminal;
}

/** The password that opens a link. Throws a `StartError` where none can be had. */
export async function askPassword({ file, terminal }: PasswordSource): Promise<string> {
  const written = writtenPassword(file);
  if (written !== undefined) return written;
  const typed = await terminal.secret('Password of the link: ');
  if (typed === undefined) throw new StartError(NOWHERE);
  return typed;
}

/** A password for a new link: typed twice where it is typed. Throws a `StartError` where none can be had. */
export async function choosePassword({ file, terminal }: PasswordSource): Promise<string> {
  const written = writtenPassword(file);
  const password = written ?? (await terminal.secret('Password for the link: '));
  if (password === undefined) throw new StartError(NOWHERE);
  if (!isPassword(password)) throw new StartError('A password is not empty, and at most 1,024 bytes long.');
  if (written === undefined && (await terminal.secret('The same again: ')) !== password) {
    throw new StartError('That was not the same twice. Nothing was sent.');
  }
  return password;
}

const NOWHERE =
  'A password is needed, and there is no terminal to type it in: use --password-file FILE, or ARCHIPEL_PASSWORD in the environment.';

function writtenPassword(file: string): string | undefined {
  if (file === '') return linkPassword();
  try {
    return readFileSync(file, 'utf8').slice(0, MAX_FILE_BYTES).split(/\r?\n/, 1)[0];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(`The file of the password cannot be read (${code}).`, { cause: error });
  }
}
