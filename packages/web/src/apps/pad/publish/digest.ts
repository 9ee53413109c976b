import { encodeBase64url } from '@archipel/protocol';
import type { PadNode } from '../model/content.ts';
import { childrenOf } from '../model/content.ts';
import { toHtmlFragment } from '../model/html.ts';
import { PICTURE } from '../model/pictures.ts';

const DIGEST_BYTES = 15;

/** Of what a page of the pad would say: the same as long as nobody changed the text or the pictures. */
export async function digestOf(doc: PadNode): Promise<string> {
  const html = new TextEncoder().encode(toHtmlFragment(named(doc)));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', html));
  return encodeBase64url(digest.slice(0, DIGEST_BYTES));
}

/** Each picture by its id, whether its bytes are here or not. */
function named(node: PadNode): PadNode {
  const attrs = node.type === PICTURE ? { ...node.attrs, src: String(node.attrs?.id) } : node.attrs;
  return { ...node, attrs, ...(node.content && { content: childrenOf(node).map(named) }) };
}
