/** The two ways in which hosts write dates: 2020-07-06 and 06/07/2020, with a time or without, sometimes a year or month alone. */

const DATE_MAX_CHARS = 40;
const TIME = '(?:[T ]+(\\d{1,2})[:hH](\\d{2})(?::(\\d{2})(?:[.,]\\d+)?)?\\s*(Z|[+-]\\d{2}:?\\d{2})?)?';
const ISO = new RegExp(`^(\\d{4})(?:-(\\d{1,2})(?:-(\\d{1,2})${TIME})?)?$`);
const FRENCH = new RegExp(`^(?:(?:(\\d{1,2})[/.-])?(\\d{1,2})[/.-])(\\d{4})${TIME}$`);

export interface DateRead {
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`: as exact as it was written. */
  date: string;
  /** `HH:MM:SS` and the zone if there was one. */
  time: string | undefined;
}

/** Undefined: neither format, or a day that the calendar does not have. */
export function readDate(text: string): DateRead | undefined {
  const trimmed = text.trim();
  if (trimmed.length > DATE_MAX_CHARS) return undefined;
  const [, isoYear, isoMonth, isoDay, ...isoTime] = ISO.exec(trimmed) ?? [];
  if (isoYear !== undefined) return dateOf([isoYear, isoMonth, isoDay], isoTime);
  const [, day, month, year, ...time] = FRENCH.exec(trimmed) ?? [];
  return year === undefined ? undefined : dateOf([year, month, day], time);
}

type Parts = [year: string, month: string | undefined, day: string | undefined];

function dateOf([year, month, day]: Parts, time: readonly (string | undefined)[]): DateRead | undefined {
  const monthNumber = Number(month ?? 1);
  const dayNumber = Number(day ?? 1);
  const real = new Date(Date.UTC(Number(year), monthNumber - 1, dayNumber));
  if (real.getUTCMonth() !== monthNumber - 1 || real.getUTCDate() !== dayNumber) return undefined;
  const parts = [year, ...[month, day].filter((part) => part !== undefined).map(twoDigits)];
  const clock = timeOf(time);
  return clock === 'wrong' ? undefined : { date: parts.join('-'), time: clock };
}

function timeOf([hour, minute, second = '00', zone = '']: readonly (string | undefined)[]): string | undefined {
  if (hour === undefined || minute === undefined) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return 'wrong';
  return `${twoDigits(hour)}:${minute}:${second}${zone}`;
}

function twoDigits(number: string): string {
  return number.padStart(2, '0');
}
