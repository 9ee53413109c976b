import { countAt, isOk, jsonOf, otherSoftware, page, textAt, textOf, verdict, versionOf } from './answer.ts';
import type { Probe, Software } from './software.ts';
import { reading } from './software.ts';

/** `/__heartbeat__` also asks its store, `/__lbheartbeat__` does not: one is down when the other still says OK. */
export const send: Software = {
  id: 'send',
  name: 'Send',
  aliases: ['firefoxsend', 'timviseesend'],
  purposes: ['files'],
  notices: ['own_encryption', 'files_expire'],
  newDocument: () => '/',
  *probe(): Probe {
    const heartbeat = yield page('/__heartbeat__');
    const ended = verdict(heartbeat);
    if (ended !== undefined) return ended.reason === 'error_status' ? reading('down', { reason: 'unhealthy' }) : ended;
    const about = yield page('/__version__');
    const facts = isOk(about) ? jsonOf(about) : undefined;
    if (!isOk(heartbeat) || textOf(heartbeat).trim() !== 'OK' || textAt(facts, 'source') === undefined) {
      return verdict(about) ?? otherSoftware();
    }
    const settings = yield page('/config');
    const config = isOk(settings) ? jsonOf(settings) : undefined;
    return reading('up', {
      version: versionOf(textAt(facts, 'version')),
      access: 'open',
      limits: {
        fileMaxBytes: countAt(config, 'LIMITS', 'MAX_FILE_SIZE'),
        keepMaxSeconds: countAt(config, 'LIMITS', 'MAX_EXPIRE_SECONDS'),
      },
    });
  },
};
