import type { Node as PmNode } from '@tiptap/pm/model';
import type { Transform } from '@tiptap/pm/transform';
import type { ProposalTag } from '../model/proposals.ts';
import { BECOMES, COMES, GOES, readBecoming, readTag, WHOLE_BLOCKS } from '../model/proposals.ts';

/** Which proposals are settled. */
type IsSettled = (tag: ProposalTag) => boolean;

/** What is to be done at a place of the text, the later places first. */
type Work = (transform: Transform) => void;

/** Accepts or refuses what is proposed of whole blocks: those that come, that go, and that become another kind. */
export function settleBlocks(transform: Transform, isAccepted: boolean, isSettled: IsSettled): void {
  const works: Work[] = [];
  const fate = (node: PmNode, name: string): boolean => {
    const tag = readTag(node.attrs[name]);
    return tag !== undefined && isSettled(tag);
  };
  /** True when the block is gone, and so what holds nothing else. */
  const visit = (node: PmNode, at: number, found: Work[]): boolean => {
    const [comes, goes] = [fate(node, COMES), fate(node, GOES)];
    if (isAccepted ? goes : comes) return true;
    if (isAccepted ? comes : goes) found.push((to) => to.setNodeAttribute(at, isAccepted ? COMES : GOES, null));
    const becoming = readBecoming(node.attrs[BECOMES]);
    if (becoming !== undefined && isSettled(becoming)) {
      found.push((to) => {
        if (isAccepted) become(to, at, becoming.type, becoming.attrs);
        else to.setNodeAttribute(at, BECOMES, null);
      });
    }
    return !node.inlineContent && node.childCount > 0 && visitChildren(node, at + 1, found);
  };
  /** True when none is left. */
  const visitChildren = (parent: PmNode, start: number, found: Work[]): boolean => {
    const own: Work[] = [];
    let isEmpty = true;
    parent.forEach((child, offset) => {
      const at = start + offset;
      const inner: Work[] = [];
      if (visit(child, at, inner)) own.push((to) => to.delete(at, at + child.nodeSize));
      else {
        own.push(...inner);
        isEmpty = false;
      }
    });
    if (!isEmpty || parent.type.name === 'doc') found.push(...own);
    return isEmpty;
  };
  const { doc } = transform;
  if (visitChildren(doc, 0, works)) {
    const paragraph = doc.type.schema.nodes.paragraph?.create();
    transform.replaceWith(0, doc.content.size, paragraph ?? []);
  } else for (const work of works.reverse()) work(transform);
}

/** Makes a block one of another kind, with what it holds as far as that may hold it. */
export function become(transform: Transform, at: number, name: string, attrs: Record<string, unknown>): void {
  const node = transform.doc.nodeAt(at);
  const type = transform.doc.type.schema.nodes[name];
  if (node === null || type === undefined || !WHOLE_BLOCKS.includes(name)) return;
  const kept = Object.fromEntries(
    Object.entries({ ...node.attrs, ...attrs, [BECOMES]: null }).filter(([key]) => key in (type.spec.attrs ?? {})),
  );
  if (node.isTextblock && type.isTextblock && type !== node.type) {
    transform.setBlockType(at, at + node.nodeSize, type, kept);
  } else if (type.validContent(node.content)) {
    transform.setNodeMarkup(at, type, kept);
  } else transform.setNodeAttribute(at, BECOMES, null);
}
