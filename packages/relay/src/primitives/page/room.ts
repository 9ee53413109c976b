/** What pages may take of a host's disk, all together: a bound of their own, so that documents lack nothing (PAGE-7). */
import { PAGE_ROW_BYTES } from '../../store/pages.ts';
import type { PageDeps } from './context.ts';

export class Room {
  readonly #deps: PageDeps;

  constructor(deps: PageDeps) {
    this.#deps = deps;
  }

  async has(bytes: number): Promise<boolean> {
    const { metrics, config, freeBytes } = this.#deps;
    const { pagesMaxBytes, pageMinFreeBytes } = config.limits;
    if (metrics.pageBytes + bytes + PAGE_ROW_BYTES > pagesMaxBytes) return false;
    return freeBytes === undefined || (await freeBytes()) - bytes >= pageMinFreeBytes;
  }

  /** From what is there, whoever wrote it. */
  async count(): Promise<void> {
    const { pages, bytes } = await this.#deps.store.totals();
    this.#deps.metrics.pages = pages;
    this.#deps.metrics.pageBytes = bytes;
  }
}
