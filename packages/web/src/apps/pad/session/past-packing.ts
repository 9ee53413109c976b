import type { PastBlock, PastDrawing } from '../model/past-text.ts';

/** Blocks that the page knows by a number at most, before both forget and begin anew. */
const MAX_KNOWN = 20_000;

/** A drawing on its way from the worker to the page: blocks that the page has had are numbers only. */
export interface PackedDrawing extends Omit<PastDrawing, 'blocks'> {
  order: Uint32Array;
  fresh: [number, PastBlock][];
  /** What was sent before is known no more. */
  forget: boolean;
}

/** The worker's end. */
export class DrawingPacker {
  readonly #numbers = new Map<PastBlock, number>();
  readonly #max: number;

  constructor(max = MAX_KNOWN) {
    this.#max = max;
  }

  pack({ blocks, ...rest }: PastDrawing): PackedDrawing {
    const forget = this.#numbers.size > this.#max;
    if (forget) this.#numbers.clear();
    const fresh: PackedDrawing['fresh'] = [];
    const order = Uint32Array.from(blocks, (block) => {
      const known = this.#numbers.get(block);
      if (known !== undefined) return known;
      const number = this.#numbers.size;
      this.#numbers.set(block, number);
      fresh.push([number, block]);
      return number;
    });
    return { ...rest, order, fresh, forget };
  }
}

/** The page's end: the same block is the same object from drawing to drawing. */
export class DrawingUnpacker {
  readonly #blocks = new Map<number, PastBlock>();

  unpack({ order, fresh, forget, ...rest }: PackedDrawing): PastDrawing {
    if (forget) this.#blocks.clear();
    for (const [number, block] of fresh) this.#blocks.set(number, block);
    const blocks = [...order].map((number) => this.#blocks.get(number)).filter((block) => block !== undefined);
    return { ...rest, blocks };
  }
}
