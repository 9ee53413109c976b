/** What somebody who starts a document asks of the hosts, and what they answer. */

/** What is left out does not matter to the person. */
export interface PlaceWish {
  /** Two capital letters. */
  country?: string;
  /** Id of one host, 40 hexadecimal digits. */
  host?: string;
  /** How long the document lives; 0 or left out: the host's default. */
  ttlSeconds?: number;
  /** Of an answer `full` before: keeps the place in the queue. */
  ticket?: string;
}

/** A host that holds the document, in the words of its manifest. */
export interface PlacedRelay {
  /** 40 hexadecimal digits. */
  hostId: string;
  /** Origin. */
  url: string;
  name: string;
  /** `ZZ`: not known. */
  country: string;
  /** 0: as long as the owner wants. */
  retentionDays: number;
  /** Page with its terms; empty: none. */
  legal: string;
}

export interface Placed {
  kind: 'placed';
  /** Create at the first; the others keep a copy. Empty: at the host of this page, which knows no other. */
  relays: PlacedRelay[];
  /** To show at the first, base64url; undefined: it needs none. */
  voucher?: string | undefined;
  /** To tell the host of this page how the first served it; undefined: it does not want to know. */
  receipt?: string | undefined;
  /** Not at the host of this page. */
  moved: boolean;
}

/** The network has no room just now. */
export interface Full {
  kind: 'full';
  retryAfterMs: number;
  /** At most so many are before this person; undefined: not known. */
  ahead?: number | undefined;
  ticket?: string | undefined;
}

/** `nobody`: no host offers what is wished. `unreachable`: nobody answers; create at the host of this page, it leaves when that is back. */
export type Placement = Placed | Full | { kind: 'nobody' } | { kind: 'unreachable' };
