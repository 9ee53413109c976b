/** How one's own drop fares at its host, for its line in the list. */
import { dropOf, leftOf, readDropFacts, webFetch } from '@archipel/client/drop';
import { webSuite } from '@archipel/protocol/secret';

/** `left`: downloads; undefined: as many as people want. `mayBeMended`: the host that counts them has been gone for long. */
export type DropState = { at: 'there'; taken: number; left: number | undefined; mayBeMended: boolean } | { at: 'gone' };

const GONE: readonly string[] = ['not_found', 'deleted', 'expired', 'downloads_spent'];
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** `address`: with a link to own. Undefined: its host does not answer. */
export async function dropState(address: string): Promise<DropState | undefined> {
  const { origin, hash } = new URL(address);
  const drop = await dropOf(webSuite, hash.slice(1), origin, webFetch);
  if (!drop.ok) return undefined;
  const facts = await readDropFacts({ suite: webSuite, wait }, drop.value.keys, drop.value.line);
  if (!facts.ok) return GONE.includes(facts.error) ? { at: 'gone' } : undefined;
  const { taken, counting } = facts.value;
  const left = leftOf(facts.value);
  const mayBeMended = left !== undefined && counting?.at === 'gone' && counting.apart > 0;
  return { at: 'there', taken, left, mayBeMended };
}
