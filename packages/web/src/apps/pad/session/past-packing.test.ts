import { describe, expect, it } from 'vitest';
import type { PastBlock, PastDrawing } from '../model/past-text.ts';
import { DrawingPacker, DrawingUnpacker } from './past-packing.ts';

const block = (text: string): PastBlock => ({ nodes: [{ type: 'text', text }], added: 1, removed: 0 });
const drawing = (...blocks: PastBlock[]): PastDrawing => ({ title: 't', blocks, added: 0, removed: 0 });

describe('drawings of the past on their way to the page', () => {
  it('carry each block once, and it is the same object there', () => {
    const packer = new DrawingPacker();
    const unpacker = new DrawingUnpacker();
    const [a, b, c] = [block('a'), block('b'), block('c')];
    const first = unpacker.unpack(structuredClone(packer.pack(drawing(a, b))));
    expect(first).toEqual(drawing(a, b));
    const packed = structuredClone(packer.pack(drawing(c, a, b)));
    expect(packed.fresh).toEqual([[2, c]]);
    const second = unpacker.unpack(packed);
    expect(second).toEqual(drawing(c, a, b));
    expect(second.blocks[1]).toBe(first.blocks[0]);
  });

  it('begin anew once the page knows many', () => {
    const packer = new DrawingPacker(2);
    const unpacker = new DrawingUnpacker();
    const blocks = ['a', 'b', 'c', 'd'].map(block);
    for (const each of [...blocks, ...blocks]) {
      const packed = structuredClone(packer.pack(drawing(each)));
      expect(unpacker.unpack(packed)).toEqual(drawing(each));
      expect(Math.max(...packed.order)).toBeLessThanOrEqual(2);
    }
  });
});
