import * as Y from 'yjs';
import { authorNotes } from '../../model/authors.ts';
import { PAD_FIELD } from '../../model/field.ts';
import { importedMoments } from '../../model/imported.ts';
import { spareId } from '../../model/spare-id.ts';
import { nameVersion } from '../../model/versions.ts';
import { Refusal } from '../refusal.ts';
import { BlockReader } from './blocks.ts';
import type { EtherpadAuthor } from './file.ts';
import type { EtherpadMoment } from './moments.ts';
import { SharedText } from './shared-text.ts';

/** What one record holds. */
const UPDATE_MAX_BYTES = 900_000;
const ALL_MAX_BYTES = 16_000_000;
const SECOND_MS = 1000;

export interface Bringing {
  /** The pad as it is (an update of Yjs). */
  state: Uint8Array;
  /** What it holds gives way. */
  isEmpty: boolean;
  authors: readonly EtherpadAuthor[];
  moments: readonly EtherpadMoment[];
  /** Without it the last moment comes alone, and is none of the history of the file. */
  withHistory: boolean;
  /** Makes the numbers of this import. */
  seed: string;
}

/** Updates of Yjs, one for each moment that changes something. Throws `Refusal`: `tooLarge`. */
export function* makeUpdates(bringing: Bringing): Generator<Uint8Array> {
  const { state, isEmpty, moments, withHistory } = bringing;
  const ydoc = new Y.Doc();
  Y.applyUpdate(ydoc, state);
  const root = ydoc.getXmlFragment(PAD_FIELD);
  const people = new ImportedPeople(ydoc, bringing);
  const text = new SharedText(root, isEmpty ? 0 : root.length, (author) => people.clientOf(author));
  const reader = new BlockReader();
  let update: Uint8Array | undefined;
  ydoc.on('update', (bytes: Uint8Array) => {
    update = bytes;
  });
  let total = 0;
  for (const [index, moment] of moments.entries()) {
    update = undefined;
    ydoc.transact(() => {
      if (index === 0 && isEmpty) root.delete(0, root.length);
      text.update(reader.blocks(moment.lines), moment.author);
      people.note();
      if (withHistory) people.mark(moment, index);
    });
    const made = update as Uint8Array | undefined;
    if (made === undefined) continue;
    total += made.length;
    if (made.length > UPDATE_MAX_BYTES || total > ALL_MAX_BYTES) throw new Refusal('tooLarge');
    yield made;
  }
}

/** The authors of the file and their numbers in Yjs, which no program draws for itself. */
class ImportedPeople {
  readonly #ydoc: Y.Doc;
  readonly #seed: string;
  readonly #authors: ReadonlyMap<string, EtherpadAuthor>;
  readonly #clients = new Map<string, number>();
  readonly #noted = new Set<string>();

  constructor(ydoc: Y.Doc, { authors, seed }: Bringing) {
    this.#ydoc = ydoc;
    this.#seed = seed;
    this.#authors = new Map(authors.map((author) => [author.id, author]));
  }

  /** One that the file does not know is nobody. */
  clientOf(author: string): number {
    const id = this.#authors.has(author) ? author : '';
    const known = this.#clients.get(id);
    if (known !== undefined) return known;
    const client = spareId(`import ${this.#seed} ${id}`, (taken) => this.#ydoc.store.clients.has(taken));
    this.#clients.set(id, client);
    return client;
  }

  /** Names and colours of those who have come by now. */
  note(): void {
    for (const [id, client] of this.#clients) {
      const author = this.#authors.get(id);
      if (author === undefined || this.#noted.has(id)) continue;
      this.#noted.add(id);
      this.#ydoc.clientID = client;
      const { name, colour } = author;
      authorNotes(this.#ydoc).set(String(client), { name, colour, at: 0, source: 'etherpad' });
    }
  }

  mark({ author, at, name }: EtherpadMoment, index: number): void {
    const client = this.clientOf(author);
    this.note();
    this.#ydoc.clientID = client;
    const seconds = Math.floor(at / SECOND_MS);
    importedMoments(this.#ydoc).set(`${this.#seed} ${index}`, { client, at: seconds });
    if (name !== undefined) nameVersion(this.#ydoc, name, undefined);
  }
}
