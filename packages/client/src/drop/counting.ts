/** Who counts the downloads of a drop, as a host that has it says (COPY-11), and whom its owner names (COPY-10). */
import { type BlobCounter, type BlobHeader, type Bytes, decodeBase64url, HOST_ID_BYTES } from '@archipel/protocol';

const HEADER = 'archipel-counting';
const FORM = /^([\w-]{27}) (here|there|away|gone) (\d{1,15}) (\d{1,15})$/;

export interface DropCounting {
  /** Of the host that says it. */
  hostId: Bytes;
  /** Who counts: that host, another one that it reaches, one that it does not, or has not for long. */
  at: 'here' | 'there' | 'away' | 'gone';
  /** How often the drop can be taken yet, without whoever is away. */
  left: number;
  /** Of what its owner allows, what may have been given where that host does not hear of it. */
  apart: number;
}

export interface CountedDrop {
  header: BlobHeader;
  /** How often it was taken, as far as is known. */
  taken: number;
  /** Undefined: one host alone has it, or it is one that knows nothing of this. */
  counting?: DropCounting | undefined;
}

/** Undefined also for what is not of the form. */
export function countingIn({ headers }: Pick<Response, 'headers'>): DropCounting | undefined {
  const [, id = '', at, left, apart] = FORM.exec(headers.get(HEADER) ?? '') ?? [];
  const hostId = decodeBase64url(id);
  if (at === undefined || !hostId.ok || hostId.value.length !== HOST_ID_BYTES) return undefined;
  return { hostId: hostId.value, at: at as DropCounting['at'], left: Number(left), apart: Number(apart) };
}

/** How often it may be taken yet; undefined: as often as people want. */
export function leftOf({ header: { downloads }, taken, counting }: CountedDrop): number | undefined {
  if (downloads === 0) return undefined;
  const lost = counting?.at === 'here' ? counting.apart : 0;
  return Math.max(0, downloads - taken - lost);
}

/** What the header has to allow so that it may be taken so often from now on. */
export function allowanceFor({ taken, counting }: CountedDrop, more: number): number {
  return taken + (counting?.apart ?? 0) + more;
}

/** The host that a header names which allows so many: the one that is asked when it shall give more than it has. Undefined: none, it stays as it is. */
export function counterFor({ header, taken, counting }: CountedDrop, downloads: number): BlobCounter | undefined {
  if (counting?.at === 'gone' && downloads > 0) {
    const { hostId, left, apart } = counting;
    const more = downloads - taken - apart - left;
    // Else whoever counts may come back and go on.
    if (more > 0) return { hostId, more };
  }
  if (header.counter === undefined) return undefined;
  // It has the count from a host that left.
  const hostId = counting?.at === 'here' ? counting.hostId : header.counter.hostId;
  return { hostId, more: 0 };
}
