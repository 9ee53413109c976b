/** The header of a document that no relay has created yet, and the voucher that lets it in: on disk, so that it survives a reload. */
import type { Bytes, Header } from '@archipel/protocol';
import { decodeHeader } from '@archipel/protocol';
import type { DocumentStore } from './document-store.ts';
import type { Creation } from './line.ts';

const CREATE = 'create';
const VOUCHER = 'create/voucher';

export class PendingCreation {
  readonly #store: DocumentStore;
  #waiting: Creation | undefined;

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  async load(): Promise<void> {
    const header = await this.#store.get(CREATE);
    if (header !== undefined) this.#waiting = { header, voucher: await this.#store.get(VOUCHER) };
  }

  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  get waiting(): Creation | undefined {
    return this.#waiting;
  }

  /** `voucher`: undefined for a relay that needs none. Throws on what is no header: a bug of the caller. */
  async ask(header: Bytes, voucher: Bytes | undefined): Promise<Header> {
    const decoded = decodeHeader(header);
    if (!decoded.ok) throw new RangeError(`no header: ${decoded.error}`);
    this.#waiting = { header, voucher };
    await this.#store.put(CREATE, header);
    await (voucher === undefined ? this.#store.delete(VOUCHER) : this.#store.put(VOUCHER, voucher));
    return decoded.value;
  }

  /** A relay has it. */
  async done(): Promise<void> {
    this.#waiting = undefined;
    await this.#store.delete(CREATE);
    await this.#store.delete(VOUCHER);
  }
}
