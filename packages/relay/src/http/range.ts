/** One range of bytes (RFC 9110 §14): several at once are answered as if none had been asked for. */
export interface ByteRange {
  start: number;
  /** The byte after the last. */
  end: number;
}

const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/** Undefined: everything is meant. */
export function parseRange(header: string | undefined, length: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = RANGE.exec(header?.replace(/\s/g, '') ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const count = Math.min(length, Number(last));
    return count === 0 ? 'unsatisfiable' : { start: length - count, end: length };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= length) return 'unsatisfiable';
  return { start, end: last === '' ? length : Math.min(length, Number(last) + 1) };
}
