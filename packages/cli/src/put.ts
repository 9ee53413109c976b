/** `archipel put`: seals files and sends them; prints the link. */
import type { Uploaded } from '@archipel/client/drop';
import { nodeSuite } from '@archipel/client/node';
import { isOrigin } from '@archipel/protocol';
import { type Link, type LockedLink, lockLink, printLink, stretch } from '@archipel/protocol/secret';
import { commandConfig, findSettings, StartError } from '@archipel/relay/admin';
import { choosePassword } from './password.ts';
import { sendFiles, sending } from './sending.ts';
import type { Terminal } from './terminal.ts';

const DAY_SECONDS = 86_400;
const SECOND_MS = 1000;

export interface PutOptions {
  paths: readonly string[];
  /** Origin; empty: the host of these settings. */
  host: string;
  days: number;
  /** 0: as often as people want. */
  downloads: number;
  message: string;
  /** Whether the link to take needs one. */
  hasPassword: boolean;
  /** Where the password is; empty: it is asked for. */
  passwordFile: string;
}

/** The exit code. */
export async function put(options: PutOptions, terminal: Terminal): Promise<number> {
  const { paths, host, days, downloads, message, hasPassword, passwordFile: file } = options;
  return sending(terminal, async (signal) => {
    const origin = host === '' ? ownOrigin() : host;
    if (!isOrigin(origin)) throw new StartError('An address of a host is https://HOST, without anything behind it.');
    const password = hasPassword || file !== '' ? await choosePassword({ file, terminal }) : undefined;
    const expiry = Math.floor(Date.now() / SECOND_MS) + days * DAY_SECONDS;
    const sent = await sendFiles(paths, { origin, message, downloads, expiry }, terminal, signal);
    if (!sent.ok) return sent.error;
    await sayLinks(origin, sent.value, password, terminal);
    return undefined;
  });
}

function ownOrigin(): string {
  return `http://localhost:${commandConfig(findSettings()).port}`;
}

async function sayLinks(
  front: string,
  { own, view, origin, hosts, copies }: Uploaded,
  password: string | undefined,
  terminal: Terminal,
): Promise<void> {
  if (origin !== front) terminal.say(`${front} has no room for that just now; it sent the files to ${origin}.`);
  if (copies > 1) terminal.say(`Kept on ${copies} hosts: ${[origin, ...hosts].join(', ')}`);
  else if (hosts.length > 0) terminal.say(`Kept on one host; ${hosts.join(', ')} is getting a copy.`);
  else terminal.say('Kept on one host.');
  const printed = (link: Link | LockedLink): string => `${front}/drop#${printLink(link)}`;
  const given = password === undefined ? view : await lockLink(nodeSuite, view, password, stretch);
  terminal.say(`Whoever has this link${password === undefined ? '' : ' and the password'} can take the files:`);
  terminal.say(printed(given));
  terminal.say('With this one, which is yours alone, they can be deleted or kept longer:');
  terminal.say(printed(own));
}
