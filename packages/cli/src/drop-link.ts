/** The link of a drop, as people paste it. */
import { type Drop, dropOf } from '@archipel/client/drop';
import { nodeSuite } from '@archipel/client/node';
import { fail, type Result } from '@archipel/protocol';
import { isLocked, printLink, readLink, stretch, unlockLink } from '@archipel/protocol/secret';
import { askPassword, type PasswordSource } from './password.ts';

/** Errors: those of `dropOf`, `wrong_password`. */
export async function dropAt(address: string, source: PasswordSource): Promise<Result<Drop>> {
  if (!URL.canParse(address)) return fail('link_broken');
  const { origin, hash } = new URL(address);
  const fragment = hash.slice(1);
  const link = readLink(fragment);
  if (!link.ok || !isLocked(link.value)) return dropOf(nodeSuite, fragment, origin);
  const opened = await unlockLink(nodeSuite, link.value, await askPassword(source), stretch);
  return opened.ok ? dropOf(nodeSuite, printLink(opened.value), origin) : opened;
}
