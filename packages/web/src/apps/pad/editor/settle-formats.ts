import type { Transform } from '@tiptap/pm/transform';
import type { ProposalTag } from '../model/proposals.ts';
import { FORMAT_OF, readTag, readWas } from '../model/proposals.ts';

/** Accepts the formats that are proposed for words, or gives the words back those they had. */
export function settleFormats(
  transform: Transform,
  isAccepted: boolean,
  isSettled: (tag: ProposalTag) => boolean,
): void {
  const { marks } = transform.doc.type.schema;
  transform.doc.descendants((node, from) => {
    if (!node.isText) return;
    const to = from + node.nodeSize;
    const settled = node.marks.flatMap((mark) => {
      const type = marks[FORMAT_OF[mark.type.name] ?? ''];
      const tag = readTag(mark.attrs);
      return type && tag && isSettled(tag) ? [{ mark, type, was: readWas(mark.attrs.was) }] : [];
    });
    for (const { mark, type } of settled) {
      transform.removeMark(from, to, mark.type);
      if (!isAccepted) transform.removeMark(from, to, type);
    }
    // After all are taken off: code allows none beside it.
    for (const { type, was } of settled) {
      if (!isAccepted && was !== undefined) transform.addMark(from, to, type.create(was));
    }
  });
}
