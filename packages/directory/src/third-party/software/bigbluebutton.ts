import { isOk, otherSoftware, textOf, verdict, versionOf } from './answer.ts';
import type { Probe, Software } from './software.ts';
import { reading } from './software.ts';

/** The root of its interface answers anyone with its version; all else there needs a secret. */
export const bigbluebutton: Software = {
  id: 'bigbluebutton',
  name: 'BigBlueButton',
  aliases: ['bbb', 'greenlight', 'bigbluebuttongreenlight'],
  purposes: ['meeting'],
  notices: ['not_sealed', 'account_needed'],
  newDocument: undefined,
  *probe(): Probe {
    const root = yield { kind: 'address', url: '/bigbluebutton/api' };
    const ended = verdict(root);
    if (ended !== undefined) return ended;
    const code = isOk(root) ? elementOf(textOf(root), 'returncode') : undefined;
    if (code === undefined) return otherSoftware();
    if (code !== 'SUCCESS') return reading('down', { reason: 'unhealthy' });
    const version = versionOf(elementOf(textOf(root), 'bbbVersion')) ?? versionOf(elementOf(textOf(root), 'version'));
    return reading('up', { version, access: 'account' });
  },
};

/** The text of the first element of that name which holds text alone. */
function elementOf(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}>([^<>]{1,200})</${name}>`).exec(xml) ?? [];
  const [, raw] = new RegExp(`<${name}><!\\[CDATA\\[([^<>\\]]{1,200})\\]\\]></${name}>`).exec(xml) ?? [];
  return (text ?? raw)?.trim();
}
