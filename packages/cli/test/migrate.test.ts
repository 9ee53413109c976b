// The command against real hosts and folders, with settings in files as an operator has them.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MovableStore, RelayServer, Settings } from '@archipel/relay';
import { makeConfig, openSqliteStore, silentLog, startServer, systemClock } from '@archipel/relay';
import { findSettings } from '@archipel/relay/admin';
import { freePort } from '@archipel/relay/services';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../src/commands.ts';
import { testTerminal } from './support/terminal.ts';

let folder = '';
let port = 0;
const environment = { ...process.env };

beforeEach(async () => {
  port = await freePort();
  folder = mkdtempSync(join(tmpdir(), 'archipel-migrate-'));
  process.env.ARCHIPEL_CONFIG = join(folder, 'archipel.json');
});
afterEach(() => {
  process.env = { ...environment };
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
const settings = (): Settings => JSON.parse(readFileSync(at('archipel.json'), 'utf8')) as Settings;

function writeSettings(more: Settings = {}): void {
  writeFileSync(at('archipel.json'), JSON.stringify({ host: '127.0.0.1', port, data: at('data'), ...more }));
}

async function startHost(): Promise<RelayServer> {
  const found = findSettings();
  const server = await startServer(makeConfig({ ...found.settings, logLevel: 'silent' }, found.origin));
  onTestFinished(() => server.stop());
  return server;
}

function openIn(data: string): Promise<MovableStore> {
  const common = { maxBytes: 0, minFreeBytes: 0, tombstoneDays: 1, commitIntervalMs: 0 };
  return openSqliteStore({ ...common, folder: data, clock: systemClock, log: silentLog }, 'mover');
}

/** A store with that many documents, closed again. */
async function furnish(data: string, documents: number): Promise<void> {
  const store = await openIn(data);
  for (let i = 0; i < documents; i++)
    await store.create(crypto.getRandomValues(new Uint8Array(20)), new Uint8Array(180), 0);
  await store.close();
}

async function countIn(data: string): Promise<unknown> {
  const store = await openIn(data);
  const count = await store.count();
  const standing = await store.standing();
  await store.close();
  return [count, typeof standing === 'string' ? standing : standing.kind];
}

async function archipel(...args: string[]) {
  const terminal = testTerminal();
  const code = await run(args, terminal);
  return { code, said: terminal.said.join('\n'), complained: terminal.complained.join('\n') };
}

describe('with a running host', () => {
  it('moves its documents, and the settings say where they are', async () => {
    writeSettings({ name: 'Îlots' });
    await furnish(at('data'), 12);
    const host = await startHost();
    const dry = await archipel('migrate', '--to', `sqlite:${at('new')}`, '--dry-run');
    expect(dry).toMatchObject({
      code: 0,
      said: expect.stringMatching(/12 documents[\s\S]*The host is running[\s\S]*Nothing was changed/),
    });
    expect(settings()).not.toHaveProperty('store');
    const { code, said, complained } = await archipel('migrate', '--to', `sqlite:${at('new')}`);
    expect({ code, complained }).toEqual({ code: 0, complained: '' });
    expect(said).toMatch(/Moved 12 documents \(0 records, 0 B\) to the data folder .*new\./);
    expect(said).toMatch(/For .* nobody was served/);
    expect(settings()).toMatchObject({ name: 'Îlots', data: at('new') });
    await host.stop();
    expect([await countIn(at('data')), await countIn(at('new'))]).toEqual([
      [12, 'left'],
      [12, 'serving'],
    ]);
    await (await startHost()).stop();
  });

  it('a host that works with others is the same one afterwards, and says what went along', async () => {
    writeSettings({ network: { url: `http://127.0.0.1:${port}`, people: 10 } });
    await furnish(at('data'), 2);
    const host = await startHost();
    const refused = await archipel('migrate', '--to', 'postgres://a:s3cret@127.0.0.1:1/b');
    expect(refused).toMatchObject({ code: 1, complained: expect.stringMatching(/^This host works with others/) });
    const { code, said } = await archipel('migrate', '--to', `sqlite:${at('new')}`);
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringMatching(/is there too: identity\.pem, network\.db, replicas\.sqlite\./),
    });
    await host.stop();
    const again = await startHost();
    expect(again.fingerprint).toBe(host.fingerprint);
    await again.stop();
    // Without a running host as well.
    expect(await archipel('migrate', '--to', `sqlite:${at('third')}`)).toMatchObject({ code: 0 });
    expect((await startHost()).fingerprint).toBe(host.fingerprint);
  });

  it('Ctrl-C cancels while documents are copied: the host goes on as before', async () => {
    writeSettings();
    await furnish(at('data'), 400);
    const host = await startHost();
    const terminal = testTerminal();
    const { say } = terminal;
    terminal.say = (line) => {
      say(line);
      if (line.startsWith('Copying')) terminal.interrupt();
    };
    expect(await run(['migrate', '--to', `sqlite:${at('new')}`], terminal)).toBe(130);
    expect(terminal.complained).toEqual(['Cancelling ...', 'Cancelled: the documents stay where they are.']);
    expect(settings().data).toBe(at('data'));
    await host.stop();
    expect([await countIn(at('data')), await countIn(at('new'))]).toEqual([
      [400, 'serving'],
      [0, 'serving'],
    ]);
  });

  it('says why when it cannot be, and leaves the settings alone', async () => {
    writeSettings();
    await furnish(at('taken'), 1);
    await startHost();
    const before = readFileSync(at('archipel.json'), 'utf8');
    const dry = await archipel('migrate', '--to', `sqlite:${at('taken')}`, '--dry-run');
    expect(dry).toMatchObject({
      code: 1,
      complained: expect.stringMatching(/^This cannot be done: There are documents/),
    });
    const real = await archipel('migrate', '--to', `sqlite:${at('taken')}`);
    expect(real).toMatchObject({
      code: 1,
      complained: expect.stringMatching(/^There are documents in .*taken already/),
    });
    const nobody = await archipel('migrate', '--to', 'postgres://a:s3cret@127.0.0.1:1/b');
    expect(nobody).toMatchObject({ code: 1, complained: expect.stringMatching(/^No PostgreSQL listens/) });
    expect(readFileSync(at('archipel.json'), 'utf8')).toBe(before);
  });

  it('writes the settings also when the documents are there already', async () => {
    writeSettings();
    await startHost();
    await archipel('migrate', '--to', `sqlite:${at('new')}`);
    // As when the command was killed before it could.
    writeFileSync(at('archipel.json'), JSON.stringify({ ...settings(), data: at('data') }));
    const { code, complained } = await archipel('migrate', '--to', `sqlite:${at('new')}`);
    expect({ code, complained, data: settings().data }).toEqual({ code: 0, complained: '', data: at('new') });
    // By the new settings the host is found as well.
    const back = await archipel('migrate', '--to', `sqlite:${at('data')}`);
    expect(back).toMatchObject({ code: 0, complained: '', said: expect.not.stringContaining('No host runs') });
  });

  it('says which variables say otherwise', async () => {
    writeSettings();
    process.env.ARCHIPEL_DATA = at('data');
    await startHost();
    const { code, said } = await archipel('migrate', '--to', `sqlite:${at('new')}`);
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringMatching(/But ARCHIPEL_DATA is set, and says otherwise/),
    });
  });
});

describe('without a running host', () => {
  it('moves the documents itself, the address read from the input', async () => {
    writeSettings();
    await furnish(at('data'), 3);
    const terminal = testTerminal({ input: `sqlite:${at('new')}` });
    expect(await run(['migrate', '--to', '-'], terminal)).toBe(0);
    expect(terminal.said.join('\n')).toMatch(/^No host runs with these settings[\s\S]*Moved 3 documents/);
    expect(terminal.said.join('\n')).not.toMatch(/nobody was served/);
    expect(settings().data).toBe(at('new'));
    expect([await countIn(at('data')), await countIn(at('new'))]).toEqual([
      [3, 'left'],
      [3, 'serving'],
    ]);
  });

  it('only says what it would do', async () => {
    writeSettings();
    await furnish(at('data'), 3);
    const { code, said } = await archipel('migrate', '--to', `sqlite:${at('new')}`, '--dry-run');
    expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/3 documents[\s\S]*No host runs/) });
    expect(existsSync(at('new'))).toBe(false);
  });

  it('finishes a move that ended in its last moment', async () => {
    writeSettings();
    await furnish(at('data'), 3);
    await archipel('migrate', '--to', `sqlite:${at('new')}`);
    const target = await openIn(at('new'));
    const standing = await target.standing();
    if (typeof standing === 'string') throw new Error(standing);
    await target.setStanding({ ...standing, kind: 'filled' }, standing.changes);
    await target.close();
    writeFileSync(at('archipel.json'), JSON.stringify({ ...settings(), data: at('data') }));
    await expect(startHost()).rejects.toThrow(/were moved to the data folder .*new at/);
    const { code, said } = await archipel('migrate', '--to', `sqlite:${at('new')}`);
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringMatching(/^No host[\s\S]*All documents are in .*new\./),
    });
    expect(settings().data).toBe(at('new'));
    await (await startHost()).stop();
    // Another place is not where they went.
    writeFileSync(at('archipel.json'), JSON.stringify({ ...settings(), data: at('data') }));
    const elsewhere = await archipel('migrate', '--to', `sqlite:${at('third')}`);
    expect(elsewhere).toMatchObject({
      code: 1,
      complained: expect.stringMatching(/were moved to the data folder .*new at/),
    });
  });

  it('says what to change when the settings cannot be written', async () => {
    writeSettings();
    await furnish(at('data'), 1);
    mkdirSync(at('etc'));
    writeFileSync(at('etc/archipel.json'), readFileSync(at('archipel.json')));
    process.env.ARCHIPEL_CONFIG = at('etc/archipel.json');
    writeFileSync(at(`etc/archipel.json.${process.pid}.new`), 'in the way');
    const { code, complained } = await archipel('migrate', '--to', `sqlite:${at('new')}`);
    expect({ code, complained }).toEqual({
      code: 1,
      complained: expect.stringMatching(/cannot be written \(EEXIST\).*: data is set\.$/),
    });
  });
});
