/** The link of a drop, and the host that it leads to. */
import { fail, isOrigin, KIND_BLOB, ok, type Result } from '@archipel/protocol';
import { type Keys, keysFromLink, type Link, parseLink, type Suite } from '@archipel/protocol/secret';
import { originOfHint } from '../relay-address.ts';
import type { Fetch } from './blob-line.ts';
import { DropLines } from './lines.ts';

export interface Drop {
  keys: Keys;
  /** The hosts that the link names, and those that they name. */
  line: DropLines;
}

/** `fragment`: of the link, without `#`; `origin`: of the page that it is for. Errors: those of `parseLink`, `link_broken`. */
export async function dropOf(
  suite: Suite,
  fragment: string,
  origin: string,
  fetch: Fetch = webFetch,
): Promise<Result<Drop>> {
  const link = parseLink(fragment);
  if (!link.ok) return link;
  if (link.value.cap === 'edit') return fail('link_broken');
  const keys = await keysFromLink(suite, link.value, 0, KIND_BLOB);
  if (!keys.ok) return keys;
  const { hints } = link.value;
  const hosts = (hints.length === 0 ? [origin] : hints.map(originOfHint)).filter(isOrigin);
  return hosts.length > 0
    ? ok({ keys: keys.value, line: new DropLines(hosts, keys.value, fetch) })
    : fail('link_broken');
}

/** Origin of the host that a link leads to first; `origin`: of the page that it is for. Error: `link_broken`. */
export function hostOf({ hints: [hint] }: Pick<Link, 'hints'>, origin: string): Result<string> {
  const host = hint === undefined ? origin : originOfHint(hint);
  return isOrigin(host) ? ok(host) : fail('link_broken');
}

/** Browsers want their own `fetch` called by its name. */
export const webFetch: Fetch = (input, init) => fetch(input, init);
