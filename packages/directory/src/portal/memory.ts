/** What the portal has seen, on the disk: written beside and put in place in one step, so that a crash leaves the last one. */
import { open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredHistory } from './history.ts';
import { PORTAL_LIMITS } from './limits.ts';

const FILE = 'portal.json';
const VERSION = 1;

export interface StoredHost {
  origin: string;
  id: string | undefined;
  firstSeenMs: number | undefined;
  lastAnswerMs: number | undefined;
  /** Base64. */
  manifest: string | undefined;
  /** By service class, what people have confirmed (routing rule 5); older files have none. */
  confirmed?: Readonly<Record<string, number>>;
  history: StoredHistory;
}

export interface StoredService {
  url: string;
  history: StoredHistory;
}

export interface Stored {
  hosts: readonly StoredHost[];
  services: readonly StoredService[];
}

const NOTHING: Stored = { hosts: [], services: [] };

/** Undefined: there is a file that nobody can read; the next one takes its place. */
export async function readMemory(folder: string): Promise<Stored | undefined> {
  const path = join(folder, FILE);
  let text: string;
  try {
    if ((await stat(path)).size > PORTAL_LIMITS.memoryMaxBytes) return undefined;
    text = await readFile(path, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? NOTHING : undefined;
  }
  return parsed(text);
}

function parsed(text: string): Stored | undefined {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return undefined; // Not ours, or broken by hand.
  }
  const { version, hosts, services } = (file ?? {}) as Record<string, unknown>;
  if (version !== VERSION || !Array.isArray(hosts) || !Array.isArray(services)) return undefined;
  return { hosts: hosts.filter(isStoredHost), services: services.filter(isStoredService) };
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isMaybe = (value: unknown, type: 'string' | 'number'): boolean => value === undefined || typeof value === type;
const fieldsOf = (value: unknown): Record<string, unknown> => (value ?? {}) as Record<string, unknown>;

function isHistory(value: unknown): boolean {
  const { hour, answered, fullest } = fieldsOf(value);
  return Number.isInteger(hour) && isText(answered) && isText(fullest);
}

function isStoredHost(value: unknown): value is StoredHost {
  const { origin, id, firstSeenMs, lastAnswerMs, manifest, confirmed, history } = fieldsOf(value);
  const hasTimes = isMaybe(firstSeenMs, 'number') && isMaybe(lastAnswerMs, 'number');
  const isConfirmed = Object.values(fieldsOf(confirmed)).every((units) => Number.isFinite(units));
  const hasFacts = hasTimes && isMaybe(manifest, 'string') && isConfirmed;
  return isText(origin) && isMaybe(id, 'string') && hasFacts && isHistory(history);
}

function isStoredService(value: unknown): value is StoredService {
  const { url, history } = fieldsOf(value);
  return isText(url) && isHistory(history);
}

/** Rejects when the disk refuses. */
export async function writeMemory(folder: string, stored: Stored): Promise<void> {
  const path = join(folder, FILE);
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(JSON.stringify({ version: VERSION, ...stored }));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
