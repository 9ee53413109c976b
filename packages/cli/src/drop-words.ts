/** What a drop holds, and what went wrong with it, in sentences. */
import type { Offer } from '@archipel/client/drop';
import type { ErrorName } from '@archipel/protocol';
import { bodySizeOf } from '@archipel/protocol/secret';
import { countOf, sizeOf } from './progress.ts';
import type { Terminal } from './terminal.ts';

const SENTENCES: Partial<Record<ErrorName, string>> = {
  link_incomplete: 'The link is not complete: a part of it is missing at its end.',
  link_broken: 'This is no link of a drop.',
  wrong_password: 'That is not the password of this link. Small and capital letters count.',
  unsupported_version: 'The link is of a newer version of Archipel than this one.',
  not_found: 'The host does not know this drop.',
  expired: 'The time of this drop is over.',
  deleted: 'Whoever sent this drop has deleted it.',
  removed: 'The people of the host have taken this drop down. Its link opens in a browser, and says why.',
  downloads_spent: 'This drop was taken as often as whoever sent it allowed.',
  upload_incomplete: 'Not all of this drop has been sent yet.',
  too_large: 'That is larger than the host takes.',
  disk_full: 'The host has no room for that.',
  quota_reached: 'From this address as much was sent as the host takes; try again later.',
  rate_limited: 'Too much was asked of the host in too short a time; try again later.',
  expiry_too_long: 'The host does not keep files that long.',
  not_welcome: 'The host takes files only from people whom another host sends.',
  not_offered: 'This host keeps no files.',
  full: 'The host takes nothing new now.',
  host_unreachable: 'The host cannot be reached. Type the same command again to go on where it stopped.',
  source_changed: 'A file changed while it was sent, so what was sent is of no use and was removed. Send it again.',
  stream_cut: 'What the host sent is not complete.',
  stream_key: 'The link does not open what the host sent.',
  stream_forged: 'What the host sent was changed by somebody: nothing of it can be trusted.',
  proof_failed: 'The link does not fit this drop.',
  not_allowed: 'The link does not allow that.',
  closed: 'Whoever asked for files takes no more.',
  document_full: 'As much was sent for this request as whoever asks wanted.',
  open_failed: 'The link does not open what the host has.',
  bad_header: 'What the host has was not made by whoever made the link.',
  relay_forged: 'The host shows something that was sent by nobody with the link.',
  relay_stale: 'The host shows less than it did before.',
  relay_dropped: 'The host has lost what was sent to it. Send it again.',
};

export function sentenceOf(error: ErrorName): string {
  return SENTENCES[error] ?? `That did not work (${error}).`;
}

export function sayOffer({ manifest }: Offer, terminal: Terminal): void {
  if (manifest.message !== '') terminal.say(printable(manifest.message));
  terminal.say(`${countOf(manifest.files.length, 'file')}, ${sizeOf(bodySizeOf(manifest))}`);
}

/** What others wrote must not command the terminal. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, '');
}
