/** `archipel get`: takes the files of a drop, verifies and names them. */
import { setTimeout as wait } from 'node:timers/promises';
import type { DownloadDeps } from '@archipel/client/drop';
import { nodeSuite } from '@archipel/client/node';
import type { ErrorName } from '@archipel/protocol';
import { StartError } from '@archipel/relay/admin';
import { dropAt } from './drop-link.ts';
import { sentenceOf } from './drop-words.ts';
import { requestAt } from './request-link.ts';
import { takeAnswers } from './take-answers.ts';
import { takeDrop } from './take-drop.ts';
import type { Terminal } from './terminal.ts';

const DONE = 0;
const FAILED = 1;
const INTERRUPTED = 130;

export interface GetOptions {
  link: string;
  /** Folder. */
  to: string;
  /** Where the password of the link is; empty: it is asked for. */
  passwordFile: string;
}

/** The exit code. */
export async function get({ link, to, passwordFile }: GetOptions, terminal: Terminal): Promise<number> {
  const stopping = new AbortController();
  terminal.onInterrupt(() => {
    terminal.complain('Stopping. Type the same command again to go on.');
    stopping.abort();
  });
  const { signal } = stopping;
  const deps: DownloadDeps = { suite: nodeSuite, wait: (ms) => wait(ms, undefined, { signal }), signal };
  try {
    const request = await requestAt(link);
    const error =
      request === undefined
        ? await takeAt(deps, link, { to, passwordFile, terminal })
        : await takeAnswers(deps, request, to, terminal);
    if (error === undefined) return DONE;
    terminal.complain(sentenceOf(error));
    return FAILED;
  } catch (error) {
    if (signal.aborted) return INTERRUPTED;
    if (error instanceof StartError) {
      terminal.complain(error.message);
      return FAILED;
    }
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    terminal.complain(`The files cannot be written to ${to} (${code}).`);
    return FAILED;
  }
}

async function takeAt(
  deps: DownloadDeps,
  link: string,
  { to, passwordFile: file, terminal }: Omit<GetOptions, 'link'> & { terminal: Terminal },
): Promise<ErrorName | undefined> {
  const drop = await dropAt(link, { file, terminal });
  return drop.ok ? takeDrop(deps, drop.value, to, terminal) : drop.error;
}
