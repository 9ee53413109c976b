import type { EditorState } from '@tiptap/pm/state';
import type { Transform } from '@tiptap/pm/transform';
import * as Y from 'yjs';
import type { ProposalTag } from '../model/proposals.ts';
import { readTag } from '../model/proposals.ts';
import { syncState } from './places.ts';

/**
 * Takes the mark of a proposed insertion off words that were there before. In Yjs a mark is a sign before the words and one after
 * them; when two people write at one place at the same moment, the second can get lost and the mark runs on. Refusing
 * would then take words away that nobody proposed. What was really proposed was written by somebody who proposes, after
 * they began to; or was written together with its mark (a line that was split is written anew).
 */
export function heal<T extends Transform>(transform: T, state: EditorState): T {
  const { insertion } = state.schema.marks;
  const sync = syncState(state);
  if (insertion === undefined || sync === undefined) return transform;
  const healer = new Healer((name) => state.schema.nodes[name]?.isLeaf ?? false);
  // The shared document and the drawn one differ: nothing can be told.
  if (healer.walk(sync.type, 0) !== state.doc.content.size) return transform;
  for (const { from, to } of healer.strays()) transform.removeMark(from, to, insertion);
  return transform;
}

/** Words of one writer with one mark, at positions of the editor. */
interface Run {
  from: number;
  to: number;
  words: string;
  id: Y.ID;
  mark: { tag: ProposalTag | undefined; id: Y.ID } | undefined;
}

class Healer {
  readonly #isLeaf: (name: string) => boolean;
  readonly #runs: Run[] = [];
  /** From which clock on who proposes. */
  readonly #since = new Map<number, number>();

  constructor(isLeaf: (name: string) => boolean) {
    this.#isLeaf = isLeaf;
  }

  /** Reads what is under a shared type, from a position on; where it ends. */
  walk(parent: Y.XmlFragment | Y.XmlElement, start: number): number {
    let at = start;
    for (const child of parent.toArray()) {
      if (child instanceof Y.XmlText) at = this.#read(child, at);
      else if (child instanceof Y.XmlElement) at = this.#isLeaf(child.nodeName) ? at + 1 : this.walk(child, at + 1) + 1;
    }
    return at;
  }

  #read(text: Y.XmlText, start: number): number {
    let at = start;
    let mark: Run['mark'];
    for (let item = text._start; item !== null; item = item.right) {
      const { content, id } = item;
      if (item.deleted) continue;
      if (content instanceof Y.ContentFormat) {
        const tag = readTag(content.value);
        if (content.key === 'insertion') mark = content.value === null ? undefined : { tag, id };
        if (tag) this.#since.set(tag.by, Math.min(tag.since, this.#since.get(tag.by) ?? tag.since));
      }
      if (!(content instanceof Y.ContentString)) continue;
      this.#runs.push({ from: at, to: at + content.str.length, words: content.str, id, mark });
      at += content.str.length;
    }
    return at;
  }

  strays(): Run[] {
    return this.#runs.filter(
      (run, index) => run.mark !== undefined && !this.#isReal(run, run.mark.id) && !this.#isTurned(run, index),
    );
  }

  #isByProposer({ id }: Run): boolean {
    return id.clock >= (this.#since.get(id.client) ?? Number.POSITIVE_INFINITY);
  }

  #isReal(run: Run, mark: Y.ID): boolean {
    return this.#isByProposer(run) || (run.id.client === mark.client && mark.clock < run.id.clock);
  }

  /**
   * Who types a space before a space may, in Yjs, have added the second one and marked the first: the words are the same.
   * Then what follows the marked words is by somebody who proposes, begins the same, and is not marked.
   */
  #isTurned({ words }: Run, index: number): boolean {
    let next = index + 1;
    while (this.#runs[next]?.mark !== undefined) next += 1;
    const twin = this.#runs[next];
    return twin !== undefined && this.#isByProposer(twin) && twin.words.startsWith(words);
  }
}
