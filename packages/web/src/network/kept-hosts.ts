/** The hosts of the directory that this browser keeps (docs/protocol.md §17): what there is to show when the portal does not answer. */
import {
  type Bytes,
  checkDirectory,
  DIRECTORY_AGE_SECONDS,
  DIRECTORY_NO_REPORT,
  type ListedHost,
  shareOf,
  toHex,
} from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';
import { keptDirectory } from './directory-store.ts';

const SECOND_MS = 1000;

export interface KeptHost {
  /** The first 16 digits of its id. */
  id: string;
  url: string;
  country: string;
  /** Of other software: which, and its version. */
  software: string;
  isForeign: boolean;
  standing: 'room' | 'waiting' | 'full' | 'unknown';
  /** In use of what it can take; undefined: it had not said. */
  share: number | undefined;
}

export interface KeptHosts {
  portal: string;
  /** When the portal signed it, Unix milliseconds. */
  atMs: number;
  hosts: KeptHost[];
}

/** Undefined: none is kept, or its time is over. */
export async function keptHosts(
  kept: () => Promise<Bytes | undefined> = keptDirectory,
  now: () => number = Date.now,
): Promise<KeptHosts | undefined> {
  const bytes = await kept();
  if (bytes === undefined) return undefined;
  const checked = await checkDirectory(bytes, { nowSeconds: Math.floor(now() / SECOND_MS) }, webSuite.verify);
  if (!checked.ok) return undefined;
  const { portal, issued, hosts } = checked.value.fact;
  return { portal, atMs: issued * SECOND_MS, hosts: hosts.map(hostOf) };
}

function hostOf(host: ListedHost): KeptHost {
  const { id, url, country, foreign: isForeign, age, profile, services } = host;
  const isSaid = age !== DIRECTORY_NO_REPORT && services.length > 0;
  return {
    id: toHex(id),
    url,
    country,
    software: profile.softwareVersion,
    isForeign,
    standing: standingOf(host),
    share: isSaid && !isForeign ? Math.max(...services.map(({ share }) => shareOf(share))) : undefined,
  };
}

function standingOf({ foreign, vouched, newcomer, age, services }: ListedHost): KeptHost['standing'] {
  const isOpen = services.some(({ weight }) => weight > 0);
  if (foreign) return isOpen ? 'room' : 'unknown';
  if (age === DIRECTORY_NO_REPORT || age * DIRECTORY_AGE_SECONDS > STALE_SECONDS) return 'unknown';
  if (!isOpen) return 'full';
  return newcomer && !vouched ? 'waiting' : 'room';
}

/** A report older than this says nothing (routing rule 1). */
const STALE_SECONDS = 300;
