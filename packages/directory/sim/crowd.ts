import type { SeededRandom } from '@archipel/testkit';

const SECOND_MS = 1000;
export const WARM_MS = 300 * SECOND_MS;
const MEAN_STAY_MS = 40 * 60 * SECOND_MS;
const FOLD = 25;

/** How people come: a calm base, then twenty-five times as many within `rampMs`, who stay. */
export interface Crowd {
  /** People at the peak. */
  peakUsers: number;
  rampMs: number;
}

/** People per millisecond who have to come so that the crowd grows as it should while some leave. */
export function arrivalsPerMs({ peakUsers, rampMs }: Crowd, nowMs: number): number {
  const base = peakUsers / FOLD;
  const sinceMs = nowMs - WARM_MS;
  if (sinceMs < 0) return base / WARM_MS + (base * (nowMs / WARM_MS)) / MEAN_STAY_MS;
  const share = Math.min(1, sinceMs / rampMs);
  const growth = share < 1 ? (peakUsers - base) / rampMs : 0;
  return growth + (base + share * (peakUsers - base)) / MEAN_STAY_MS;
}

export function stayMs(random: SeededRandom): number {
  return exponential(random, MEAN_STAY_MS);
}

export function exponential(random: SeededRandom, mean: number): number {
  return -Math.log(1 - random.next()) * mean;
}

/** Kinds of rooms: most are a few people, some a class, one in a thousand a lecture. */
const CLASS = { share: 0.02, from: 20, to: 35 };
const LECTURE = { share: 0.001, from: 60, to: 150 };
const FEW_MORE_MEAN = 3;

/** People who will come to a room. */
export function roomSize(random: SeededRandom): number {
  const kind = random.next();
  if (kind < LECTURE.share) return between(random, LECTURE.from, LECTURE.to);
  if (kind < LECTURE.share + CLASS.share) return between(random, CLASS.from, CLASS.to);
  return 1 + Math.floor(Math.log(1 - random.next()) / Math.log(FEW_MORE_MEAN / (FEW_MORE_MEAN + 1)));
}

const middle = ({ from, to }: { from: number; to: number }): number => (from + to) / 2;

/** The mean of `roomSize`, which a directory learns from its hosts. */
export const MEAN_ROOM_UNITS =
  (1 - LECTURE.share - CLASS.share) * (1 + FEW_MORE_MEAN) +
  CLASS.share * middle(CLASS) +
  LECTURE.share * middle(LECTURE);

/** Time until the next person of a room of this size comes: whoever it is, all are there within a minute or two. */
export function joinDelayMs(random: SeededRandom, size: number): number {
  return exponential(random, Math.min(20, 100 / size) * SECOND_MS);
}

function between(random: SeededRandom, from: number, to: number): number {
  return from + random.below(to - from + 1);
}
