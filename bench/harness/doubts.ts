import { show } from './table.ts';

/** Beyond this share of a core, the load generator may be what was measured. */
export const GENERATOR_LIMIT_PERCENT = 90;

/** Beyond this share of a core, what else ran on the machine may have delayed server or generator. */
const ELSEWHERE_LIMIT_PERCENT = 25;

/** Keys struck later than this are not the schedule that was offered. */
export const LATE_MS = 50;

/** Less than this share of what was due, and the server is behind. */
export const BEHIND_PERCENT = 97;

/** What to doubt of a row, in words; empty when there is nothing. */
export function doubts(measures: Record<string, number>): string {
  const {
    generatorCpuPercent = 0,
    generatorLagP95Ms = 0,
    serverCpuPercent = 0,
    elsewhereCpuPercent = 0,
    deliveredPercent = 100,
    lostPercent = 0,
  } = measures;
  return [
    generatorCpuPercent > GENERATOR_LIMIT_PERCENT ? 'GENERATOR SATURATED' : '',
    serverCpuPercent > GENERATOR_LIMIT_PERCENT || deliveredPercent < BEHIND_PERCENT ? 'cannot keep up' : '',
    generatorLagP95Ms > LATE_MS ? 'generator was late' : '',
    elsewhereCpuPercent > ELSEWHERE_LIMIT_PERCENT ? 'machine was busy' : '',
    lostPercent > 0.01 ? `${show(lostPercent)} % never arrived` : '',
  ]
    .filter((doubt) => doubt !== '')
    .join(', ');
}
