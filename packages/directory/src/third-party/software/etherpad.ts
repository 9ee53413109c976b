import { at, countAt, hasStatus, isOk, jsonOf, otherSoftware, page, textAt, verdict, versionOf } from './answer.ts';
import type { Load, Probe, Software } from './software.ts';
import { reading } from './software.ts';

/** `/health` is there from 1.9 on, `/stats` since 1.5; a host may switch either off. */
export const etherpad: Software = {
  id: 'etherpad',
  name: 'Etherpad',
  aliases: ['etherpadlite', 'eplite'],
  purposes: ['pad'],
  notices: ['not_sealed', 'address_is_the_key'],
  newDocument: (name) => `/p/${name}`,
  *probe(): Probe {
    const health = yield page('/health');
    const ended = verdict(health);
    if (ended !== undefined) return ended;
    const status = isOk(health) ? textAt(jsonOf(health), 'status') : undefined;
    if (status === 'fail') return reading('down', { reason: 'unhealthy' });
    const stats = yield page('/stats');
    const load = isOk(stats) ? loadOf(jsonOf(stats)) : undefined;
    if (status === 'pass' || status === 'warn') {
      const version = versionOf(textAt(jsonOf(health), 'releaseId'));
      return reading('up', { version, access: 'open', load: load ?? {} });
    }
    if (load !== undefined) return reading('up', { access: 'open', load });
    return hasStatus(stats, 401, 403) ? reading('up', { access: 'account' }) : (verdict(stats) ?? otherSoftware());
  },
};

function loadOf(stats: unknown): Load | undefined {
  if (at(stats, 'totalUsers') === undefined && at(stats, 'memoryUsage') === undefined) return undefined;
  return {
    users: countAt(stats, 'totalUsers'),
    documents: countAt(stats, 'activePads'),
    memoryBytes: countAt(stats, 'memoryUsage'),
  };
}
