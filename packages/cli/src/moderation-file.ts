/** The file of reports and removals, which the host has open at the same time. */
import { commandConfig, findSettings, openModeration, StartError, type StorePlace } from '@archipel/relay/admin';
import type { Terminal } from './terminal.ts';

const DONE = 0;
const FAILED = 1;
const SECOND_MS = 1000;

export type Moderation = ReturnType<typeof openModeration>;

/** The exit code: 1 when `work` says in a sentence why not. */
export async function withModeration(
  terminal: Terminal,
  work: (file: Moderation, store: StorePlace) => Promise<string | undefined>,
): Promise<number> {
  let file: Moderation | undefined;
  try {
    const { dataFolder, store } = commandConfig(findSettings());
    file = openModeration(dataFolder);
    const reason = await work(file, store);
    if (reason !== undefined) terminal.complain(reason);
    return reason === undefined ? DONE : FAILED;
  } catch (error) {
    const { name, message } = error as Error;
    if (!(error instanceof StartError) && name !== 'StoreOpenError' && name !== 'NotWrittenError') throw error;
    terminal.complain(message);
    return FAILED;
  } finally {
    file?.close();
  }
}

export function dayOf(seconds: number): string {
  return new Date(seconds * SECOND_MS).toISOString().slice(0, 16).replace('T', ' ');
}

/** What strangers wrote must not command the terminal. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, '');
}
