import type { ErrorCode } from '../../../shell/ErrorPage.tsx';
import type { NoticeCode, SaveState } from '../model/document.ts';

/** Names of docs/protocol.md §11 that have a sentence of their own; the rest is trouble at the host, which may pass. */
const NOTICES: Partial<Record<string, NoticeCode>> = {
  too_large: 'record_too_large',
  document_full: 'document_full',
  disk_full: 'disk_full',
  rate_limited: 'rate_limited',
  too_many_connections: 'rate_limited',
  full: 'crowded',
  not_allowed: 'refused',
  proof_failed: 'refused',
  wrong_generation: 'renewed',
  unsupported_version: 'version_newer',
  not_found: 'not_found',
  expired: 'expired',
  deleted: 'deleted',
  removed: 'removed',
  expiry_too_long: 'expiry_too_long',
  storage_blocked: 'storage_blocked',
  open_failed: 'open_failed',
  relay_stale: 'relay_stale',
  relay_dropped: 'relay_dropped',
  relay_forged: 'relay_forged',
  relay_contradicts: 'relay_contradicts',
};

/** The banner for an error or a report of the client. */
export function noticeOf(name: string): NoticeCode {
  return NOTICES[name] ?? 'host_trouble';
}

/** Refusals of a new document, after which the page looks for another host: nothing is over, whatever they are called. */
const REFUSALS: Partial<Record<string, NoticeCode>> = {
  full: 'full',
  quota_reached: 'full',
  not_welcome: 'not_taken',
  unknown_host: 'not_taken',
  voucher_used: 'not_taken',
  expired: 'not_taken',
};

/** The banner for an error of a document that no host has yet. */
export function refusalOf(name: string): NoticeCode {
  return REFUSALS[name] ?? noticeOf(name);
}

/** Names after which there is no document to show, when this browser has no copy of it either. */
const PAGES: Partial<Record<string, ErrorCode>> = {
  link_incomplete: 'link_incomplete',
  link_broken: 'link_broken',
  unsupported_version: 'version_newer',
  not_found: 'not_found',
  expired: 'expired',
  deleted: 'deleted',
  removed: 'removed',
  not_allowed: 'refused',
  proof_failed: 'link_broken',
  wrong_generation: 'renewed',
  rate_limited: 'rate_limited',
  too_many_connections: 'rate_limited',
  full: 'crowded',
};

/** The page for an error at the door. */
export function pageOf(name: string): ErrorCode {
  return PAGES[name] ?? 'host_unreachable';
}

/** What the pill says of a state of the client's document. */
export function saveState(state: 'ended' | SaveState): SaveState {
  return state === 'ended' ? 'problem' : state;
}
