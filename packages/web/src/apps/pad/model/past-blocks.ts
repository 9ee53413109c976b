import type * as Y from 'yjs';
import type { Ages } from './ages.ts';
import { NEVER } from './ages.ts';
import { drawBlock, drawTitle, itemsOf, type PastBlock, type PastDrawing, type PastView } from './past-text.ts';

/** Drawings of one block that are kept: whoever goes to and fro in the past finds them again. */
const KEPT = 4;

/** Moments between which nothing that a drawing hangs on comes or goes. */
class Hold {
  #from = 0;
  #until = NEVER;

  /** Something comes or goes with the step `at`. */
  note(at: number, moment: number): void {
    if (at > moment) this.#until = Math.min(this.#until, at);
    else this.#from = Math.max(this.#from, at);
  }

  has(moment: number): boolean {
    return this.#from <= moment && moment < this.#until;
  }
}

interface Kept {
  block: PastBlock;
  step: Hold;
  since: Hold;
}

/**
 * The blocks of a past that is whole: each is drawn once for all the moments between which it stays as it is, so that the text of
 * another moment costs what differs in it.
 */
export class PastBlocks {
  readonly #ydoc: Y.Doc;
  readonly #sources: Pick<PastView, 'ages' | 'personOf'>;
  readonly #kept = new Map<Y.Item, Kept[]>();

  constructor(ydoc: Y.Doc, sources: Pick<PastView, 'ages' | 'personOf'>) {
    this.#ydoc = ydoc;
    this.#sources = sources;
  }

  at(step: number, since: number): PastDrawing {
    const title = drawTitle(this.#ydoc, { ...this.#sources, step, since, note: () => undefined });
    const blocks: PastBlock[] = [];
    let added = 0;
    let removed = 0;
    for (const item of itemsOf(this.#ydoc.getXmlFragment('pad'))) {
      const block = this.#block(item, step, since);
      if (block.nodes.length > 0) blocks.push(block);
      added += block.added;
      removed += block.removed;
    }
    return { title, blocks, added, removed };
  }

  #block(item: Y.Item, step: number, since: number): PastBlock {
    const kept = this.#kept.get(item) ?? [];
    const found = kept.find((each) => each.step.has(step) && each.since.has(since));
    if (found !== undefined) return found.block;
    const holds = { step: new Hold(), since: new Hold() };
    const note = (ages: Ages, clock: number): void => {
      const came = ages.inserted[clock] ?? NEVER;
      const went = ages.deleted[clock] ?? NEVER;
      holds.step.note(came, step);
      holds.step.note(went, step);
      holds.since.note(came, since);
      holds.since.note(went, since);
    };
    const block = drawBlock(item, { ...this.#sources, step, since, note });
    this.#kept.set(item, [{ block, ...holds }, ...kept.slice(0, KEPT - 1)]);
    return block;
  }
}
