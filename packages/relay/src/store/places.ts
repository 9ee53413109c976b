/** Where a store is, and how it is called in words that leave the password out. */
import { resolve } from 'node:path';

/** `url` may hold a password. */
export type StorePlace = { kind: 'sqlite'; folder: string } | { kind: 'postgres'; url: string; pool: number };

const POSTGRES = new Set(['postgres:', 'postgresql:']);
const SQLITE = 'sqlite:';
const DEFAULT_PORT = '5432';

export const POSTGRES_SYNTAX =
  'it is no address such as postgres://user:password@host/database, special characters of the password in percent (@ as %40)';

/** The address of a PostgreSQL database, or what is wrong with it. */
export function parsePostgres(url: string, pool: number): StorePlace | { wrong: string } {
  const protocol = URL.canParse(url) ? new URL(url).protocol : undefined;
  if (protocol !== undefined && POSTGRES.has(protocol)) return { kind: 'postgres', url, pool };
  return { wrong: protocol === undefined ? POSTGRES_SYNTAX : 'an address begins with postgres:// or postgresql://' };
}

/** As a command takes it: the address of a database, or `sqlite:` with a folder, which without a name is `folder`. */
export function parsePlace(text: string, folder: string, pool: number): StorePlace | { wrong: string } {
  if (!text.startsWith(SQLITE)) {
    const place = parsePostgres(text, pool);
    return 'wrong' in place ? { wrong: `${place.wrong}, nor a folder such as sqlite:./data` } : place;
  }
  const named = text.slice(SQLITE.length).replace(/^\/\/(?=\/)/, '');
  return { kind: 'sqlite', folder: named === '' ? folder : resolve(named) };
}

/** The same with the folder in full, for a process that was started elsewhere or with other settings. */
export function absolute(text: string, folder: string): string {
  const place = text.startsWith(SQLITE) ? parsePlace(text, folder, 1) : undefined;
  return place !== undefined && 'folder' in place ? `${SQLITE}${place.folder}` : text;
}

export function nameOf(place: StorePlace): string {
  if (place.kind === 'sqlite') return `the data folder ${place.folder}`;
  const { username, hostname, port, pathname, searchParams } = new URL(place.url);
  const host = hostname || searchParams.get('host') || 'localhost';
  const user = username === '' ? '' : `${username}@`;
  return `the database postgres://${user}${host}:${port || DEFAULT_PORT}${pathname}`;
}

export function isSamePlace(a: StorePlace, b: StorePlace): boolean {
  return nameOf(a) === nameOf(b);
}
