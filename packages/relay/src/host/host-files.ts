/** The files of a host beside its documents: who it is, what it has promised, and what other hosts have of its documents. They go where the documents go. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyIdentity, IDENTITY_FILE, identityPath } from '../network/identity.ts';
import { ADMISSIONS_FILE } from '../store/admissions-sqlite.ts';
import { MODERATION_FILE } from '../store/moderation-sqlite.ts';
import { MoveError } from '../store/move-error.ts';
import type { StorePlace } from '../store/places.ts';
import { changeSideFile, copySideFile, removeSideFile } from '../store/side-file.ts';
import { FORGET_POSITIONS, LEDGER_FILE } from '../store/sqlite-ledger.ts';
import { StoreOpenError } from '../store/store-error.ts';

/** Whoever has them open. */
export interface FilesUser {
  /** Goes on with those in this folder; throws StoreOpenError. */
  moveTo(folder: string): void;
}

export const NO_NETWORK_THERE =
  'This host works with others (the setting network), and that does not go with a database yet. Take network out of the settings and start the host again, or choose a folder.';

export class HostFiles {
  readonly #user: FilesUser | undefined;
  #folder: string;
  /** Where they were before a move that is not done. */
  #before: string | undefined;

  /** `user`: undefined when no host runs. */
  constructor(folder: string, user: FilesUser | undefined) {
    this.#folder = folder;
    this.#user = user;
  }

  /** Before anything is begun. Throws MoveError when they could not go there. */
  check(to: StorePlace, worksWithOthers: boolean): void {
    if (to.kind === 'postgres') {
      if (worksWithOthers) throw new MoveError(NO_NETWORK_THERE);
      return;
    }
    const [own, theirs] = [identityPath(this.#folder), identityPath(to.folder)];
    if (to.folder === this.#folder || !existsSync(theirs)) return;
    if (existsSync(own) && readFileSync(own).equals(readFileSync(theirs))) return;
    throw new MoveError(
      `The data folder ${to.folder} is that of another host: ${theirs} is another key. Choose an empty folder.`,
    );
  }

  /**
   * When every document is there and nothing changes any more: copies them, and goes on with the copies. To a database they do not go.
   * The names of those that are there; throws MoveError.
   */
  carry(to: StorePlace): string[] {
    if (to.kind === 'postgres') return present(this.#folder);
    try {
      const names = this.#folder === to.folder ? this.#stay() : this.#copy(to.folder);
      this.#before = this.#folder;
      this.#folder = to.folder;
      this.#user?.moveTo(to.folder);
      return names;
    } catch (error) {
      throw carryError(error, to.folder);
    }
  }

  /** The documents stay after all: so do they. */
  undo(): void {
    if (this.#before === undefined) return;
    const copies = this.#folder;
    this.#folder = this.#before;
    this.#before = undefined;
    this.#user?.moveTo(this.#folder);
    if (copies !== this.#folder) remove(copies);
  }

  keep(): void {
    this.#before = undefined;
  }

  #stay(): string[] {
    const ledger = join(this.#folder, LEDGER_FILE);
    if (existsSync(ledger)) changeSideFile(ledger, FORGET_POSITIONS);
    return present(this.#folder);
  }

  #copy(folder: string): string[] {
    const from = this.#folder;
    const names = present(from);
    try {
      if (names.includes(LEDGER_FILE))
        copySideFile(join(from, LEDGER_FILE), join(folder, LEDGER_FILE), FORGET_POSITIONS);
      if (names.includes(ADMISSIONS_FILE)) copySideFile(join(from, ADMISSIONS_FILE), join(folder, ADMISSIONS_FILE), '');
      // Not named: every host has it.
      if (existsSync(join(from, MODERATION_FILE)))
        copySideFile(join(from, MODERATION_FILE), join(folder, MODERATION_FILE), '');
      // Last: where a key is, all is.
      if (existsSync(identityPath(from))) copyIdentity(from, folder);
    } catch (error) {
      remove(folder);
      throw error;
    }
    return names;
  }
}

function carryError(error: unknown, folder: string): unknown {
  if (error instanceof StoreOpenError) return new MoveError(error.message);
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return new MoveError(`What this host keeps beside its documents cannot be copied to ${folder} (${code}).`);
}

function present(folder: string): string[] {
  return [IDENTITY_FILE, ADMISSIONS_FILE, LEDGER_FILE].filter((name) => existsSync(join(folder, name)));
}

function remove(folder: string): void {
  rmSync(identityPath(folder), { force: true });
  removeSideFile(join(folder, ADMISSIONS_FILE));
  removeSideFile(join(folder, LEDGER_FILE));
  removeSideFile(join(folder, MODERATION_FILE));
}
