/** Amounts of bytes, speeds and durations, as people say them. */
import { language } from './index.ts';

const UNITS = [
  [1e12, 'terabyte'],
  [1e9, 'gigabyte'],
  [1e6, 'megabyte'],
  [1e3, 'kilobyte'],
  [1, 'byte'],
] as const;
const SECOND_MS = 1000;
const MINUTE_S = 60;
const HOUR_S = 3600;

function unitOf(bytes: number): readonly [number, string] {
  return UNITS.find(([least]) => bytes >= least) ?? [1, 'byte'];
}

function format(value: number, unit: string, unitDisplay: 'short' | 'long'): string {
  const maximumFractionDigits = value < 100 && !/^(byte|second|minute|hour)$/.test(unit) ? 1 : 0;
  const options = { style: 'unit', unit, unitDisplay, maximumFractionDigits } as const;
  // A number is not torn from its unit at the end of a line.
  return new Intl.NumberFormat(language.value, options).format(value).replaceAll(' ', '\u00a0');
}

/** "1.2 GB". */
export function sizeInWords(bytes: number): string {
  const [size, unit] = unitOf(bytes);
  return format(bytes / size, unit, unit === 'byte' ? 'long' : 'short');
}

/** "3.4 MB/s". */
export function speedInWords(bytesPerSecond: number): string {
  const [size, unit] = unitOf(bytesPerSecond);
  return format(bytesPerSecond / size, `${unit}-per-second`, 'short');
}

/** "2 minutes"; at least a second. */
export function durationInWords(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / SECOND_MS));
  if (seconds < 2 * MINUTE_S) return format(seconds, 'second', 'long');
  if (seconds < 2 * HOUR_S) return format(seconds / MINUTE_S, 'minute', 'long');
  return format(seconds / HOUR_S, 'hour', 'long');
}
