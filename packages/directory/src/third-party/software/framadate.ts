import { isOk, otherSoftware, page, textOf, verdict } from './answer.ts';
import type { Probe, Software } from './software.ts';
import { reading } from './software.ts';

/** Says nothing of itself: its start page is all there is. */
export const framadate: Software = {
  id: 'framadate',
  name: 'Framadate',
  aliases: ['opensondage'],
  purposes: ['poll'],
  notices: ['not_sealed', 'address_is_the_key'],
  newDocument: () => '/create_poll.php?type=date',
  *probe(): Probe {
    const start = yield page('/');
    const ended = verdict(start);
    if (ended !== undefined) return ended;
    if (!isOk(start) || !/create_poll\.php|framadate/i.test(textOf(start))) return otherSoftware();
    return reading('up', { access: 'open' });
  },
};
