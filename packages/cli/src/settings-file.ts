/** archipel.json after a move: it says where the documents are, and all else as before. */
import {
  closeSync,
  existsSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Settings, StorePlace } from '@archipel/relay/admin';
import { syncFolder } from '@archipel/relay/admin';

/** It may hold passwords. */
const PRIVATE_MODE = 0o600;

export interface NewHome {
  place: StorePlace;
  /** Addresses of NATS; empty when nobody said. */
  bus: string;
  /** The folder that counts when the settings name no store. */
  dataFolder: string;
  /** Where files are when the settings do not say so; undefined: there are none. */
  filesFolder: string | undefined;
}

/** The settings that say so, and which of them are other than before. */
export function settingsAt(
  before: Settings,
  { place, bus, dataFolder, filesFolder }: NewHome,
): { settings: Settings; changed: string[] } {
  const { store: _store, bus: busBefore, data, ...others } = before;
  const settings: Settings = { ...others, ...(data === undefined ? {} : { data }) };
  if (place.kind === 'postgres') {
    settings.store = place.url;
    if (settings.files === undefined && filesFolder !== undefined) settings.files = filesFolder;
    if (bus !== '' || busBefore !== undefined) settings.bus = bus || busBefore;
  } else if (place.folder !== dataFolder) settings.data = place.folder;
  const changed = (['store', 'bus', 'data', 'files'] as const).filter((name) => settings[name] !== before[name]);
  return { settings: inOrder(before, settings), changed };
}

/** What was there stays where it was. */
function inOrder(before: Settings, after: Settings): Settings {
  const known = Object.keys(before).filter((name) => Object.hasOwn(after, name));
  const names = [...known, ...Object.keys(after).filter((name) => !known.includes(name))];
  return Object.fromEntries(names.map((name) => [name, after[name as keyof Settings]]));
}

export function readSettingsFile(file: string): Settings {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Settings) : {};
}

/** At any instant the file is the old one or the new one. Throws the errors of the file system. */
export function writeSettingsFile(file: string, settings: Settings): void {
  const before = existsSync(file) ? realpathSync(file) : undefined;
  const path = before ?? file;
  const indent = before === undefined ? 2 : (/^[ \t]+(?=")/m.exec(readFileSync(before, 'utf8'))?.[0] ?? 2);
  const temporary = `${path}.${process.pid}.new`;
  const old = before === undefined ? undefined : statSync(before);
  const handle = openSync(temporary, 'wx', old === undefined ? PRIVATE_MODE : old.mode & 0o777);
  try {
    writeSync(handle, `${JSON.stringify(settings, undefined, indent)}\n`);
    // Whoever runs this may be another user than the host.
    if (old !== undefined && process.getuid?.() === 0) fchownSync(handle, old.uid, old.gid);
    fsyncSync(handle);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}
