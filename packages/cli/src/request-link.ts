/** The links of a request for files, as people paste them. */
import { type InboxHost, type OwnInbox, ownInboxOf } from '@archipel/client/inbox';
import { nodeSuite } from '@archipel/client/node';
import { fail, ok, type Result } from '@archipel/protocol';
import { nobleHpke } from '@archipel/protocol/secret';

/** Error: `link_broken`. */
export async function hostAndFragment(address: string): Promise<Result<{ host: InboxHost; fragment: string }>> {
  if (!URL.canParse(address)) return fail('link_broken');
  const { origin, hash } = new URL(address);
  return ok({ host: { suite: nodeSuite, hpke: await nobleHpke(), origin, fetch }, fragment: hash.slice(1) });
}

export interface RequestPlace {
  inbox: OwnInbox;
  host: InboxHost;
}

/** Undefined: it is no link of whoever asked for files. */
export async function requestAt(address: string): Promise<RequestPlace | undefined> {
  const place = await hostAndFragment(address);
  if (!place.ok) return undefined;
  const { host, fragment } = place.value;
  const inbox = await ownInboxOf(host, fragment);
  return inbox.ok ? { inbox: inbox.value, host } : undefined;
}
