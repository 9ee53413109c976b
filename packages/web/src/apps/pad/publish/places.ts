import type { Document } from '@archipel/client';
import { decodeBase64url, encodeBase64url } from '@archipel/protocol';
import { isPagePlace, type PageKeys, signPagePlace, webSuite } from '@archipel/protocol/secret';
import { readPublication } from '../model/publication.ts';

/** Before the origin. */
const PLACE = 'at ';

/**
 * At which hosts the page of a pad is, or may be (PAGE-13): noted in the pad before anything is sent, so that a crash leaves no page
 * that nobody finds, and signed, because others write there, too.
 */
export class PagePlaces {
  readonly #document: Document;
  readonly #keys: PageKeys;
  #noted: readonly string[] = [];

  constructor(document: Document, keys: PageKeys) {
    this.#document = document;
    this.#keys = keys;
  }

  get #map() {
    return this.#document.ydoc.getMap('page');
  }

  /** Origins of the hosts that keep the document; one at least. */
  get own(): string[] {
    return [...this.#document.relays.map(({ url }) => url), location.origin];
  }

  /** The host that keeps the page, or shall. */
  get now(): string {
    const written = readPublication(this.#document.ydoc)?.origin;
    return [...this.own, ...this.#noted].find((one) => one === written) ?? (this.own[0] as string);
  }

  /** Reads what is noted by now. */
  async look(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const [key, value] of this.#map) {
      if (!key.startsWith(PLACE) || typeof value !== 'string') continue;
      const [origin, signature] = [key.slice(PLACE.length), decodeBase64url(value)];
      if (signature.ok && (await isPagePlace(webSuite, this.#keys, origin, signature.value))) found.push(origin);
    }
    this.#noted = found;
    return found;
  }

  /** All of them; of pages that older programs published, the host that was written down. */
  async all(): Promise<string[]> {
    await this.look();
    return [...new Set([this.now, ...this.#noted])];
  }

  /** On this machine's disk when it resolves. */
  async note(origin: string): Promise<void> {
    if ((await this.look()).includes(origin)) return;
    this.#map.set(PLACE + origin, encodeBase64url(await signPagePlace(this.#keys, origin)));
    await this.#document.hide();
    await this.look();
  }

  async forget(origin: string): Promise<void> {
    this.#map.delete(PLACE + origin);
    await this.look();
  }
}
