/** Uploads that are not complete: how far each is on the disk, what room they will need, and one writer for each. */
import type { Bytes } from '@archipel/protocol';
import { toHex } from '@archipel/protocol';
import { isLocal, type StoredBlob } from '../../store/blobs.ts';
import { type BlobDeps, folderOf } from './context.ts';
import { makeBlobFolder, PieceWriter, readOffset } from './pieces.ts';

/** The store hears of an upload so often, or after so much of it: as much may be counted twice, as promised and as taken. */
const TOUCH_MS = 60_000;
const TOUCH_BYTES = 64 * 2 ** 20;
const SECOND_MS = 1000;

type Wanted = Pick<StoredBlob, 'blobId' | 'length'>;

/** Where the bytes come from. */
export interface Source {
  /** They are written and let go: nobody else uses their memory. */
  chunks: AsyncIterable<Uint8Array>;
  /** It comes from another host: whoever only asks how far it is does not end it. */
  isCopy?: boolean;
  /** Ends it; nothing more is taken. */
  cut(): void;
}

interface Upload {
  length: number;
  offset: number;
  touchedMs: number;
  touchedOffset: number;
  writing: { cut(): void; isCopy: boolean; done: Promise<unknown> } | undefined;
}

/** Of several processes each knows those that it writes; of all others the names on the disk say how far they are. */
export class Uploads {
  readonly #deps: BlobDeps;
  readonly #byId = new Map<string, Upload>();
  #isStopped = false;
  /** More of one is on the disk. */
  whenGrown: (blobId: Bytes) => void = () => undefined;

  private constructor(deps: BlobDeps) {
    this.#deps = deps;
  }

  static async open(deps: BlobDeps): Promise<Uploads> {
    const uploads = new Uploads(deps);
    await uploads.look();
    return uploads;
  }

  /** How far each is where blobs are now. */
  async look(): Promise<void> {
    this.#isStopped = false;
    this.#byId.clear();
    const { store, folder } = this.#deps;
    if (!isLocal(store)) return;
    for (const blob of await store.uploading()) {
      this.add(blob, await readOffset(folderOf(folder, blob.blobId), blob.length));
    }
  }

  add({ blobId, length }: Wanted, offset = 0): void {
    if (isLocal(this.#deps.store)) this.#byId.set(toHex(blobId), this.#newUpload(length, offset));
  }

  #newUpload(length: number, offset: number): Upload {
    return { length, offset, touchedMs: this.#deps.clock.now(), touchedOffset: offset, writing: undefined };
  }

  /** How much is on the disk; whoever writes goes on. Undefined: another process may know. */
  reached(blobId: Bytes): number | undefined {
    return this.#byId.get(toHex(blobId))?.offset;
  }

  isWriting(blobId: Bytes): boolean {
    return this.#byId.get(toHex(blobId))?.writing !== undefined;
  }

  /** Whoever wrote is cut off: their line may be dead, and who asks goes on in their place. */
  async offset(blob: Wanted): Promise<number | undefined> {
    const upload = this.#byId.get(toHex(blob.blobId));
    if (upload?.writing?.isCopy !== true) await this.#halt(upload);
    return isLocal(this.#deps.store) ? upload?.offset : this.#onDisk(blob);
  }

  #onDisk({ blobId, length }: Wanted): Promise<number> {
    return readOffset(folderOf(this.#deps.folder, blobId), length);
  }

  /** Undefined: it is not being uploaded (any more). Rejects with the errors of the file system; what was synced before stays. */
  async append(blob: Wanted, offset: number, source: Source): Promise<number | 'wrong_offset' | undefined> {
    const key = toHex(blob.blobId);
    if (!isLocal(this.#deps.store) && !this.#byId.has(key)) this.#byId.set(key, this.#newUpload(blob.length, 0));
    const upload = this.#byId.get(key);
    if (upload === undefined) return undefined;
    while (upload.writing !== undefined) await this.#halt(upload);
    if (this.#isStopped || this.#byId.get(key) !== upload) return undefined;
    const done = this.#write(blob, upload, offset, source);
    upload.writing = { cut: source.cut, isCopy: source.isCopy === true, done };
    try {
      return await done;
    } finally {
      upload.writing = undefined;
      if (!isLocal(this.#deps.store) && this.#byId.get(key) === upload) this.#byId.delete(key);
    }
  }

  async #write(
    blob: Wanted,
    upload: Upload,
    offset: number,
    { chunks }: Source,
  ): Promise<number | 'wrong_offset' | undefined> {
    const { blobId } = blob;
    const folder = folderOf(this.#deps.folder, blobId);
    if (!isLocal(this.#deps.store)) upload.offset = upload.touchedOffset = await this.#onDisk(blob);
    if (upload.offset !== offset) return 'wrong_offset';
    if (upload.offset === 0) await makeBlobFolder(folder);
    const writer = new PieceWriter(folder, upload.length, upload.offset, (reached) => {
      upload.offset = reached;
      this.whenGrown(blobId);
    });
    await writer.begin();
    try {
      for await (const chunk of this.#counted(chunks)) {
        await writer.write(chunk);
        if (writer.isFull) break;
        if (this.#isToTouch(upload)) await this.#touch(blobId, upload);
      }
      await writer.finish();
    } catch (error) {
      await writer.abandon();
      throw error;
    } finally {
      upload.offset = writer.offset;
    }
    if (upload.offset === upload.length) {
      const isComplete = await this.#deps.store.complete(blobId);
      this.#byId.delete(toHex(blobId));
      if (!isComplete) return undefined;
    } else if (upload.offset > upload.touchedOffset) await this.#touch(blobId, upload);
    this.whenGrown(blobId);
    return upload.offset;
  }

  /** A line that breaks is an end like any other: what came is kept. */
  async *#counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of chunks) {
        this.#deps.metrics.blobBytesReceived += chunk.length;
        yield chunk;
      }
    } catch (error) {
      this.#deps.log.debug({ reason: (error as Error).message }, 'an upload was cut');
    }
  }

  #isToTouch({ offset, touchedMs, touchedOffset }: Upload): boolean {
    return this.#deps.clock.now() - touchedMs >= TOUCH_MS || offset - touchedOffset >= TOUCH_BYTES;
  }

  async #touch(blobId: Bytes, upload: Upload): Promise<void> {
    upload.touchedMs = this.#deps.clock.now();
    upload.touchedOffset = upload.offset;
    await this.#deps.store.touch(blobId, Math.floor(upload.touchedMs / SECOND_MS), upload.offset);
  }

  async drop(blobId: Bytes): Promise<void> {
    const upload = this.#byId.get(toHex(blobId));
    this.#byId.delete(toHex(blobId));
    await this.#halt(upload);
  }

  /** Nobody writes from now on, until it looks again. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#byId.values()].map((upload) => this.#halt(upload)));
  }

  async #halt(upload: Upload | undefined): Promise<void> {
    const { writing } = upload ?? {};
    if (writing === undefined) return;
    writing.cut();
    // Its own request hears of a failure.
    await writing.done.catch(() => undefined);
  }
}
