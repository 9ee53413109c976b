/** The two links of an inbox, and the host that they lead to. */
import { type Bytes, checkInboxHeader, fail, type InboxHeader, KIND_INBOX, ok, type Result } from '@archipel/protocol';
import {
  type FillKeys,
  fillKeysFromLink,
  fillKeysOf,
  type Hpke,
  inboxKeyOf,
  type Keys,
  keysFromLink,
  type OpeningKey,
  parseLink,
  type Suite,
} from '@archipel/protocol/secret';
import { BlobLine, type Fetch } from '../drop/blob-line.ts';
import { hostOf, webFetch } from '../drop/link.ts';
import { again, type RetryDeps } from '../drop/retry.ts';

export interface InboxHost {
  suite: Suite;
  hpke: Hpke;
  /** Of the page that the link is for, when it names no other host. */
  origin: string;
  /** Browsers' own when left out. */
  fetch?: Fetch;
}

export interface FillInbox {
  fill: FillKeys;
  line: BlobLine;
}

export interface OwnInbox extends FillInbox {
  keys: Keys;
  inboxKey: OpeningKey;
}

/** Errors: those of `parseLink`, `link_broken`. */
export async function fillInboxOf(
  { suite, origin, fetch = webFetch }: InboxHost,
  fragment: string,
): Promise<Result<FillInbox>> {
  const link = parseLink(fragment);
  if (!link.ok) return link;
  const fill = await fillKeysFromLink(suite, link.value);
  if (!fill.ok) return fill;
  const host = hostOf(link.value, origin);
  if (!host.ok) return host;
  const line = new BlobLine(host.value, { docId: fill.value.inboxId }, fetch, 'inbox');
  return ok({ fill: fill.value, line });
}

/** Errors: those of `parseLink`, `link_broken`. */
export async function ownInboxOf(host: InboxHost, fragment: string): Promise<Result<OwnInbox>> {
  const link = parseLink(fragment);
  if (!link.ok) return link;
  if (link.value.cap !== 'own') return fail('link_broken');
  const keys = await keysFromLink(host.suite, link.value, 0, KIND_INBOX);
  if (!keys.ok) return keys;
  const origin = hostOf(link.value, host.origin);
  return origin.ok ? ok(await ownInbox({ ...host, origin: origin.value }, keys.value)) : origin;
}

export async function ownInbox({ suite, hpke, origin, fetch = webFetch }: InboxHost, keys: Keys): Promise<OwnInbox> {
  const [fill, inboxKey] = await Promise.all([fillKeysOf(suite, keys), inboxKeyOf(suite, hpke, keys)]);
  return { keys, fill, inboxKey, line: new BlobLine(origin, keys, fetch, 'inbox') };
}

/** Bytes and fields. Errors: those of the relay, `bad_header`. */
export async function fetchHeader(
  deps: RetryDeps & Pick<InboxHost, 'suite'>,
  { fill, line }: FillInbox,
): Promise<Result<{ bytes: Bytes; header: InboxHeader }>> {
  const got = await again(deps, () => line.ask({ method: 'GET', path: `/${line.id}/header`, signal: deps.signal }));
  if (!got.ok) return got;
  const bytes = new Uint8Array(await got.value.arrayBuffer());
  const header = await checkInboxHeader(fill.inboxId, bytes, deps.suite.verify);
  return header.ok ? ok({ bytes, header: header.value }) : header;
}

export const BYTES_TYPE = { 'content-type': 'application/octet-stream' };
