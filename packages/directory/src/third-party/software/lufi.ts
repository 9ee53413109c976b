import { countAt, isOk, jsonOf, otherSoftware, page, textOf, verdict } from './answer.ts';
import type { Probe, Software } from './software.ts';
import { reading } from './software.ts';

/** `/fullstats` is there from 0.03 on; `/about` always was. */
export const lufi: Software = {
  id: 'lufi',
  name: 'Lufi',
  aliases: [],
  purposes: ['files'],
  notices: ['own_encryption', 'files_expire'],
  newDocument: () => '/',
  *probe(): Probe {
    const stats = yield page('/fullstats');
    const ended = verdict(stats);
    if (ended !== undefined && ended.reason !== 'error_status') return ended;
    const facts = isOk(stats) ? jsonOf(stats) : undefined;
    const kept = countAt(facts, 'files');
    if (kept !== undefined && countAt(facts, 'timestamp') !== undefined) {
      return reading('up', { load: { documentsKept: kept } });
    }
    const about = yield page('/about');
    if (isOk(about) && /\blufi\b/i.test(textOf(about))) return reading('up');
    return verdict(about) ?? otherSoftware();
  },
};
