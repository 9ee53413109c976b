import { Extension, getSchema, Mark } from '@tiptap/core';
import { DOMSerializer, Fragment, type Schema } from '@tiptap/pm/model';
import type { PadNode } from '../model/content.ts';
import { childrenOf } from '../model/content.ts';
import { padSchema } from './schema.ts';

/** Whose a piece of text is, and what happened to it: drawn with classes only. `person`: index among the people of the past. */
const PastMark = Mark.create({
  name: 'past',
  priority: 1,
  excludes: '',
  addAttributes: () => ({ person: { default: 0 }, change: { default: '' } }),
  renderHTML: ({ mark }) => {
    const { change, person } = mark.attrs;
    const tag = change === 'added' ? 'ins' : change === 'removed' ? 'del' : 'span';
    return [tag, { class: 'past-piece', 'data-person': String(person) }, 0];
  },
});

const blocks = padSchema().filter(({ type, name }) => type === 'node' && name !== 'text' && name !== 'doc');

/** A block that came or went as a whole. */
const PastBlocks = Extension.create({
  name: 'pastBlocks',
  addGlobalAttributes: () => [
    {
      types: blocks.map(({ name }) => name),
      attributes: {
        change: {
          default: '',
          renderHTML: ({ change }) => (change === '' ? {} : { 'data-change': String(change) }),
        },
      },
    },
  ],
});

let schema: Schema | undefined;

/** What this version cannot draw is left out: the past may hold what a newer one wrote. */
function known(node: PadNode, { nodes, marks }: Schema): PadNode[] {
  const content = childrenOf(node).flatMap((child) => known(child, { nodes, marks } as Schema));
  if (node.type === undefined || nodes[node.type] === undefined) return content;
  if (node.text !== undefined) {
    return [{ ...node, marks: (node.marks ?? []).filter(({ type }) => marks[type] !== undefined) }];
  }
  return [{ ...node, content }];
}

/** A block of the text of a moment as elements to look at; nothing in it can be acted on. */
export function drawPastBlock(block: PadNode, document: Document): Element[] {
  schema ??= getSchema([...padSchema(), PastMark, PastBlocks]);
  const past = schema;
  const content = known(block, past).map((each) => past.nodeFromJSON(each));
  const drawn = document.createDocumentFragment();
  DOMSerializer.fromSchema(past).serializeFragment(Fragment.from(content), { document }, drawn);
  for (const box of drawn.querySelectorAll('input')) box.disabled = true;
  return [...drawn.children];
}
