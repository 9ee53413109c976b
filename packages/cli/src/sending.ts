/** What `archipel put` does for whoever sends, with a request or without: files are sealed and sent, and what goes wrong is said. */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Uploaded, type UploadState, type UploadWish, uploadDrop } from '@archipel/client/drop';
import { JsonFile, NoSourceError, nodeSuite, sendingFetch, sourceFiles } from '@archipel/client/node';
import { type ErrorName, ok, type Result } from '@archipel/protocol';
import { StartError, stateFolder } from '@archipel/relay/admin';
import { sentenceOf } from './drop-words.ts';
import { mediaTypeOf } from './media-types.ts';
import type { Terminal } from './terminal.ts';
import { TransferLine } from './transfer-line.ts';

const DONE = 0;
const FAILED = 1;
const INTERRUPTED = 130;

/** The exit code. `work`: what fails has a name, or is thrown as NoSourceError or StartError with its sentence. */
export async function sending(
  terminal: Terminal,
  work: (signal: AbortSignal) => Promise<ErrorName | undefined>,
): Promise<number> {
  const stopping = new AbortController();
  terminal.onInterrupt(() => {
    terminal.complain('Stopping. Type the same command again to go on.');
    stopping.abort();
  });
  try {
    const error = await work(stopping.signal);
    if (error === undefined) return DONE;
    terminal.complain(sentenceOf(error));
    return FAILED;
  } catch (error) {
    if (stopping.signal.aborted) return INTERRUPTED;
    if (!(error instanceof NoSourceError || error instanceof StartError)) throw error;
    terminal.complain(error.message);
    return FAILED;
  }
}

export interface SentFiles extends Uploaded {
  count: number;
  bytes: number;
}

export interface SendingParts {
  /** Looks at number and bytes before anything is sent; throws StartError. */
  fits?: (count: number, bytes: number) => void;
  /** What makes it another sending of the same files; left out: the host. */
  place?: string;
  /** All is at the host: what must not be lost is kept now. */
  whenSent?: (sent: SentFiles) => Promise<Result<unknown>>;
}

/** Errors: those of `uploadDrop` and `whenSent`. */
export async function sendFiles(
  paths: readonly string[],
  wish: Omit<UploadWish, 'files'>,
  terminal: Terminal,
  signal: AbortSignal,
  { fits, place = wish.origin, whenSent }: SendingParts = {},
): Promise<Result<SentFiles>> {
  const source = await sourceFiles(paths, mediaTypeOf);
  try {
    const { files } = source;
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    fits?.(files.length, bytes);
    const told = (uploaded: Uploaded): SentFiles => ({ ...uploaded, count: files.length, bytes });
    const line = new TransferLine(terminal, 'Sending');
    const deps = {
      suite: nodeSuite,
      fetch: sendingFetch,
      streams: true,
      wait: (ms: number) => wait(ms, undefined, { signal }),
      journal: new JsonFile<UploadState>(statePath('put', place, paths)),
      onProgress: (sent: number, total: number) => line.show(sent, total),
      signal,
      whenSent: async (uploaded: Uploaded) => whenSent?.(told(uploaded)) ?? ok(undefined),
    };
    const sent = await uploadDrop(deps, { ...wish, files });
    return sent.ok ? ok(told(sent.value)) : sent;
  } finally {
    await source.close();
  }
}

/** Of the same files for the same place. */
export function statePath(what: string, place: string, paths: readonly string[]): string {
  const name = createHash('sha256')
    .update([place, ...paths.map((path) => resolve(path))].join('\0'))
    .digest('hex');
  return join(stateFolder(), 'archipel', what, `${name}.json`);
}
