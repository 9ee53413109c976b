/** How somebody fared in each of the last hours: two bytes an hour, whatever happens. */
import { PORTAL_LIMITS } from './limits.ts';

const HOUR_MS = 3_600_000;
const HOURS_PER_DAY = 24;
/** Both are kept in steps of half a per cent; `UNKNOWN` where nobody looked. */
const STEPS = 200;
const MAX_CODE = 250;
const UNKNOWN = 255;
const { historyHours: HOURS } = PORTAL_LIMITS;

/** Shares from 0 to 1, the fullest moment of a load above it; null: nobody looked. */
export interface Series {
  /** The first value begins here, Unix milliseconds. */
  fromMs: number;
  /** Of the times that it was asked, those that it answered. */
  answered: (number | null)[];
  /** Committed of the capacity, the most of the time. */
  fullest: (number | null)[];
}

export interface StoredHistory {
  /** Hours since 1970 of the newest value. */
  hour: number;
  /** Base64, the oldest hour first. */
  answered: string;
  fullest: string;
}

export class History {
  #hour: number;
  #answered: Uint8Array;
  #fullest: Uint8Array;
  /** Of the hour that goes on. */
  #asked = 0;
  #good = 0;

  constructor(nowMs: number, stored?: StoredHistory) {
    this.#hour = hourOf(nowMs);
    this.#answered = new Uint8Array(HOURS).fill(UNKNOWN);
    this.#fullest = new Uint8Array(HOURS).fill(UNKNOWN);
    if (stored === undefined) return;
    const [answered, fullest] = [decoded(stored.answered), decoded(stored.fullest)];
    if (answered === undefined || fullest === undefined || !Number.isInteger(stored.hour)) return;
    this.#answered = answered;
    this.#fullest = fullest;
    const now = this.#hour;
    // One that was written by a clock in the future begins anew from now.
    this.#hour = Math.min(stored.hour, now);
    this.#advance(nowMs);
  }

  /** It was asked and answered or not; `share` of its capacity is committed, when it said so. */
  note(nowMs: number, isAnswered: boolean, share?: number): void {
    this.#advance(nowMs);
    const last = HOURS - 1;
    if (this.#asked === 0 && this.#answered[last] !== UNKNOWN) {
      // Begun by an earlier run of this process: it counts as one question.
      this.#asked = 1;
      this.#good = (this.#answered[last] as number) / STEPS;
    }
    this.#asked += 1;
    this.#good += Number(isAnswered);
    this.#answered[last] = Math.round((STEPS * this.#good) / this.#asked);
    if (share === undefined || !(share >= 0)) return;
    const code = Math.min(MAX_CODE, Math.ceil(STEPS * share));
    const before = this.#fullest[last] as number;
    this.#fullest[last] = before === UNKNOWN ? code : Math.max(before, code);
  }

  hours(nowMs: number): Series {
    this.#advance(nowMs);
    const fromMs = (this.#hour - HOURS + 1) * HOUR_MS;
    return { fromMs, answered: [...this.#answered].map(shareOf), fullest: [...this.#fullest].map(shareOf) };
  }

  /** The same by periods of 24 hours, the last of which ends now. */
  days(nowMs: number): Series {
    const { fromMs, answered, fullest } = this.hours(nowMs);
    return { fromMs, answered: byDay(answered, mean), fullest: byDay(fullest, (values) => Math.max(...values)) };
  }

  stored(): StoredHistory {
    return { hour: this.#hour, answered: encoded(this.#answered), fullest: encoded(this.#fullest) };
  }

  #advance(nowMs: number): void {
    const steps = Math.min(HOURS, hourOf(nowMs) - this.#hour);
    if (steps <= 0) return;
    for (const values of [this.#answered, this.#fullest]) {
      values.copyWithin(0, steps);
      values.fill(UNKNOWN, HOURS - steps);
    }
    this.#hour = hourOf(nowMs);
    this.#asked = 0;
    this.#good = 0;
  }
}

const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS);
const shareOf = (code: number): number | null => (code === UNKNOWN ? null : code / STEPS);
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function byDay(values: (number | null)[], of: (known: number[]) => number): (number | null)[] {
  return Array.from({ length: values.length / HOURS_PER_DAY }, (_, day) => {
    const known = values.slice(day * HOURS_PER_DAY, (day + 1) * HOURS_PER_DAY).filter((value) => value !== null);
    return known.length === 0 ? null : Math.round(of(known) * 1000) / 1000;
  });
}

function encoded(values: Uint8Array): string {
  return Buffer.from(values).toString('base64');
}

function decoded(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  return bytes.length === HOURS ? bytes : undefined;
}
