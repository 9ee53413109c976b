import { header, jsonOf, otherSoftware, page, textAt, verdict, versionOf } from './answer.ts';
import type { Probe, Software } from './software.ts';
import { reading } from './software.ts';

/** Unhealthy, it answers 500 with the same JSON. `X-Version-Id` begins with its version, then numbers of its build. */
export const mattermost: Software = {
  id: 'mattermost',
  name: 'Mattermost',
  aliases: ['framateam', 'mattermostteamedition'],
  purposes: ['chat'],
  notices: ['not_sealed', 'account_needed'],
  newDocument: undefined,
  *probe(): Probe {
    const ping = yield page('/api/v4/system/ping');
    const status = textAt(jsonOf(ping), 'status');
    if (status === undefined) return verdict(ping) ?? otherSoftware();
    const version = versionOf(/^\d+\.\d+\.\d+/.exec(header(ping, 'x-version-id') ?? '')?.[0]);
    const found = { version, access: 'account' } as const;
    return status.toUpperCase() === 'OK' ? reading('up', found) : reading('down', { ...found, reason: 'unhealthy' });
  },
};
