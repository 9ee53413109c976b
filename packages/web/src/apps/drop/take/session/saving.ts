/** The ways in which files reach this machine's disk: a file that the person chooses, a folder, the browser's downloads, or its memory. */
import type { Bytes } from '@archipel/protocol';
import { fileNameFor } from '@archipel/protocol/secret';
import { FolderSink } from '../../../../files/folder.ts';
import { canPickFile, mayWrite, pickFile, pickFolder, removeEmpty } from '../../../../files/pickers.ts';
import { dropFolder, type FilledFolder, keepFolder } from '../../../../files/received.ts';
import { canServe, saveFrom, serve } from '../../../../files/serve.ts';
import { zipOf, zipSize } from '../../../../files/zip.ts';
import { download } from '../../../../ui/download.ts';
import type { OpenedDrop } from '../model/opened-drop.ts';
import { TakeError, type TakeErrorCode, type Transfer } from '../model/transfer.ts';

/** What is held in memory at most, where the browser knows no better way. */
const MEMORY_BYTES = 512 * 2 ** 20;
/** As long as a browser may take to ask for what it was told to save. */
const ASK_MS = 60_000;
const SECOND_MS = 1000;

/** One file of the drop, or all of them in a zip. */
export type Wanted = { index: number } | 'zip';

interface Saved {
  name: string;
  size: number;
  open(transfer: Transfer): ReadableStream<Bytes>;
}

function savedOf(drop: OpenedDrop, wanted: Wanted, zipName: string): Saved {
  const { files, size } = drop;
  if (wanted === 'zip') {
    const open = (transfer: Transfer) => zipOf(drop.body(transfer, 0, size), files) as ReadableStream<Bytes>;
    return { name: fileNameFor(zipName), size: zipSize(files), open };
  }
  const [file, start] = [files[wanted.index], drop.starts[wanted.index]];
  if (file === undefined || start === undefined) throw new RangeError('no such file');
  return { name: file.name, size: file.size, open: (transfer) => drop.body(transfer, start, start + file.size) };
}

/** What is fetched for it. */
export function bytesOf({ files, size }: OpenedDrop, wanted: Wanted): number {
  return wanted === 'zip' ? size : (files[wanted.index]?.size ?? 0);
}

/** At a press; `begin` is called when the person has said where. How it ends is told by the transfer. */
export async function saveFile(
  drop: OpenedDrop,
  wanted: Wanted,
  zipName: string,
  begin: () => Transfer,
): Promise<void> {
  const saved = savedOf(drop, wanted, zipName);
  const handle = canPickFile() ? await pickFile(saved.name) : undefined;
  if (canPickFile() && handle === undefined) return;
  const transfer = begin();
  await ending(transfer, async () => {
    await drop.prepare(transfer);
    if (handle !== undefined) return toFile(handle, saved.open(transfer));
    return (await canServe()) ? toDownloads(saved, transfer) : toMemory(saved, transfer);
  });
}

/** Writes into a copy that takes the place of the file when it is closed: after an error nothing is. */
async function toFile(handle: FileSystemFileHandle, stream: ReadableStream<Bytes>): Promise<void> {
  try {
    const writable = await handle.createWritable();
    await stream.pipeTo(writable as WritableStream<Bytes>);
  } catch (error) {
    await removeEmpty(handle);
    throw error;
  }
}

function toDownloads({ name, size, open }: Saved, transfer: Transfer): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOpen = false;
    const never = setTimeout(() => reject(new TakeError('browser_cannot')), ASK_MS);
    const serving = serve({
      name,
      size,
      as: 'save',
      open: () => {
        clearTimeout(never);
        // Once: a second one would run beside it.
        if (isOpen) return new ReadableStream({ start: (controller) => controller.error(new Error('once')) });
        isOpen = true;
        return followed(open(transfer), resolve, reject);
      },
    });
    transfer.signal.addEventListener('abort', () => {
      clearTimeout(never);
      serving.close();
    });
    saveFrom(serving);
  });
}

/** The same stream; tells when it was read to its end, or why it was not. */
function followed(
  stream: ReadableStream<Bytes>,
  ended: () => void,
  broken: (error: unknown) => void,
): ReadableStream<Bytes> {
  const reader = stream.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const next = await reader.read();
          if (!next.done) return controller.enqueue(next.value);
          controller.close();
          ended();
        } catch (error) {
          controller.error(error);
          broken(error);
        }
      },
      async cancel(reason) {
        broken(reason);
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

async function toMemory({ name, size, open }: Saved, transfer: Transfer): Promise<void> {
  if (size > MEMORY_BYTES) throw new TakeError('browser_cannot');
  download(await new Response(open(transfer)).blob(), name);
}

/** A folder that the person chooses now; undefined when they changed their mind. */
export async function newFolder({ id, offer }: OpenedDrop): Promise<FilledFolder | undefined> {
  const folder = await pickFolder();
  return folder && { docId: id, folder, done: 0, have: 0, until: offer.header.expiry * SECOND_MS };
}

/** At a press: fills a folder, from where it stopped. */
export async function fillFolder(drop: OpenedDrop, state: FilledFolder, begin: () => Transfer): Promise<void> {
  if (!(await mayWrite(state.folder))) return;
  const transfer = begin();
  await ending(transfer, async () => {
    await drop.prepare(transfer);
    const sink = await FolderSink.open({ keep: keepFolder }, drop.files, state);
    transfer.skip(sink.have);
    await pour(drop, transfer, sink);
    await dropFolder(drop.id);
  });
}

async function pour(drop: OpenedDrop, transfer: Transfer, sink: FolderSink): Promise<void> {
  let turn = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    turn = turn.then(work);
    return turn;
  };
  const unfollow = transfer.state.subscribe(({ at }) => {
    // Whoever pauses may close the page. If it fails, the next write says so.
    if (at === 'paused') inTurn(() => sink.save()).catch(() => transfer.fail('not_written'));
  });
  const reader = drop.body(transfer, sink.have, drop.size).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const { value } = next;
      await inTurn(() => sink.write(value));
    }
    await inTurn(() => sink.finish());
  } catch (error) {
    await reader.cancel(error).catch(() => undefined);
    await inTurn(() => sink.save());
    throw error;
  } finally {
    unfollow();
  }
}

async function ending(transfer: Transfer, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    transfer.finish();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'stopped') transfer.stop();
    else transfer.fail(code);
    if (!(error instanceof TakeError || error instanceof DOMException)) throw error;
  }
}

function codeOf(error: unknown): TakeErrorCode | 'stopped' {
  if (error instanceof TakeError) return error.code;
  if (!(error instanceof DOMException)) return 'not_written';
  if (error.name === 'AbortError') return 'stopped';
  return error.name === 'QuotaExceededError' ? 'own_disk_full' : 'not_written';
}
