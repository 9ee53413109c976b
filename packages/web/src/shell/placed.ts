/** From the page that found a host to the page that makes the document: by this tab's own memory, and once. */
const STORED_AT = 'archipel.placed';
/** A host keeps room for a voucher about as long. */
const VALID_MS = 60_000;

export interface PlacedAt {
  /** Where to create, then who keeps copies. */
  relays: { hostId: string; url: string }[];
  /** Base64url. */
  voucher?: string | undefined;
  /** For who sent the person there. */
  receipt?: string | undefined;
}

/** False when the browser keeps nothing: the document is then created at the host of the page. */
export function leavePlaced({ relays, voucher, receipt }: PlacedAt, now: number): boolean {
  try {
    const places = relays.map(({ hostId, url }) => ({ hostId, url }));
    sessionStorage.setItem(STORED_AT, JSON.stringify({ relays: places, voucher, receipt, now }));
    return true;
  } catch {
    return false; // Blocked.
  }
}

/** Undefined: nothing was found before, or too long ago. */
export function takePlaced(now: number): PlacedAt | undefined {
  try {
    const text = sessionStorage.getItem(STORED_AT);
    sessionStorage.removeItem(STORED_AT);
    const left: PlacedAt & { now: number } = JSON.parse(text ?? 'null');
    return left !== null && Math.abs(now - left.now) < VALID_MS ? left : undefined;
  } catch {
    return undefined; // Blocked, or written by another program.
  }
}
