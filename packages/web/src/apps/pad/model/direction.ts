import type { PadNode } from './content.ts';
import { childrenOf } from './content.ts';

const LETTER = /\p{L}/u;
const RIGHT_TO_LEFT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Mandaic}\p{Script=Samaritan}]/u;

/** Whether a block runs from right to left: its first letter says so, as `dir="auto"` does in browsers. */
export function isRightToLeft(node: PadNode): boolean {
  const letter = firstLetter(node);
  return letter !== undefined && RIGHT_TO_LEFT.test(letter);
}

function firstLetter(node: PadNode): string | undefined {
  if (node.text !== undefined) return LETTER.exec(node.text)?.[0];
  for (const child of childrenOf(node)) {
    const found = firstLetter(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
