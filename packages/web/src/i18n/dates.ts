import { language } from './index.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A day in words: "12 March 2026". `at` in ms since 1970. */
export function dayInWords(at: number): string {
  return new Intl.DateTimeFormat(language.value, { dateStyle: 'long' }).format(at);
}

/** A day and a time of it: "12 March 2026 at 14:05". */
export function dateInWords(at: number): string {
  return new Intl.DateTimeFormat(language.value, { dateStyle: 'long', timeStyle: 'short' }).format(at);
}

/** A day and its hour: "12 March, 14:00". */
export function hourInWords(at: number): string {
  const options = { day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' } as const;
  return new Intl.DateTimeFormat(language.value, options).format(at);
}

let relatives: { language: string; format: Intl.RelativeTimeFormat } | undefined;

/** Made once: a list asks for a thousand moments. */
function relativeIn(wanted: string): Intl.RelativeTimeFormat {
  if (relatives?.language !== wanted) {
    relatives = { language: wanted, format: new Intl.RelativeTimeFormat(wanted, { numeric: 'auto' }) };
  }
  return relatives.format;
}

const startOfDay = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/**
 * A moment as people say it, past or to come: "in 3 hours", "yesterday", "in 6 months". Both in ms since 1970. Days are
 * those of the calendar, so that "tomorrow" is tomorrow.
 */
export function momentInWords(at: number, now: number): string {
  const relative = relativeIn(language.value);
  // A number is not torn from its unit at the end of a line.
  const say = (count: number, unit: Intl.RelativeTimeFormatUnit): string =>
    relative.format(count, unit).replace(/(\d) /g, '$1\u00a0');
  const ms = at - now;
  const size = Math.abs(ms);
  if (size < MINUTE_MS) return say(0, 'second');
  if (size < HOUR_MS) return say(Math.trunc(ms / MINUTE_MS), 'minute');
  const days = Math.round((startOfDay(at) - startOfDay(now)) / DAY_MS);
  if (size < 12 * HOUR_MS || days === 0) return say(Math.trunc(ms / HOUR_MS), 'hour');
  if (Math.abs(days) < 45) return say(days, 'day');
  if (Math.abs(days) < 365) return say(Math.round(days / 30.44), 'month');
  return say(Math.round(days / 365.25), 'year');
}
