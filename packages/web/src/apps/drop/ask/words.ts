/** What stands in the way of a request, in words. */
import type { ErrorName } from '@archipel/protocol';
import type { MessageKey } from '../../../i18n/index.ts';

const OBSTACLES = {
  closed: 'ask.refused.closed',
  document_full: 'ask.refused.full',
  upload_incomplete: 'ask.refused.lost',
  deleted: 'ask.refused.gone',
  expired: 'ask.refused.gone',
  not_found: 'ask.refused.gone',
  not_offered: 'ask.refused.notOffered',
  not_welcome: 'ask.refused.notOffered',
  disk_full: 'ask.refused.noRoom',
  full: 'ask.refused.noRoom',
  rate_limited: 'ask.refused.often',
  quota_reached: 'ask.refused.often',
  expiry_too_long: 'ask.refused.tooLong',
  stale_header: 'ask.refused.stale',
  host_unreachable: 'ask.refused.offline',
  unavailable: 'ask.refused.offline',
  relay_dropped: 'ask.refused.lies',
  relay_forged: 'ask.refused.lies',
  relay_stale: 'ask.refused.lies',
} as const satisfies Partial<Record<ErrorName, MessageKey>>;

export type Obstacle = (typeof OBSTACLES)[keyof typeof OBSTACLES] | 'ask.refused.other';

export function obstacleOf(error: ErrorName): Obstacle {
  return (OBSTACLES as Partial<Record<ErrorName, Obstacle>>)[error] ?? 'ask.refused.other';
}
