import { isHtml, isOk, otherSoftware, page, textOf, verdict } from './answer.ts';
import type { Probe, Software } from './software.ts';
import { reading } from './software.ts';

/** An anonymous domain is set where guests may join and only people with an account begin; commented out, it is not. */
const GUESTS_ONLY_JOIN = /^[ \t]*(?:config\.hosts\.)?anonymousdomain[ \t]*[:=][ \t]*['"]/m;

/** How many people meet there is known to its host only. A room's page exists before the room does: it is not asked either. */
export const jitsi: Software = {
  id: 'jitsi',
  name: 'Jitsi Meet',
  aliases: ['jitsi', 'jitsimeet'],
  purposes: ['meeting'],
  notices: ['not_sealed', 'address_is_the_key', 'login_may_be_needed'],
  newDocument: (name) => `/${name}`,
  *probe(): Probe {
    const settings = yield page('/config.js');
    const ended = verdict(settings);
    if (ended !== undefined) return ended;
    const text = textOf(settings);
    if (!isOk(settings) || isHtml(text) || !/\bconfig\s*=\s*\{|\bconfig\.hosts\b/.test(text)) return otherSoftware();
    return reading('up', { access: GUESTS_ONLY_JOIN.test(text) ? 'account' : 'unknown' });
  },
};
