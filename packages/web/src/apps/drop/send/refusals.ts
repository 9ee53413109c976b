/** Why a drop was not sent, in words: what happened, and what to do. */
import type { ErrorName } from '@archipel/protocol';
import type { MessageKey } from '../../../i18n/index.ts';

const REASONS = {
  too_large: 'too_large',
  disk_full: 'disk_full',
  full: 'disk_full',
  quota_reached: 'quota_reached',
  rate_limited: 'quota_reached',
  not_offered: 'not_offered',
  not_welcome: 'not_offered',
  expiry_too_long: 'expiry_too_long',
  source_changed: 'source_changed',
  relay_dropped: 'lost',
  not_found: 'lost',
  expired: 'lost',
  deleted: 'lost',
  document_full: 'document_full',
  closed: 'closed',
} as const satisfies Partial<Record<ErrorName, string>>;

type Reason = (typeof REASONS)[keyof typeof REASONS] | 'other';

const reasonOf = (code: ErrorName): Reason => (REASONS as Partial<Record<ErrorName, Reason>>)[code] ?? 'other';

export function refusalWords(code: ErrorName): { title: MessageKey; text: MessageKey } {
  const reason = reasonOf(code);
  return { title: `drop.refused.${reason}.title`, text: `drop.refused.${reason}.text` };
}
