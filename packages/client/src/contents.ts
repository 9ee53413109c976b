/** What a document says here: its text and the remarks on it, with one cache for both, because one log brings them. */
import type { Cached } from './cache.ts';
import { Cache, readCache } from './cache.ts';
import type { Log } from './log.ts';
import type { LogState, Part } from './log-types.ts';
import type { YjsPorts } from './yjs-document.ts';
import { YjsDocument } from './yjs-document.ts';

export class DocumentContents {
  readonly text: YjsDocument;
  readonly remarks: YjsDocument;
  readonly cache: Cache;
  readonly #log: Log;

  private constructor(log: Log, ports: Omit<YjsPorts, 'saveSoon'>) {
    const part = (name: Part): YjsDocument =>
      new YjsDocument(log, name, { ...ports, saveSoon: () => this.cache.saveSoon() });
    this.#log = log;
    this.text = part('text');
    this.remarks = part('remarks');
    this.cache = new Cache({
      ...ports,
      log,
      part: (name) => ({ doc: this[name].ydoc, durable: this[name].durable }),
    });
    log.holdsContents = () => this.text.holdsContents;
    log.takeBack = (name, plaintexts) => this[name].takeBack(plaintexts);
  }

  /** From the cache and what earlier programs left; edits go out from here on. */
  static async load(log: Log, ports: Omit<YjsPorts, 'saveSoon'>): Promise<DocumentContents> {
    const contents = new DocumentContents(log, ports);
    await contents.#load();
    return contents;
  }

  get parts(): readonly YjsDocument[] {
    return [this.text, this.remarks];
  }

  /** The relay lost contents that are here: they are not saved before they were appended again (CHK-5). */
  get isRecovering(): boolean {
    return this.parts.some((part) => part.isRecovering);
  }

  /** Edits that are in no record yet. */
  get unsealed(): number {
    return this.parts.reduce((sum, { lanes }) => sum + lanes.unsealed, 0);
  }

  /** What is here, sealed or not, is on this machine's disk when it resolves. */
  async persist(): Promise<void> {
    await Promise.all(this.parts.map(({ lanes }) => lanes.persist()));
    await this.cache.save();
  }

  close(): void {
    this.cache.cancel();
    for (const part of this.parts) part.close();
  }

  destroy(): void {
    for (const { ydoc } of this.parts) ydoc.destroy();
  }

  async #load(): Promise<void> {
    const cached = await readCache(this.#log.store);
    const state = cached && (this.#log.isRenewed ? this.#bringOver(cached) : this.#use(cached));
    this.#log.restore(state ?? { heads: [], checkpoint: undefined, tail: { records: 0, bytes: 0 } });
    for (const part of this.parts) await part.begin();
    await this.#log.keptInheritedEdits();
  }

  /** The heads of a cache are of both parts: it is used for both, or for none. */
  #use({ text, remarks, log }: Cached): LogState | undefined {
    if (!this.text.mayUse(text) || (remarks && !this.remarks.mayUse(remarks))) return undefined;
    this.text.use(text);
    if (remarks) this.remarks.use(remarks);
    return log;
  }

  /** GEN-4: of other links the contents alone, each part for itself; the relay tells all it has. */
  #bringOver({ text, remarks }: Cached): undefined {
    this.text.bringOver(text);
    if (remarks) this.remarks.bringOver(remarks);
  }
}
