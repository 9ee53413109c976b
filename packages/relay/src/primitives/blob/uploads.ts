/** Uploads that are not complete: how far each is on the disk, what room they will need, and one writer for each. */
import type { Bytes } from '@archipel/protocol';
import { toHex } from '@archipel/protocol';
import type { StoredBlob } from '../../store/blobs.ts';
import { type BlobDeps, folderOf } from './context.ts';
import { makeBlobFolder, PieceWriter, readOffset } from './pieces.ts';

const TOUCH_MS = 60_000;
const SECOND_MS = 1000;

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
  writing: { cut(): void; isCopy: boolean; done: Promise<unknown> } | undefined;
}

export class Uploads {
  readonly #deps: BlobDeps;
  readonly #byId = new Map<string, Upload>();
  /** More of one is on the disk. */
  whenGrown: (blobId: Bytes) => void = () => undefined;

  private constructor(deps: BlobDeps) {
    this.#deps = deps;
  }

  static async open(deps: BlobDeps): Promise<Uploads> {
    const uploads = new Uploads(deps);
    for (const blob of deps.store.uploading()) {
      uploads.add(blob, await readOffset(folderOf(deps.folder, blob.blobId), blob.length));
    }
    return uploads;
  }

  /** Bytes that were promised and have not come. */
  get missingBytes(): number {
    let sum = 0;
    for (const { length, offset } of this.#byId.values()) sum += length - offset;
    return sum;
  }

  add({ blobId, length }: Pick<StoredBlob, 'blobId' | 'length'>, offset = 0): void {
    const touchedMs = this.#deps.clock.now();
    this.#byId.set(toHex(blobId), { length, offset, touchedMs, writing: undefined });
  }

  /** How much is on the disk; whoever writes goes on. */
  reached(blobId: Bytes): number | undefined {
    return this.#byId.get(toHex(blobId))?.offset;
  }

  isWriting(blobId: Bytes): boolean {
    return this.#byId.get(toHex(blobId))?.writing !== undefined;
  }

  /** Whoever wrote is cut off: their line may be dead, and who asks goes on in their place. */
  async offset(blobId: Bytes): Promise<number | undefined> {
    const upload = this.#byId.get(toHex(blobId));
    if (upload?.writing?.isCopy !== true) await this.#halt(upload);
    return upload?.offset;
  }

  /** Undefined: it is not being uploaded (any more). Rejects with the errors of the file system; what was synced before stays. */
  async append(blobId: Bytes, offset: number, source: Source): Promise<number | 'wrong_offset' | undefined> {
    const upload = this.#byId.get(toHex(blobId));
    if (upload === undefined) return undefined;
    while (upload.writing !== undefined) await this.#halt(upload);
    if (this.#byId.get(toHex(blobId)) !== upload) return undefined;
    if (upload.offset !== offset) return 'wrong_offset';
    const done = this.#write(blobId, upload, source);
    upload.writing = { cut: source.cut, isCopy: source.isCopy === true, done };
    try {
      return await done;
    } finally {
      upload.writing = undefined;
    }
  }

  async #write(blobId: Bytes, upload: Upload, { chunks }: Source): Promise<number> {
    const folder = folderOf(this.#deps.folder, blobId);
    if (upload.offset === 0) await makeBlobFolder(folder);
    else await readOffset(folder, upload.length);
    const writer = new PieceWriter(folder, upload.length, upload.offset, (reached) => {
      upload.offset = reached;
      this.whenGrown(blobId);
    });
    try {
      for await (const chunk of this.#counted(chunks)) {
        await writer.write(chunk);
        if (writer.isFull) break;
      }
      await writer.finish();
    } catch (error) {
      await writer.abandon();
      throw error;
    } finally {
      upload.offset = writer.offset;
    }
    this.#touch(blobId, upload);
    if (upload.offset === upload.length) {
      this.#deps.store.complete(blobId);
      this.#byId.delete(toHex(blobId));
    }
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

  #touch(blobId: Bytes, upload: Upload): void {
    const now = this.#deps.clock.now();
    if (now - upload.touchedMs < TOUCH_MS) return;
    upload.touchedMs = now;
    this.#deps.store.touch(blobId, Math.floor(now / SECOND_MS));
  }

  async drop(blobId: Bytes): Promise<void> {
    const upload = this.#byId.get(toHex(blobId));
    this.#byId.delete(toHex(blobId));
    await this.#halt(upload);
  }

  async stop(): Promise<void> {
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
