/** Two listings in the order of ids, walked side by side. */
import type { Bytes } from '@archipel/protocol';
import type { Soon } from './blobs.ts';

export interface Listing<T> {
  page(after: Bytes | undefined, limit: number): Soon<T[]>;
  idOf(item: T): Bytes;
}

const PAGE = 200;

/** What both have under the same id, and what one has alone. */
export async function* inStep<T>(
  source: Listing<T>,
  target: Listing<T>,
): AsyncGenerator<[T | undefined, T | undefined]> {
  const [here, there] = [walk(source), walk(target)];
  let [one, other] = [await next(here), await next(there)];
  while (one !== undefined || other !== undefined) {
    const order = orderOf(one && source.idOf(one), other && target.idOf(other));
    yield [order <= 0 ? one : undefined, order >= 0 ? other : undefined];
    if (order <= 0) one = await next(here);
    if (order >= 0) other = await next(there);
  }
}

/** What is not there comes last. */
function orderOf(one: Bytes | undefined, other: Bytes | undefined): number {
  if (one === undefined) return 1;
  return other === undefined ? -1 : Buffer.compare(one, other);
}

async function* walk<T>({ page, idOf }: Listing<T>): AsyncGenerator<T> {
  for (let after: Bytes | undefined; ; ) {
    const items = await page(after, PAGE);
    yield* items;
    const last = items.at(-1);
    if (last === undefined || items.length < PAGE) return;
    after = idOf(last);
  }
}

async function next<T>(walking: AsyncGenerator<T>): Promise<T | undefined> {
  const { value, done } = await walking.next();
  return done === true ? undefined : value;
}
