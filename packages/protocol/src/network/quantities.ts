/** The coarse quantities of the directory (DIR-3): one byte each, since a choice of host does not need more. */
const WEIGHT_STEPS_PER_DOUBLING = 8;
const SHARE_STEPS = 200;
const MAX_CODE = 255;

/** Code of a weight in units: 0 when nobody is to be sent there, else in steps of 9 %, rounded down. */
export function weightCode(units: number): number {
  if (units <= 0) return 0;
  const steps = Math.floor(WEIGHT_STEPS_PER_DOUBLING * Math.log2(units));
  return Math.min(MAX_CODE, 1 + Math.max(0, steps));
}

export function weightUnits(code: number): number {
  return code === 0 ? 0 : 2 ** ((code - 1) / WEIGHT_STEPS_PER_DOUBLING);
}

/** Code of committed / capacity, in steps of 0.5 %, rounded up; up to 127.5 %. */
export function shareCode(share: number): number {
  return Math.min(MAX_CODE, Math.max(0, Math.ceil(SHARE_STEPS * share)));
}

export function shareOf(code: number): number {
  return code / SHARE_STEPS;
}
