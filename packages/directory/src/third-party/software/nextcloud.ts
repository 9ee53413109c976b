import { at, jsonOf, otherSoftware, page, textAt, verdict, versionOf } from './answer.ts';
import type { Probe, Software } from './software.ts';
import { reading } from './software.ts';

/** In maintenance `/status.php` may answer 503, with the same JSON. ownCloud has it too. */
export const nextcloud: Software = {
  id: 'nextcloud',
  name: 'Nextcloud',
  aliases: ['owncloud', 'nextcloudserver', 'nextcloudhub'],
  purposes: ['cloud'],
  notices: ['not_sealed', 'account_needed'],
  newDocument: undefined,
  *probe(): Probe {
    const status = yield page('/status.php');
    const facts = jsonOf(status);
    if (at(facts, 'installed') === undefined || at(facts, 'maintenance') === undefined) {
      return verdict(status) ?? otherSoftware();
    }
    const found = { version: versionOf(textAt(facts, 'versionstring')), access: 'account' } as const;
    const isPaused = isTrue(at(facts, 'maintenance')) || isTrue(at(facts, 'needsDbUpgrade'));
    if (isPaused) return reading('paused', { ...found, reason: 'maintenance' });
    return isTrue(at(facts, 'installed')) ? reading('up', found) : reading('down', { ...found, reason: 'unhealthy' });
  },
};

/** Before Nextcloud 9 it was written as text. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
