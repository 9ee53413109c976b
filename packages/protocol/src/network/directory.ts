/** Directory (§17): a portal's list of hosts, small enough that a browser keeps it and chooses by itself. */
import type { Bytes } from '../bytes.ts';
import type { Result } from '../errors.ts';
import type { Verify } from '../hash.ts';
import { MAX_DIRECTORY_BYTES, MAX_DIRECTORY_VALID_SECONDS, MAX_NAME_BYTES } from '../limits.ts';
import { type ListedHost, readHosts, writeHosts } from './directory-hosts.ts';
import { checkFact, type FactKind, type Signed, succeedFact } from './fact.ts';
import { type Period, readPeriod, refuseLength, refusePeriod, writePeriod } from './period.ts';
import { readText, requiredLine, writeText } from './text.ts';

export interface Directory extends Period {
  /** Name of the portal, for people. */
  portal: string;
  /** Ascending by id. */
  hosts: ListedHost[];
}

const PORTAL = requiredLine(MAX_NAME_BYTES);

export const DIRECTORY: FactKind<Directory> = {
  type: 5,
  label: 'arc1 directory',
  maxBytes: MAX_DIRECTORY_BYTES,
  write(writer, directory) {
    writeText(writer, PORTAL, directory.portal);
    writePeriod(writer, directory, MAX_DIRECTORY_VALID_SECONDS);
    writeHosts(writer, directory.hosts);
  },
  read(reader) {
    const portal = readText(reader, PORTAL);
    const period = readPeriod(reader);
    return { portal, ...period, hosts: readHosts(reader) };
  },
  refuse: (directory) => refuseLength(directory, MAX_DIRECTORY_VALID_SECONDS),
};

/** `host`: the id of the portal. Errors: those of `decodeFact`, `wrong_host`, `from_future`, `expired`, `bad_signature`. */
export function checkDirectory(
  bytes: Bytes,
  { nowSeconds, host }: { nowSeconds: number; host?: Bytes },
  verify: Verify,
): Promise<Result<Signed<Directory>>> {
  return checkFact(DIRECTORY, bytes, { host, refuse: (directory) => refusePeriod(directory, nowSeconds) }, verify);
}

/**
 * Whether `next` may stand in the place of the directory `held` (DIR-4), both checked: `same` when it is that very one.
 * Errors: `wrong_host`, `stale_fact`.
 */
export function succeedDirectory(held: Bytes, next: Bytes): Result<'same' | 'next'> {
  return succeedFact(DIRECTORY, held, next, ({ issued }) => issued);
}
