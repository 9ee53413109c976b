/** A folder on this machine that fills up with the files of a drop: what is not whole and verified has no name of its own there (DROP-3). */
import { fileNameFor } from '@archipel/protocol/secret';
import { rename } from './pickers.ts';
import type { FilledFolder } from './received.ts';

/** What may have to be fetched again after a crash. Going on with a file copies what it has, so the steps grow with it. */
const STEP_BYTES = 128 * 2 ** 20;
const STEP_SHARE = 0.5;

export interface FolderFile {
  name: string;
  /** Bytes. */
  size: number;
}

export interface FolderDeps {
  /** Remembers how far it is. */
  keep(state: FilledFolder): Promise<void>;
}

const partOf = ({ docId }: FilledFolder): string => `${docId}.part`;

export class FolderSink {
  readonly #deps: FolderDeps;
  readonly #files: readonly FolderFile[];
  readonly #state: FilledFolder;
  readonly names: string[] = [];
  #part: FileSystemFileHandle | undefined;
  #writer: FileSystemWritableFileStream | undefined;
  /** Bytes of the present file. */
  #have: number;

  private constructor(deps: FolderDeps, files: readonly FolderFile[], state: FilledFolder) {
    this.#deps = deps;
    this.#files = files;
    this.#state = { ...state };
    this.#have = state.have;
  }

  /** `state`: of a new folder with nothing in it, or of one that goes on. Rejects with a DOMException when the folder cannot be written to. */
  static async open(deps: FolderDeps, files: readonly FolderFile[], state: FilledFolder): Promise<FolderSink> {
    const part = await state.folder.getFileHandle(partOf(state), { create: true });
    // Somebody may have taken it away, or the page have ended when it had got its name: that file is fetched again.
    const { size } = await part.getFile();
    return new FolderSink(deps, files, size < state.have ? { ...state, have: 0 } : state);
  }

  /** Of all the files: what is there, and need not be fetched. */
  get have(): number {
    return this.#files.slice(0, this.#state.done).reduce((sum, { size }) => sum + size, 0) + this.#have;
  }

  /** What follows what is there. Rejects with a DOMException when the disk refuses. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0; ) {
      await this.#finishFull();
      const file = this.#files[this.#state.done];
      if (file === undefined) throw new Error('more than the manifest says');
      const part = rest.subarray(0, file.size - this.#have);
      const writer = await this.#open();
      await writer.write(part as Uint8Array<ArrayBuffer>);
      this.#have += part.length;
      rest = rest.subarray(part.length);
    }
    const step = Math.max(STEP_BYTES, this.#state.have * STEP_SHARE);
    if (this.#have - this.#state.have >= step) await this.save();
  }

  /** All has been written: the last ones get their names. */
  async finish(): Promise<void> {
    await this.#finishFull();
    if (this.#state.done < this.#files.length) throw new Error('not all is there');
  }

  /** What was written outlives this page. */
  async save(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    if (writer !== undefined) await writer.close();
    this.#state.have = this.#have;
    await this.#deps.keep({ ...this.#state });
  }

  /** Files that have all their bytes, those without any among them. */
  async #finishFull(): Promise<void> {
    for (;;) {
      const file = this.#files[this.#state.done];
      if (file === undefined || this.#have < file.size) return;
      const writer = await this.#open();
      await writer.close();
      this.#writer = undefined;
      this.names.push(await this.#name(file));
      this.#part = undefined;
      this.#have = 0;
      this.#state.done += 1;
      this.#state.have = 0;
      await this.#deps.keep({ ...this.#state });
    }
  }

  async #open(): Promise<FileSystemWritableFileStream> {
    if (this.#writer !== undefined) return this.#writer;
    this.#part ??= await this.#state.folder.getFileHandle(partOf(this.#state), { create: true });
    const writer = await this.#part.createWritable({ keepExistingData: this.#have > 0 });
    if (this.#have > 0) {
      // A crash may have left more than what is known to be right.
      await writer.truncate(this.#have);
      await writer.seek(this.#have);
    }
    this.#writer = writer;
    return writer;
  }

  /** The name that it got: one that is taken stays whose it is. */
  async #name({ name }: FolderFile): Promise<string> {
    const part = this.#part;
    if (part === undefined) throw new Error('nothing was written');
    const free = await this.#freeName(name);
    if (await rename(part, free)) return free;
    const named = await this.#state.folder.getFileHandle(free, { create: true });
    await (await part.getFile()).stream().pipeTo(await named.createWritable());
    await this.#state.folder.removeEntry(part.name);
    return free;
  }

  async #freeName(wanted: string): Promise<string> {
    const taken = new Set<string>();
    for (;;) {
      const tried = fileNameFor(wanted, taken);
      const is = await this.#look(tried);
      if (is === 'free') return tried;
      // Some endings are not allowed there (.lnk): the file is still wanted.
      if (is === 'refused') return this.#freeName(`${tried}_`);
      taken.add(tried);
    }
  }

  async #look(name: string): Promise<'free' | 'taken' | 'refused'> {
    try {
      await this.#state.folder.getFileHandle(name);
      return 'taken';
    } catch (error) {
      if (error instanceof DOMException && error.name === 'TypeMismatchError') return 'taken';
      if (error instanceof DOMException && error.name === 'NotFoundError') return 'free';
      if (error instanceof TypeError) return 'refused';
      throw error;
    }
  }
}

/** Takes away what is not whole, if that is allowed (still). */
export async function forgetFolder(state: FilledFolder): Promise<boolean> {
  try {
    await state.folder.removeEntry(partOf(state));
    return true;
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}
