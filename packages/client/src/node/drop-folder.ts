/** Where a drop is taken to: files grow in a folder beside the place where they will be, and get their names when all is there (DROP-3). */
import type { FileHandle } from 'node:fs/promises';
import { link, mkdir, open, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from '@archipel/protocol';
import { bodySizeOf, type DropFile, type DropManifest, fileNameFor } from '@archipel/protocol/secret';
import { JsonFile } from './json-file.ts';

const SUFFIX = '.archipel-part';
const STATE = 'state.json';
/** What may have to be fetched again after a power cut. */
const SYNC_BYTES = 16 * 2 ** 20;

interface State {
  ticket: string;
  /** Bytes of the body that are on the disk. */
  have: number;
}

export class DropFolder {
  readonly #folder: string;
  readonly #parts: string;
  readonly #manifest: DropManifest;
  readonly #state: JsonFile<State>;
  #ticket: string | undefined;
  #have = 0;
  #syncedAt = 0;
  #index = 0;
  /** Where in the body the file begins that is being written. */
  #start = 0;
  #handle: FileHandle | undefined;

  private constructor(folder: string, parts: string, manifest: DropManifest) {
    this.#folder = folder;
    this.#parts = parts;
    this.#manifest = manifest;
    this.#state = new JsonFile(join(parts, STATE));
  }

  /** `id`: of the drop, as in its link. Rejects with the errors of the file system. */
  static async open(folder: string, id: string, manifest: DropManifest): Promise<DropFolder> {
    await mkdir(folder, { recursive: true });
    const drop = new DropFolder(folder, join(folder, `.${id}${SUFFIX}`), manifest);
    await drop.#begin();
    return drop;
  }

  async #begin(): Promise<void> {
    await mkdir(this.#parts, { recursive: true, mode: 0o700 });
    const state = await this.#state.load();
    this.#ticket = state?.ticket;
    this.#have = state?.have ?? 0;
    this.#syncedAt = this.#have;
    if (state !== undefined) return;
    for (const index of this.#manifest.files.keys()) await (await open(this.#part(index), 'w')).close();
  }

  #part(index: number): string {
    return join(this.#parts, `${index}`);
  }

  get have(): number {
    return this.#have;
  }

  get ticket(): string | undefined {
    return this.#ticket;
  }

  async keepTicket(ticket: string): Promise<void> {
    this.#ticket = ticket;
    await this.#save();
  }

  #save(): Promise<void> {
    return this.#state.save({ ticket: this.#ticket ?? '', have: this.#have });
  }

  /** What follows what is there. */
  async write(bytes: Bytes): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      const file = await this.#fileAt(this.#have);
      const part = rest.subarray(0, this.#start + file.size - this.#have);
      this.#handle ??= await open(this.#part(this.#index), 'r+');
      await this.#handle.write(part, 0, part.length, this.#have - this.#start);
      this.#have += part.length;
      rest = rest.subarray(part.length);
    }
    if (this.#have - this.#syncedAt >= SYNC_BYTES) await this.sync();
  }

  async #fileAt(position: number): Promise<DropFile> {
    for (;;) {
      const file = this.#manifest.files[this.#index];
      if (file === undefined) throw new Error('more than the manifest says');
      if (position < this.#start + file.size) return file;
      await this.#closeFile();
      this.#start += file.size;
      this.#index += 1;
    }
  }

  async #closeFile(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    if (handle === undefined) return;
    try {
      await handle.datasync();
    } finally {
      await handle.close();
    }
  }

  /** What was written would outlive a power cut. */
  async sync(): Promise<void> {
    await this.#handle?.datasync();
    this.#syncedAt = this.#have;
    await this.#save();
  }

  /** Stops for now: it can be gone on with. */
  async pause(): Promise<void> {
    await this.sync();
    await this.#closeFile();
  }

  /** All is there: the files get their names. Those that they got, in the order of the manifest. */
  async finish(): Promise<string[]> {
    if (this.#have !== bodySizeOf(this.#manifest)) throw new Error('not all is there');
    await this.sync();
    await this.#closeFile();
    const names: string[] = [];
    for (const [index, file] of this.#manifest.files.entries()) {
      const part = this.#part(index);
      // One that is gone has its name already: the program ended in the middle of this.
      const isHere = await stat(part).then(() => true, isMissing);
      names.push(isHere ? await this.#name(part, file) : file.name);
    }
    await this.#state.clear();
    await rmdir(this.#parts);
    return names;
  }

  /** A name that is taken stays whose it is. */
  async #name(part: string, { name, modified }: DropFile): Promise<string> {
    if (modified > 0) await utimes(part, modified, modified);
    const taken = new Set<string>();
    for (;;) {
      const tried = fileNameFor(name, taken);
      const error = await link(part, join(this.#folder, tried)).catch((failure: NodeJS.ErrnoException) => failure);
      if (error === undefined) {
        await rm(part);
        return tried;
      }
      if (error.code !== 'EEXIST') throw error;
      taken.add(tried);
    }
  }
}

function isMissing(error: NodeJS.ErrnoException): false {
  if (error.code === 'ENOENT') return false;
  throw error;
}
