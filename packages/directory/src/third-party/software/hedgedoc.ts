import { at, countAt, hasStatus, header, isOk, jsonOf, otherSoftware, page, verdict, versionOf } from './answer.ts';
import type { Load, Probe, ProbeAnswer, Software } from './software.ts';
import { reading } from './software.ts';

/** HedgeDoc 1, and CodiMD before it, which has no `/_health`. `/status` may be switched off. `/new` makes a note: never asked. */
export const hedgedoc: Software = {
  id: 'hedgedoc',
  name: 'HedgeDoc',
  aliases: ['codimd', 'hackmd'],
  purposes: ['markdown', 'pad'],
  notices: ['not_sealed', 'address_is_the_key', 'login_may_be_needed'],
  newDocument: () => '/new',
  *probe(): Probe {
    const health = yield page('/_health');
    const ended = verdict(health);
    if (ended !== undefined) return ended;
    const isReady = isOk(health) ? at(jsonOf(health), 'ready') : undefined;
    const version = versionIn(health);
    if (isReady === false) return reading('paused', { reason: 'maintenance', version });
    const status = yield page('/status');
    const load = isOk(status) ? loadOf(jsonOf(status)) : undefined;
    if (isReady === true) return reading('up', { version, load: load ?? {} });
    if (load !== undefined) return reading('up', { version: version ?? versionIn(status), load });
    if (hasStatus(status, 403) && versionIn(status) !== undefined) return reading('up', { version: versionIn(status) });
    return verdict(status) ?? otherSoftware();
  },
};

function versionIn(answer: ProbeAnswer): string | undefined {
  return versionOf(header(answer, 'hedgedoc-version') ?? header(answer, 'codimd-version'));
}

function loadOf(status: unknown): Load | undefined {
  const users = countAt(status, 'onlineUsers');
  if (users === undefined) return undefined;
  return { users, documents: countAt(status, 'onlineNotes'), documentsKept: countAt(status, 'notesCount') };
}
