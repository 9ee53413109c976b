/** How one's own drop fares at its host, for its line in the list. */
import { dropOf, readDropFacts, webFetch } from '@archipel/client/drop';
import { webSuite } from '@archipel/protocol/secret';

/** `left`: downloads; undefined: as many as people want. */
export type DropState = { at: 'there'; taken: number; left: number | undefined } | { at: 'gone' };

const GONE: readonly string[] = ['not_found', 'deleted', 'expired', 'downloads_spent'];
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** `address`: with a link to own. Undefined: its host does not answer. */
export async function dropState(address: string): Promise<DropState | undefined> {
  const { origin, hash } = new URL(address);
  const drop = await dropOf(webSuite, hash.slice(1), origin, webFetch);
  if (!drop.ok) return undefined;
  const facts = await readDropFacts({ suite: webSuite, wait }, drop.value.keys, drop.value.line);
  if (!facts.ok) return GONE.includes(facts.error) ? { at: 'gone' } : undefined;
  const { header, taken } = facts.value;
  return { at: 'there', taken, left: header.downloads === 0 ? undefined : header.downloads - taken };
}
