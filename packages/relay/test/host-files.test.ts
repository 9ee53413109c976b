// What a host keeps beside its documents goes where they go, and never without them.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HostFiles } from '../src/host/host-files.ts';
import { identityPath, loadIdentity } from '../src/network/identity.ts';
import { openAdmissions } from '../src/store/admissions-sqlite.ts';
import type { StorePlace } from '../src/store/places.ts';
import { openSqliteLedger } from '../src/store/sqlite-ledger.ts';
import { Author, bytes } from './support/author.ts';
import { command } from './support/command.ts';
import { authorOn, startPair } from './support/neighbours.ts';
import { makeFolder } from './support/relay.ts';
import { areLevel, until, write, writerOn } from './support/together.ts';

const at = (folder: string): StorePlace => ({ kind: 'sqlite', folder });
const DATABASE: StorePlace = { kind: 'postgres', url: 'postgres://a@127.0.0.1/b', pool: 1 };
const ALL = ['identity.pem', 'network.db', 'replicas.sqlite'];

/** A folder with a key, a share and a count. */
function furnished(docId = bytes(20)): string {
  const folder = makeFolder();
  loadIdentity(folder);
  const ledger = openSqliteLedger(folder);
  ledger.add(docId, ['aa'], true, 100);
  ledger.pushed(docId, 'aa', 70);
  ledger.close();
  const admissions = openAdmissions(folder);
  admissions.add(1, 'docs', 3);
  admissions.close();
  return folder;
}

function shareIn(folder: string, docId: Uint8Array, host = 'aa'): number | undefined {
  const ledger = openSqliteLedger(folder);
  const pushed = ledger.pushedTo(docId, host);
  ledger.close();
  return pushed;
}

describe('hosts that keep documents together', () => {
  it('one moves to another folder while it serves: it is the same host, and what the other misses afterwards comes to it', async () => {
    const [a, b] = await startPair();
    // Its records go before the move: positions begin anew in the other store, below those that are known of here.
    const gone = new Author();
    const remover = await writerOn(a, gone, true);
    await write(remover, 10, 1);
    const author = authorOn([a, b]);
    const writer = await writerOn(a, author, true);
    const records = await write(writer, 2, 2);
    const owner = await a.client();
    const { channel } = await owner.open(gone, 'own');
    owner.send(channel, { type: 'order', order: gone.order(1) });
    await owner.next('ended');
    writer.client.close();
    await b.stop();
    const before = a.folder;
    const next = join(makeFolder(), 'next');
    const answers = await command(a, { do: 'migrate', to: `sqlite:${next}`, bus: '', isDry: false });
    expect(answers.at(-1)).toMatchObject({ is: 'moved', done: { files: ALL } });
    expect(readFileSync(identityPath(next))).toEqual(readFileSync(identityPath(before)));
    expect(statSync(identityPath(next)).mode & 0o777).toBe(0o600);
    // It works with the copies from now on.
    await command(a, { do: 'drain', stays: true });
    const again = await writerOn(a, author);
    records.push(...(await write(again, 3, 1)));
    const made = authorOn([a, b]);
    const maker = await writerOn(a, made, true);
    const others = await write(maker, 1, 1);
    await a.stop();
    a.folder = next;
    await a.again();
    await b.again();
    // Nobody opens them meanwhile, which would compare them.
    for (const { docId } of [author, made]) await until(() => (shareIn(next, docId, b.id) ?? 0) > 0, 'passed on');
    await a.stop();
    await areLevel([b], author, records);
    await areLevel([b], made, others);
  });

  it('one does not go to a database, and stays as it is', async () => {
    const [a] = await startPair();
    const to = 'postgres://archipel@127.0.0.1:1/archipel';
    for (const isDry of [true, false]) {
      const [answer] = await command(a, { do: 'migrate', to, bus: '', isDry });
      expect(answer).toEqual({
        is: 'failed',
        sentence: expect.stringMatching(/^This host works with others .*Take network out of the settings/),
      });
    }
    await write(await writerOn(a, authorOn([a]), true), 1, 1);
  });
});

describe('the files of a host', () => {
  it('are copied whole; positions are of the old store, and start anew', () => {
    const docId = bytes(20);
    const [from, to] = [furnished(docId), makeFolder()];
    const files = new HostFiles(from, undefined);
    files.check(at(to), true);
    expect(files.carry(at(to))).toEqual(ALL);
    files.keep();
    expect([shareIn(to, docId), shareIn(from, docId)]).toEqual([0, 70]);
    const admissions = openAdmissions(to);
    expect(admissions.count(1, 'docs')).toBe(3);
    admissions.close();
    // And back: what is there is an old copy.
    const back = new HostFiles(to, undefined);
    back.check(at(from), true);
    back.carry(at(from));
    expect(shareIn(from, docId)).toBe(0);
  });

  it('are gone from the new folder when the documents stay after all', () => {
    const docId = bytes(20);
    const [from, to] = [furnished(docId), makeFolder()];
    const users: string[] = [];
    const files = new HostFiles(from, { moveTo: (folder) => users.push(folder) });
    files.carry(at(to));
    files.undo();
    expect(users).toEqual([to, from]);
    expect(ALL.filter((name) => existsSync(join(to, name)))).toEqual([]);
    expect(shareIn(from, docId)).toBe(70);
  });

  it('when one cannot be copied none is, and it is said', () => {
    const [from, to] = [furnished(), makeFolder()];
    writeFileSync(join(from, 'network.db'), 'no database '.repeat(100));
    const files = new HostFiles(from, undefined);
    expect(() => files.carry(at(to))).toThrow(/cannot be copied to .* \(SQLITE_NOTADB\)/);
    files.undo();
    expect(ALL.filter((name) => existsSync(join(to, name)))).toEqual([]);
    expect(ALL.filter((name) => existsSync(join(from, name)))).toEqual(ALL);
  });

  it('do not go into the folder of another host', () => {
    const [from, to] = [furnished(), furnished()];
    const before = readFileSync(identityPath(to));
    expect(() => new HostFiles(from, undefined).check(at(to), true)).toThrow(/is that of another host/);
    expect(readFileSync(identityPath(to))).toEqual(before);
  });

  it('stay where they are when the documents go to a database, and count again when those come back', () => {
    const docId = bytes(20);
    const folder = furnished(docId);
    const files = new HostFiles(folder, undefined);
    expect(() => files.check(DATABASE, true)).toThrow(/Take network out/);
    files.check(DATABASE, false);
    expect(files.carry(DATABASE)).toEqual(ALL);
    files.keep();
    expect(shareIn(folder, docId)).toBe(70);
    expect(files.carry(at(folder))).toEqual(ALL);
    expect(shareIn(folder, docId)).toBe(0);
  });

  it('are none where a host has worked with no other', () => {
    const [from, to] = [makeFolder(), join(makeFolder(), 'new')];
    mkdirSync(to);
    const files = new HostFiles(from, undefined);
    expect(files.carry(at(to))).toEqual([]);
    expect(ALL.filter((name) => existsSync(join(to, name)))).toEqual([]);
  });
});
