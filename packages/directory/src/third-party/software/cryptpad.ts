import { at, countAt, definedJson, isOk, otherSoftware, page, textAt, verdict, versionOf } from './answer.ts';
import type { Probe, Purpose, Software } from './software.ts';
import { reading } from './software.ts';

const APPS: Readonly<Partial<Record<Purpose, string>>> = { pad: 'pad', sheet: 'sheet', form: 'form', markdown: 'code' };

/** Its settings are JSON inside a call of `define`; an announced maintenance is in `/api/broadcast`. */
export const cryptpad: Software = {
  id: 'cryptpad',
  name: 'CryptPad',
  aliases: [],
  purposes: ['pad', 'sheet', 'form', 'markdown'],
  notices: ['own_encryption'],
  newDocument: (_name, purpose) => `/${APPS[purpose] ?? 'pad'}/`,
  *probe({ nowMs }): Probe {
    const settings = yield page('/api/config');
    const ended = verdict(settings);
    if (ended !== undefined) return ended;
    const config = isOk(settings) ? definedJson(settings) : undefined;
    if (at(config, 'requireConf') === undefined && at(config, 'websocketPath') === undefined) return otherSoftware();
    const version = versionOf(/ver=([\d.]+)/.exec(textAt(config, 'requireConf', 'urlArgs') ?? '')?.[1]);
    const limits = { fileMaxBytes: countAt(config, 'maxUploadSize') };
    const broadcast = yield page('/api/broadcast');
    const maintenance = isOk(broadcast) ? at(definedJson(broadcast), 'maintenance') : undefined;
    if (isNow(maintenance, nowMs)) return reading('paused', { reason: 'maintenance', version, limits });
    return reading('up', { version, access: 'open', limits });
  },
};

function isNow(maintenance: unknown, nowMs: number): boolean {
  const start = countAt(maintenance, 'start');
  const end = countAt(maintenance, 'end');
  return start !== undefined && end !== undefined && start <= nowMs && nowMs < end;
}
