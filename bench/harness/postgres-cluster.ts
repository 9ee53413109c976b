import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Debian keeps the programs of each version; elsewhere `pg_config` knows. */
const DEBIAN = '/usr/lib/postgresql';

/** An empty cluster of our own on the disk. */
export interface Cluster {
  folder: string;
  /** The path of one of its programs. */
  program(name: string): string;
  /** Whom its processes belong to: PostgreSQL refuses to run as root. Empty for whoever we are. */
  user: { uid?: number; gid?: number };
  remove(): void;
}

/** Undefined where the programs are missing, or root has no user to run them as. */
export function makeCluster(): Cluster | undefined {
  const programs = programsFolder();
  const user: Cluster['user'] | undefined = process.getuid?.() === 0 ? userNamed('postgres') : {};
  if (programs === undefined || user === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'archipel-bench-postgres-'));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const words = ['-D', folder, '-U', 'archipel', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  const made = spawnSync(join(programs, 'initdb'), words, { cwd: folder, encoding: 'utf8', ...user });
  if (made.status === 0) return { folder, program: (name) => join(programs, name), user, remove };
  remove();
  throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
}

function programsFolder(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const named = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  const folders = [...versions.map((version) => join(DEBIAN, version, 'bin')), (named.stdout ?? '').trim()];
  return folders.find((folder) => folder !== '' && existsSync(join(folder, 'initdb')));
}

function userNamed(name: string): { uid: number; gid: number } | undefined {
  const line = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(readFileSync('/etc/passwd', 'utf8'));
  return line === null ? undefined : { uid: Number(line[1]), gid: Number(line[2]) };
}
