/** Why taking files failed, and what to do then. */
import type { MessageKey } from '../../../../i18n/index.ts';
import type { TakeErrorCode } from '../model/transfer.ts';

type Kind = 'uncounted' | 'forged' | 'gone' | 'spent' | 'away' | 'disk' | 'browser' | 'written';

const KINDS: Partial<Record<TakeErrorCode, Kind>> = {
  stream_forged: 'forged',
  stream_cut: 'forged',
  stream_key: 'forged',
  bad_message: 'forged',
  deleted: 'gone',
  expired: 'gone',
  not_found: 'gone',
  downloads_spent: 'spent',
  uncounted: 'uncounted',
  own_disk_full: 'disk',
  browser_cannot: 'browser',
  not_written: 'written',
};

export function failureWords(code: TakeErrorCode): { what: MessageKey; next: MessageKey } {
  const kind = KINDS[code] ?? 'away';
  return { what: `drop.take.failed.${kind}`, next: `drop.take.failed.${kind}.do` };
}
