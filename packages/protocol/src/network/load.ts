/** Load (§14): what a host carries just now, new every 10 to 30 seconds. */
import type { Bytes } from '../bytes.ts';
import type { ErrorName, Result } from '../errors.ts';
import type { Verify } from '../hash.ts';
import { MAX_CLOCK_AHEAD_SECONDS, MAX_LOAD_AGE_SECONDS, MAX_LOAD_BYTES, MAX_SERVICES, MAX_UNITS } from '../limits.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';
import { checkFact, type FactKind, type Signed } from './fact.ts';
import { byText, readAscending, writeAscending } from './lists.ts';
import { readText, serviceName, writeText } from './text.ts';

const FLAG_ACCEPTING = 1;
const FLAG_DRAINING = 2;
const SECOND_MS = 1000;

/** One service class, in its units. */
export interface ServiceLoad {
  service: string;
  capacity: number;
  present: number;
  /** Present, and expected of what it has promised room to. */
  committed: number;
  accepting: boolean;
  /** The host is leaving and hands on what it has; never while it accepts. */
  draining: boolean;
}

/** `timeMs` in Unix milliseconds. */
export interface Load {
  timeMs: number;
  services: ServiceLoad[];
}

function writeService(writer: Writer, load: ServiceLoad): void {
  const { capacity, present, committed, accepting, draining } = load;
  if (accepting && draining) throw new RangeError('accepting and draining');
  if (Math.max(capacity, present, committed) > MAX_UNITS) throw new RangeError('too many units');
  writeText(writer, serviceName, load.service);
  writer.u8((accepting ? FLAG_ACCEPTING : 0) | (draining ? FLAG_DRAINING : 0));
  writer.varint(capacity);
  writer.varint(present);
  writer.varint(committed);
}

function readService(reader: Reader): ServiceLoad {
  const service = readText(reader, serviceName);
  const flags = reader.u8();
  reader.check(flags <= FLAG_DRAINING);
  const capacity = reader.varint(MAX_UNITS);
  const present = reader.varint(MAX_UNITS);
  const committed = reader.varint(MAX_UNITS);
  const state = { accepting: flags === FLAG_ACCEPTING, draining: flags === FLAG_DRAINING };
  return { service, capacity, present, committed, ...state };
}

const SERVICES = { most: MAX_SERVICES, compare: (a: ServiceLoad, b: ServiceLoad) => byText(a.service, b.service) };

export const LOAD: FactKind<Load> = {
  type: 2,
  label: 'arc1 load',
  maxBytes: MAX_LOAD_BYTES,
  write(writer, load) {
    writer.varint(load.timeMs);
    writeAscending(writer, load.services, { ...SERVICES, write: (service) => writeService(writer, service) });
  },
  read(reader) {
    const timeMs = reader.varint();
    return { timeMs, services: readAscending(reader, { ...SERVICES, read: () => readService(reader) }) };
  },
};

/** `afterMs`: time of the last one known of this host. */
interface LoadWish {
  nowMs: number;
  host?: Bytes;
  afterMs?: number;
}

function refuseTime(timeMs: number, { nowMs, afterMs }: LoadWish): ErrorName | undefined {
  if (timeMs > nowMs + MAX_CLOCK_AHEAD_SECONDS * SECOND_MS) return 'from_future';
  if (timeMs < nowMs - MAX_LOAD_AGE_SECONDS * SECOND_MS) return 'expired';
  return afterMs !== undefined && timeMs <= afterMs ? 'stale_fact' : undefined;
}

/** Errors: those of `decodeFact`, `wrong_host`, `from_future`, `expired` (LOAD-1), `stale_fact` (LOAD-2), `bad_signature`. */
export function checkLoad(bytes: Bytes, wish: LoadWish, verify: Verify): Promise<Result<Signed<Load>>> {
  return checkFact(LOAD, bytes, { host: wish.host, refuse: ({ timeMs }) => refuseTime(timeMs, wish) }, verify);
}
