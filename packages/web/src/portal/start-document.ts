/** The one attempt of the page to start a document. */
import { leavePlaced } from '../shell/placed.ts';
import { Attempt } from './attempt.ts';
import { wish } from './wish.ts';

const DAY_SECONDS = 86_400;

let address = '';

export const attempt = new Attempt({
  place: async (wished) => {
    try {
      // Asked for by a click: the page is shown without it.
      const { placeDocument } = await import('../network/place.ts');
      return await placeDocument(wished);
    } catch {
      return { kind: 'unreachable' }; // The part of the page itself cannot be had: offline.
    }
  },
  now: Date.now,
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  go: (placed) => {
    if (placed !== undefined && placed.relays.length > 0) leavePlaced(placed, Date.now());
    location.assign(address);
  },
});

/** `at`: creation address. `keep`: days, null for no limit. */
export function startDocument(at: string, keep: number | null): void {
  address = at;
  void attempt.start({ ...wish.value, ...(keep !== null && { ttlSeconds: keep * DAY_SECONDS }) });
}
