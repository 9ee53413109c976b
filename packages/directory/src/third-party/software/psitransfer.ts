import { at, countAt, hasStatus, isOk, jsonOf, otherSoftware, page, textOf, verdict } from './answer.ts';
import type { Probe, Software } from './software.ts';
import { reading } from './software.ts';

/** Its settings are refused where uploads need a password; a retention is a number of seconds, or `one-time`. */
export const psitransfer: Software = {
  id: 'psitransfer',
  name: 'PsiTransfer',
  aliases: [],
  purposes: ['files'],
  notices: ['not_sealed', 'files_expire'],
  newDocument: () => '/',
  *probe(): Probe {
    const settings = yield page('/config.json');
    const ended = verdict(settings);
    if (ended !== undefined) return ended;
    if (hasStatus(settings, 401, 403)) {
      const isOwn = /^(Unauthorized|Forbidden)$/.test(textOf(settings).trim());
      return isOwn ? reading('up', { access: 'password' }) : otherSoftware();
    }
    const config = isOk(settings) ? jsonOf(settings) : undefined;
    const retentions = at(config, 'retentions');
    if (typeof retentions !== 'object' || retentions === null) return otherSoftware();
    const seconds = Object.keys(retentions)
      .filter((key) => /^\d{1,12}$/.test(key))
      .map(Number);
    const limits = {
      fileMaxBytes: countAt(config, 'maxFileSize'),
      keepMaxSeconds: seconds.length === 0 ? undefined : Math.max(...seconds),
    };
    return reading('up', { access: 'open', limits });
  },
};
