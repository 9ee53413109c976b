import type { Mark, Node as PmNode } from '@tiptap/pm/model';
import type { Transaction } from '@tiptap/pm/state';
import { AddMarkStep, RemoveMarkStep } from '@tiptap/pm/transform';
import type { ProposalTag } from '../model/proposals.ts';
import { FORMATS, readWas } from '../model/proposals.ts';

/** Does in `next` what an edit did to the formats of words, and keeps with the words how they were. False when it did something else. */
export function proposeFormats(
  next: Transaction,
  edit: Transaction,
  tag: () => ProposalTag,
  isOwn: (node: PmNode) => boolean,
): boolean {
  const { doc } = next;
  for (const step of edit.steps) {
    if (!(step instanceof AddMarkStep || step instanceof RemoveMarkStep)) return false;
    if (!(step.mark.type.name in FORMATS)) return false;
  }
  const after = edit.doc;
  // Words keep their places: only how they are cut into runs differs. Signs without text keep no format in Yjs.
  doc.descendants((before, start) => {
    if (!before.isText) return;
    after.nodesBetween(start, start + before.nodeSize, (now, at) => {
      if (!now.isText) return;
      const [from, to] = [Math.max(at, start), Math.min(at + now.nodeSize, start + before.nodeSize)];
      if (from < to) turn(next, { from, to }, before, now, isOwn(before) ? undefined : tag);
    });
  });
  return true;
}

const marked = (node: PmNode, name: string): Mark | undefined => node.marks.find(({ type }) => type.name === name);

/** Without a tag, nothing is kept of how the words were: they are themselves only proposed. */
function turn(
  next: Transaction,
  { from, to }: { from: number; to: number },
  before: PmNode,
  now: PmNode,
  tag: (() => ProposalTag) | undefined,
): void {
  for (const [format, keeper] of Object.entries(FORMATS)) {
    const [had, has] = [marked(before, format), marked(now, format)];
    const type = next.doc.type.schema.marks[keeper];
    if (had === has || (had !== undefined && has !== undefined && had.eq(has)) || type === undefined) continue;
    if (had !== undefined) next.removeMark(from, to, had);
    if (has !== undefined) next.addMark(from, to, has);
    if (tag === undefined) continue;
    const kept = marked(before, keeper);
    const was = kept === undefined ? had?.attrs : readWas(kept.attrs.was);
    const isAsBefore = JSON.stringify(was) === JSON.stringify(has?.attrs);
    if (kept !== undefined) next.removeMark(from, to, type);
    if (!isAsBefore) next.addMark(from, to, type.create({ ...tag(), was: was === undefined ? null : { ...was } }));
  }
}
