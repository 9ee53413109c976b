// A file beside the documents that cannot be used: the host does not start, says why in one sentence, and leaves it as it is.
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { makeConfig, StartError, startServer } from '../src/index.ts';
import { openAdmissions } from '../src/store/admissions-sqlite.ts';
import { openBlobStore } from '../src/store/blobs-sqlite.ts';
import { openSqliteLedger } from '../src/store/sqlite-ledger.ts';
import { bytes } from './support/author.ts';
import { makeFolder, startProcess, startRelay } from './support/relay.ts';

const URL_HERE = 'http://127.0.0.1:4280';
const FILES = ['network.db', 'replicas.sqlite'] as const;
const PAGE_BYTES = 4096;
const NOBODY = 65_534;

/** As a host leaves it, with rows. */
function furnished(): string {
  const folder = makeFolder();
  const ledger = openSqliteLedger(folder);
  const hosts = Array.from({ length: 500 }, (_, i) => `host-${i}`);
  ledger.add(bytes(20), hosts, false, 0);
  ledger.close();
  const admissions = openAdmissions(folder);
  for (let i = 0; i < 200; i++) admissions.useNonce(bytes(20), bytes(16), i);
  admissions.close();
  return folder;
}

async function refusal(folder: string): Promise<string> {
  const settings = { host: '127.0.0.1', port: 0, logLevel: 'silent' as const, data: folder };
  const config = makeConfig({ ...settings, network: { url: URL_HERE, people: 10 } });
  const error = await startServer(config).then(
    (server) => server.stop(),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StartError);
  return (error as StartError).message;
}

describe.each(FILES)('%s', (name) => {
  it.each([
    ['is no database', 'SQLITE_NOTADB', (path: string) => writeFileSync(path, 'something else\n'.repeat(1000))],
    [
      'has pages that are damaged',
      'SQLITE_CORRUPT',
      (path: string) => {
        const content = readFileSync(path);
        content.fill(0xa5, 2 * PAGE_BYTES);
        writeFileSync(path, content);
      },
    ],
    [
      'was cut',
      'SQLITE_(CORRUPT|IOERR_SHORT_READ)',
      (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 3 * PAGE_BYTES)),
    ],
    [
      'is the database of another program',
      'SQLITE_CORRUPT',
      (path: string) => {
        rmSync(path);
        const db = new Sqlite(path);
        db.exec('create table recipe (name text)');
        db.close();
      },
    ],
    [
      'lacks a table',
      'SQLITE_ERROR',
      (path: string) => {
        const db = new Sqlite(path);
        db.exec(name === 'network.db' ? 'drop table nonce' : 'drop table pending_order');
        db.close();
      },
    ],
    [
      'is of a newer version',
      'NewerSchemaError',
      (path: string) => {
        const db = new Sqlite(path);
        db.pragma('user_version = 99');
        db.close();
      },
    ],
  ])('that %s', async (_what, code, spoil) => {
    const folder = furnished();
    const path = join(folder, name);
    spoil(path);
    const before = readFileSync(path);
    const sentence = await refusal(folder);
    expect(sentence).toMatch(new RegExp(`^${path} cannot be used \\(${code}\\): .*\\.$`));
    expect(readFileSync(path)).toEqual(before);
    // Nothing else was made or opened: a host starts as soon as the file is away.
    expect(readdirSync(folder)).not.toContain('archipel.sqlite');
    rmSync(path);
    await (await startRelay({ data: folder, network: { url: URL_HERE, people: 10 } })).server.stop();
  });

  it('that is a folder', async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, name));
    expect(await refusal(folder)).toMatch(
      /cannot be used \(SQLITE_CANTOPEN.*\): it is not there to be opened, or the disk fails\.$/,
    );
    expect(statSync(join(folder, name)).isDirectory()).toBe(true);
  });

  it('that may not be written: one sentence, code 1', async () => {
    const folder = furnished();
    const settings = join(makeFolder(), 'archipel.json');
    writeFileSync(settings, JSON.stringify({ network: { url: URL_HERE, people: 10 } }));
    await startRelay({ data: folder, network: { url: URL_HERE, people: 10 } }).then(({ server }) => server.stop());
    const isRoot = process.getuid?.() === 0;
    // Root may write anywhere: the host is started as somebody else then.
    const asOther = isRoot ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
    if (isRoot) for (const path of ['.', ...readdirSync(folder)]) chownSync(join(folder, path), NOBODY, NOBODY);
    for (const path of [settings, join(settings, '..')]) chmodSync(path, 0o755);
    chmodSync(join(folder, name), 0o400);
    const refused = await startProcess({ ARCHIPEL_DATA: folder, ARCHIPEL_CONFIG: settings }, asOther);
    expect(await refused.ended).toEqual([1, null]);
    expect(refused.output()).toMatch(
      new RegExp(
        `^${join(folder, name)} cannot be used \\(SQLITE_READONLY[A-Z_]*\\): this user may not write to it\\.\n$`,
      ),
    );
  });
});

it.each([
  ['is no database', 'SQLITE_NOTADB', 'something else\n'.repeat(1000)],
  ['is of a newer version', 'NewerSchemaError', undefined],
])('blobs.sqlite that %s', async (_what, code, content) => {
  const folder = makeFolder();
  const path = join(folder, 'blobs.sqlite');
  openBlobStore(folder).close();
  if (content === undefined) {
    const db = new Sqlite(path);
    db.pragma('user_version = 99');
    db.close();
  } else writeFileSync(path, content);
  const before = readFileSync(path);
  expect(await refusal(folder)).toMatch(new RegExp(`^${path} cannot be used \\(${code}\\): .*\\.$`));
  expect(readFileSync(path)).toEqual(before);
  rmSync(path);
  await (await startRelay({ data: folder })).server.stop();
});
