/** From when until when something holds, in Unix seconds (FACT-5). */
import type { ErrorName } from '../errors.ts';
import { MAX_CLOCK_AHEAD_SECONDS } from '../limits.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/** `expires` is the first second in which it holds no more. */
export interface Period {
  issued: number;
  expires: number;
}

export function writePeriod(writer: Writer, { issued, expires }: Period, mostSeconds: number): void {
  if (expires <= issued || expires - issued > mostSeconds) throw new RangeError('issued and expires');
  writer.varint(issued);
  writer.varint(expires);
}

export function readPeriod(reader: Reader): Period {
  const issued = reader.varint();
  const expires = reader.varint();
  reader.check(expires > issued);
  return { issued, expires };
}

/** `expiry_too_long` when it holds longer than it may. */
export function refuseLength({ issued, expires }: Period, mostSeconds: number): ErrorName | undefined {
  return expires - issued > mostSeconds ? 'expiry_too_long' : undefined;
}

export function refuseFuture(seconds: number, nowSeconds: number): ErrorName | undefined {
  return seconds > nowSeconds + MAX_CLOCK_AHEAD_SECONDS ? 'from_future' : undefined;
}

export function refusePeriod({ issued, expires }: Period, nowSeconds: number): ErrorName | undefined {
  return refuseFuture(issued, nowSeconds) ?? (nowSeconds >= expires ? 'expired' : undefined);
}
