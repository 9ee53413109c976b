import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Counters, type Engine, ownCounters } from './engine.ts';
import { Groups } from './groups.ts';

/** Records at the end of one file, and a sync after each group: what no store on this disk can beat. */
export class PlainFile implements Engine {
  readonly #folder: string;
  readonly #file: number;
  readonly #groups = new Groups<Uint8Array>((bodies) => this.#commit(bodies));
  #bytes = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#file = openSync(join(folder, 'records'), 'a');
  }

  append(_document: number, body: Uint8Array): Promise<undefined> {
    return this.#groups.add(body);
  }

  counters(): Promise<Counters> {
    return Promise.resolve(ownCounters(this.#folder, this.#groups));
  }

  merge(): Promise<void> {
    return Promise.resolve();
  }

  bytes(): Promise<number> {
    return Promise.resolve(this.#bytes);
  }

  close(): Promise<void> {
    closeSync(this.#file);
    return Promise.resolve();
  }

  #commit(bodies: readonly Uint8Array[]): void {
    this.#bytes += writeSync(this.#file, Buffer.concat(bodies));
    fdatasyncSync(this.#file);
  }
}
