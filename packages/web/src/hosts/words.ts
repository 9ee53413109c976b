/** What a portal knows of hosts and services, said in words. */
import { language, type MessageKey, plural, t } from '../i18n/index.ts';
import { countryName } from '../i18n/regions.ts';
import type { HostView, Series, SoftwareView } from '../network/hosts-page.ts';
import type { IconName } from '../ui/icons.tsx';

/** In the order of how much they are of use to somebody who starts. */
export type Standing = 'room' | 'waiting' | 'full' | 'leaving' | 'unknown' | 'away';

export const STANDING_ICONS: Record<Standing, IconName> = {
  room: 'check',
  waiting: 'info',
  full: 'warning',
  leaving: 'sending',
  unknown: 'info',
  away: 'offline',
};

export const standingOf = ({ state, waiting }: HostView): Standing => (state === 'room' && waiting ? 'waiting' : state);

export function standingOfService({ health, reason }: SoftwareView): Standing {
  if (health === 'up') return 'room';
  if (health === 'paused') return 'full';
  if (health === 'down' || reason !== null) return 'away';
  return 'unknown';
}

/** A service up is not known to have room. */
export function standingWords(standing: Standing, isService: boolean): string {
  return t(isService && standing === 'room' ? 'hosts.is.up' : (`hosts.is.${standing}` as MessageKey));
}

/** Whole per cent of what it can take; undefined: it does not say. */
export function loadOf({ services }: HostView): number | undefined {
  const known = services.filter(({ committed, capacity }) => committed !== null && capacity > 0);
  if (known.length === 0) return undefined;
  return Math.round(Math.max(...known.map(({ committed, capacity }) => (100 * (committed ?? 0)) / capacity)));
}

/** Null: nobody looked. */
export function availability({ answered }: Series): number | null {
  const known = answered.filter((share) => share !== null);
  return known.length === 0 ? null : known.reduce((sum, share) => sum + share, 0) / known.length;
}

/** Of what a host can take, the share from which it takes nothing new. */
export const MUCH = 0.8;

/** The fullest time, the latest of several; undefined: it never said how full it is. */
export function fullestOf({ fullest }: Pick<Series, 'fullest'>): { share: number; index: number } | undefined {
  const known = fullest.flatMap((share, index) => (share === null ? [] : [{ share, index }]));
  const most = Math.max(...known.map(({ share }) => share));
  return known.findLast(({ share }) => share === most);
}

/** Half of the times were fuller; 0 when nothing is known. */
export function middleOf({ fullest }: Pick<Series, 'fullest'>): number {
  const known = fullest.filter((share) => share !== null).sort((one, other) => one - other);
  return known[Math.floor((known.length - 1) / 2)] ?? 0;
}

/** In whole per cent. */
export function percentRoughly(share: number): string {
  return new Intl.NumberFormat(language.value, { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

/** Rounded down: only what never failed is 100 %. */
export function percent(share: number): string {
  const style = { style: 'percent', maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(language.value, style).format(Math.floor(share * 1000) / 1000);
}

const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function bytesInWords(bytes: number): string {
  const step = Math.min(BYTES.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const options = { style: 'unit', unit: BYTES[step], unitDisplay: 'short', maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(language.value, options).format(bytes / 1000 ** step);
}

export function keptInWords(days: number): string {
  return days === 0 ? t('hosts.kept.never') : plural('hosts.kept', days);
}

export function limitInWords({ name, value }: { name: string; value: number }): string {
  if (name === 'docs.per-day') return plural('hosts.limit.docs', value);
  if (name === 'files.bytes') return t('hosts.limit.files', { size: bytesInWords(value) });
  return `${name}: ${new Intl.NumberFormat(language.value).format(value)}`;
}

const simple = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Every word of `sought` occurs somewhere in what is known; accents and capitals do not matter. */
export function matches(sought: string, known: readonly string[]): boolean {
  const text = simple(known.join(' '));
  return simple(sought)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export const addressOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);

export const placeOf = (country: string): string => countryName(country) ?? t('hosts.nowhere');
