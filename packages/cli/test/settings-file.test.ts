import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings, StorePlace } from '@archipel/relay/admin';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSettingsFile, settingsAt, writeSettingsFile } from '../src/settings-file.ts';

const POSTGRES: StorePlace = { kind: 'postgres', url: 'postgres://a:b@c/d', pool: 8 };
const DATA = '/srv/data';
const BUS = 'nats://127.0.0.1:4222';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'archipel-cli-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function at(before: Settings, place: StorePlace, bus = '', filesFolder?: string) {
  return settingsAt(before, { place, bus, dataFolder: DATA, filesFolder });
}

describe('settings after a move', () => {
  it('name the database and the bus, and keep all else in its order', () => {
    const before = { name: 'Îlots', port: 1, data: './data', limits: { connections: 5 } };
    const { settings, changed } = at(before, POSTGRES, BUS);
    expect(Object.entries(settings)).toEqual([...Object.entries(before), ['store', POSTGRES.url], ['bus', BUS]]);
    expect(changed).toEqual(['store', 'bus']);
  });

  it('say where files are, when they did not: a database holds none', () => {
    const there = '/srv/data/blobs';
    expect(at({}, POSTGRES, BUS, there)).toMatchObject({
      settings: { files: there },
      changed: ['store', 'bus', 'files'],
    });
    expect(at({ files: '/mnt/files' }, POSTGRES, BUS, there).settings.files).toBe('/mnt/files');
    expect(at({}, { kind: 'sqlite', folder: '/srv/new' }, '', there).settings).not.toHaveProperty('files');
  });

  it('keep the bus that they had, when no other is named', () => {
    const before = { bus: 'nats://old', store: 'postgres://x/y', port: 1 };
    expect(at(before, POSTGRES)).toEqual({ settings: { ...before, store: POSTGRES.url }, changed: ['store'] });
    expect(at(before, POSTGRES, BUS).settings.bus).toBe(BUS);
  });

  it('name neither when the documents are in the data folder, and another folder when they are there', () => {
    const before = { store: 'postgres://x/y', bus: BUS, port: 1 };
    const home: StorePlace = { kind: 'sqlite', folder: DATA };
    expect(at(before, home)).toEqual({ settings: { port: 1 }, changed: ['store', 'bus'] });
    expect(at({ ...before, data: './data' }, home).settings).toEqual({ port: 1, data: './data' });
    const elsewhere: StorePlace = { kind: 'sqlite', folder: '/mnt/other' };
    expect(at(before, elsewhere)).toEqual({
      settings: { port: 1, data: '/mnt/other' },
      changed: ['store', 'bus', 'data'],
    });
  });

  it('are as they were when they say so already', () => {
    expect(at({ store: POSTGRES.url, bus: BUS }, POSTGRES, BUS).changed).toEqual([]);
  });
});

describe('the file of the settings', () => {
  it('is replaced in one step, with its indentation, its rights and its name', () => {
    const here = folder();
    const real = join(here, 'real.json');
    const file = join(here, 'archipel.json');
    writeFileSync(real, '{\n    "port": 1\n}\n');
    chmodSync(real, 0o640);
    symlinkSync(real, file);
    writeSettingsFile(file, { ...readSettingsFile(file), store: 'postgres://x/y' });
    expect(readFileSync(real, 'utf8')).toBe('{\n    "port": 1,\n    "store": "postgres://x/y"\n}\n');
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readdirSync(here).sort()).toEqual(['archipel.json', 'real.json']);
  });

  it('is made when there is none, for its owner alone', () => {
    const file = join(folder(), 'archipel.json');
    expect(readSettingsFile(file)).toEqual({});
    writeSettingsFile(file, { store: 'postgres://a:b@c/d' });
    expect(readSettingsFile(file)).toEqual({ store: 'postgres://a:b@c/d' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
