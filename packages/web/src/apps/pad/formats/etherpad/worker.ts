/** A file of Etherpad is read beside the page, which stays smooth. */
import { Refusal } from '../refusal.ts';
import { type EtherpadFile, readEtherpadFile } from './file.ts';
import { type EtherpadMoment, lastMoment, readMoments } from './moments.ts';
import type { EtherpadAnswer, EtherpadLook, EtherpadQuestion } from './reader.ts';
import { makeUpdates } from './updates.ts';

const FILE_MAX_BYTES = 50_000_000;

const worker = globalThis as unknown as {
  onmessage: (event: MessageEvent<EtherpadQuestion>) => Promise<void>;
  postMessage: (answer: EtherpadAnswer) => void;
};
let file: EtherpadFile | undefined;
let moments: EtherpadMoment[] = [];
let last: EtherpadMoment | undefined;

const progress = (share: number): void => worker.postMessage({ share });

async function look(blob: Blob): Promise<EtherpadLook> {
  if (blob.size > FILE_MAX_BYTES) throw new Refusal('tooLarge');
  file = readEtherpadFile(await blob.text());
  last = lastMoment(file);
  const { authors, chat } = file;
  const named = new Map(authors.map((author) => [author.id, author]));
  const lines = chat.map(({ text, author, at }) => {
    const { name = '', colour = 0 } = named.get(author) ?? {};
    return { text, name, colour, at, source: 'etherpad' as const };
  });
  const shown = authors.map(({ name, colour }) => ({ name, colour, source: 'etherpad' as const }));
  return { authors: shown, chat: lines, ...historyOf(file) };
}

/** The text may come in also when its history cannot. */
function historyOf(read: EtherpadFile): Pick<EtherpadLook, 'moments' | 'noHistory'> {
  try {
    moments = readMoments(read, progress);
    return { moments: moments.length, noHistory: undefined };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    moments = [];
    return { moments: 0, noHistory: error.reason };
  }
}

function make({ withHistory, ...place }: Extract<EtherpadQuestion, { ask: 'make' }>): Uint8Array[] {
  if (file === undefined || last === undefined) throw new Error('no file was looked at');
  const told = withHistory ? moments : [last];
  const updates: Uint8Array[] = [];
  for (const update of makeUpdates({ ...place, withHistory, authors: file.authors, moments: told })) {
    updates.push(update);
    progress(updates.length / told.length);
  }
  return updates;
}

worker.onmessage = async ({ data }) => {
  try {
    worker.postMessage({ value: data.ask === 'look' ? await look(data.file) : make(data) });
  } catch (error) {
    worker.postMessage(error instanceof Refusal ? { refused: error.reason } : { error: String(error) });
  }
};
