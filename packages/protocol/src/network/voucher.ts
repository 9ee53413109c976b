/** Voucher (§15): a host asks another to take what its visitor creates, or promises room itself. It names no document. */
import type { Bytes } from '../bytes.ts';
import { equal } from '../bytes.ts';
import type { Result } from '../errors.ts';
import type { Verify } from '../hash.ts';
import {
  HOST_ID_BYTES,
  MAX_UNITS,
  MAX_VOUCHER_BYTES,
  MAX_VOUCHER_VALID_SECONDS,
  VOUCHER_NONCE_BYTES,
} from '../limits.ts';
import { checkFact, type FactKind, type Signed } from './fact.ts';
import { type Period, readPeriod, refuseLength, refusePeriod, writePeriod } from './period.ts';
import { readText, serviceName, writeText } from './text.ts';

export interface Voucher extends Period {
  /** Id of the host that is to take it. */
  audience: Bytes;
  service: string;
  /** Expected, in units of the service class; at least 1. */
  units: number;
  /** Of what is created; 0 = the limit of the audience. */
  maxBytes: number;
  /** How long what is created lives, in seconds; 0 = the default of the audience. */
  ttlSeconds: number;
  /** 16 random bytes: the audience takes each of an issuer once. */
  nonce: Bytes;
}

export const VOUCHER: FactKind<Voucher> = {
  type: 3,
  label: 'arc1 voucher',
  maxBytes: MAX_VOUCHER_BYTES,
  write(writer, voucher) {
    if (voucher.units < 1 || voucher.units > MAX_UNITS) throw new RangeError('units');
    writer.fixed(voucher.audience, HOST_ID_BYTES);
    writeText(writer, serviceName, voucher.service);
    writer.varint(voucher.units);
    writer.varint(voucher.maxBytes);
    writer.varint(voucher.ttlSeconds);
    writer.fixed(voucher.nonce, VOUCHER_NONCE_BYTES);
    writePeriod(writer, voucher, MAX_VOUCHER_VALID_SECONDS);
  },
  read(reader) {
    const audience = reader.fixed(HOST_ID_BYTES);
    const service = readText(reader, serviceName);
    const units = reader.varint(MAX_UNITS);
    reader.check(units >= 1);
    const maxBytes = reader.varint();
    const ttlSeconds = reader.varint();
    const nonce = reader.fixed(VOUCHER_NONCE_BYTES);
    return { audience, service, units, maxBytes, ttlSeconds, nonce, ...readPeriod(reader) };
  },
  refuse: (voucher) => refuseLength(voucher, MAX_VOUCHER_VALID_SECONDS),
};

/** `audience`: the id of who reads it; `issuer`: the id it must be signed by. */
interface VoucherWish {
  nowSeconds: number;
  audience: Bytes;
  issuer?: Bytes;
}

/**
 * Errors: those of `decodeFact`, `wrong_host` (for another audience, or of another issuer), `from_future`, `expired`, `bad_signature`.
 * Whether the nonce was used is for the caller to know.
 */
export function checkVoucher(bytes: Bytes, wish: VoucherWish, verify: Verify): Promise<Result<Signed<Voucher>>> {
  const { nowSeconds, audience, issuer } = wish;
  const refuse = (voucher: Voucher) =>
    equal(voucher.audience, audience) ? refusePeriod(voucher, nowSeconds) : ('wrong_host' as const);
  return checkFact(VOUCHER, bytes, { host: issuer, refuse }, verify);
}
