import { isOk, jsonOf, otherSoftware, page, textAt, textOf, verdict, versionOf } from './answer.ts';
import type { Probe, Software } from './software.ts';
import { reading } from './software.ts';

/** Not a version: what every build says. */
const NO_VERSION = '0.0.0';

/** `/_new` and `/=_new` make a sheet: never asked. `/_health` is there since 2026; before, it was the page of a sheet of that name. */
export const ethercalc: Software = {
  id: 'ethercalc',
  name: 'EtherCalc',
  aliases: [],
  purposes: ['sheet'],
  notices: ['not_sealed', 'address_is_the_key'],
  newDocument: (name) => `/${name}`,
  *probe(): Probe {
    const health = yield page('/_health');
    const ended = verdict(health);
    if (ended !== undefined) return ended;
    const status = isOk(health) ? textAt(jsonOf(health), 'status') : undefined;
    if (status === 'ok') {
      const version = versionOf(textAt(jsonOf(health), 'version'));
      return reading('up', { version: version === NO_VERSION ? undefined : version, access: 'open' });
    }
    if (status !== undefined) return reading('down', { reason: 'unhealthy' });
    const start = yield page('/');
    if (isOk(start) && /ethercalc|socialcalc/i.test(textOf(start))) return reading('up', { access: 'open' });
    return verdict(start) ?? otherSoftware();
  },
};
