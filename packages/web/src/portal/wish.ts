/** Where a document shall live, as the person chose it on the portal; for this visit only. */
import { signal } from '@preact/signals';
import type { PlaceWish } from '../network/placement.ts';

/** One host wished for, from the page of a host: `/?host=<id>`. */
export function wishOfAddress(search: string): Pick<PlaceWish, 'country' | 'host'> {
  const host = new URLSearchParams(search).get('host') ?? '';
  return /^[0-9a-f]{40}$/.test(host) ? { host } : {};
}

export const wish = signal<Pick<PlaceWish, 'country' | 'host'>>(
  wishOfAddress(typeof location === 'undefined' ? '' : location.search),
);
