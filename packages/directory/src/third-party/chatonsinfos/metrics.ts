/** Figures of a service: `metrics.service.users.2020.months = 12;15;;20`. */
import type { Fields } from './fields.ts';

const KEY = /^metrics\.([\w.-]+)\.(\d{4})\.(months|weeks|days)$/i;
const VALUES_MAX = { months: 12, weeks: 53, days: 366 } as const;

export type MetricPeriod = keyof typeof VALUES_MAX;

export interface Metric {
  /** Such as `service.users` or `http.hits`. */
  name: string;
  year: number;
  period: MetricPeriod;
  /** From the first of the year on; undefined: not known. */
  values: readonly (number | undefined)[];
}

export function readMetrics(fields: Fields): readonly Metric[] {
  return fields.all.flatMap((property) => {
    const [, name, year, unit] = KEY.exec(property.key) ?? [];
    if (name === undefined || unit === undefined || property.value.trim() === '') return [];
    const period = unit.toLowerCase() as MetricPeriod;
    const parts = property.value.split(property.value.includes(';') ? ';' : ',').map((part) => part.trim());
    const values = parts.slice(0, VALUES_MAX[period]).map(numberOf);
    const isRight = parts.length <= VALUES_MAX[period] && values.every((value) => !Number.isNaN(value));
    if (!isRight) fields.report('bad_number', property);
    const known = values.map((value) => (Number.isNaN(value) ? undefined : value));
    return [{ name, year: Number(year), period, values: known }];
  });
}

/** Undefined: empty. NaN: no number. */
function numberOf(text: string): number | undefined {
  if (text === '') return undefined;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}
