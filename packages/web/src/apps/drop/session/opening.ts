import type { ErrorName } from '@archipel/protocol';
import { parseLink } from '@archipel/protocol/secret';
import type { ErrorCode } from '../../../shell/ErrorPage.tsx';

/**
 * What the page is for: sending; taking, by a link to view; looking after one's own drop, by a link to own; asking for files, sending
 * some to whoever asked (`give`), and looking after what one asked for.
 */
export type Opening =
  | { at: 'send' | 'ask' }
  | { at: 'take' | 'mine' | 'give' | 'asked'; link: string }
  | { at: 'stopped'; code: ErrorCode };

/** `fragment`: of the address, null when there is none. */
export function openingOf(fragment: string | null): Opening {
  if (fragment === null) return { at: 'send' };
  const link = parseLink(fragment);
  if (!link.ok) return { at: 'stopped', code: pageOf(link.error) };
  // No link to edit is ever made for a drop.
  if (link.value.cap === 'edit') return { at: 'stopped', code: 'link_broken' };
  if (link.value.cap === 'fill') return { at: 'give', link: fragment };
  return { at: link.value.cap === 'own' ? 'mine' : 'take', link: fragment };
}

/** Names of docs/protocol.md §11 after which there is nothing to show. */
const PAGES: Partial<Record<ErrorName, ErrorCode>> = {
  link_incomplete: 'link_incomplete',
  link_broken: 'link_broken',
  proof_failed: 'link_broken',
  stream_key: 'link_broken',
  unsupported_version: 'version_newer',
  not_found: 'not_found',
  not_offered: 'not_found',
  expired: 'expired',
  deleted: 'deleted',
  removed: 'removed',
  downloads_spent: 'downloads_spent',
  upload_incomplete: 'upload_incomplete',
  stream_cut: 'files_forged',
  stream_forged: 'files_forged',
  bad_header: 'files_forged',
  bad_message: 'files_forged',
  rate_limited: 'rate_limited',
  full: 'crowded',
};

/** The page for an error of a drop that cannot be opened. */
export function pageOf(error: ErrorName): ErrorCode {
  return PAGES[error] ?? 'host_unreachable';
}
