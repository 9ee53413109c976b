/** What is being taken on this page: one thing at a time. */
import { signal } from '@preact/signals';
import { forgetFolder } from '../../../../files/folder.ts';
import { dropFolder, type FilledFolder, filledFolder } from '../../../../files/received.ts';
import type { OpenedDrop } from '../model/opened-drop.ts';
import type { Transfer } from '../model/transfer.ts';
import { newTransfer } from './open.ts';
import { bytesOf, fillFolder, newFolder, saveFile, type Wanted } from './saving.ts';

export type What = Wanted | 'folder';

export interface Current {
  what: What;
  transfer: Transfer;
}

export class Taking {
  readonly drop: OpenedDrop;
  readonly current = signal<Current | undefined>(undefined);
  /** One that was begun in another visit, or stopped. */
  readonly folder = signal<FilledFolder | undefined>(undefined);

  constructor(drop: OpenedDrop) {
    this.drop = drop;
  }

  get isBusy(): boolean {
    const { current } = this;
    return current.value !== undefined && !current.value.transfer.isOver;
  }

  async lookForFolder(): Promise<void> {
    this.folder.value = await filledFolder(this.drop.id, Date.now());
  }

  async save(wanted: Wanted, zipName: string): Promise<void> {
    await saveFile(this.drop, wanted, zipName, () => this.#begin(wanted, bytesOf(this.drop, wanted)));
  }

  async saveIntoFolder(): Promise<void> {
    const state = await newFolder(this.drop);
    if (state !== undefined) await this.#fill(state);
  }

  async goOnWithFolder(): Promise<void> {
    if (this.folder.value !== undefined) await this.#fill(this.folder.value);
  }

  /** The files that are there already stay. */
  async forgetFolder(): Promise<void> {
    const state = this.folder.value;
    this.folder.value = undefined;
    await dropFolder(this.drop.id);
    if (state !== undefined) await forgetFolder(state);
  }

  async #fill(state: FilledFolder): Promise<void> {
    await fillFolder(this.drop, state, () => this.#begin('folder', this.drop.size));
    await this.lookForFolder();
  }

  #begin(what: What, total: number): Transfer {
    const transfer = newTransfer(total);
    this.current.value = { what, transfer };
    const warn = (event: Event): void => event.preventDefault();
    addEventListener('beforeunload', warn);
    const unfollow = transfer.state.subscribe(() => {
      if (transfer.isOver) removeEventListener('beforeunload', warn);
    });
    transfer.signal.addEventListener('abort', () => unfollow());
    return transfer;
  }
}
