import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Settings } from '../src/config.ts';
import { makeConfig, readConfig } from '../src/config.ts';
import { StartError } from '../src/start-error.ts';

const STORE = 'postgres://archipel:hunter2@db.example/archipel';
const BUS = 'nats://u:hunter2@a.example:4222, nats://b.example';

function sentenceOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof StartError) return error.message;
    throw error;
  }
  return 'none';
}
const wrong = (settings: object): string => sentenceOf(() => makeConfig(settings as Settings));

/** A folder with an archipel.json. */
function folderWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'archipel-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'archipel.json'), text);
  return folder;
}

function setVariables(variables: Record<string, string>): void {
  const before = { ...process.env };
  onTestFinished(() => {
    process.env = before;
  });
  Object.assign(process.env, variables);
}

describe('settings of store and bus', () => {
  it('without any, one process with its own store', () => {
    expect(makeConfig()).toMatchObject({ store: { kind: 'sqlite' }, bus: { kind: 'local' } });
    expect(makeConfig({ store: '', bus: '' })).toMatchObject({ store: { kind: 'sqlite' }, bus: { kind: 'local' } });
  });

  it('both together, for several processes', () => {
    expect(makeConfig({ store: STORE, bus: BUS })).toMatchObject({
      store: { kind: 'postgres', url: STORE, pool: 8 },
      bus: { kind: 'nats', servers: ['nats://u:hunter2@a.example:4222', 'nats://b.example'], prefix: 'archipel' },
    });
    const more = {
      store: 'postgresql:///archipel?host=/run/postgresql',
      storePool: 3,
      bus: 'tls://a',
      busPrefix: 'x.y-1',
    };
    expect(makeConfig(more)).toMatchObject({ store: { url: more.store, pool: 3 }, bus: { prefix: 'x.y-1' } });
  });

  it('one without the other is refused, with the reason', () => {
    expect(wrong({ store: STORE })).toMatch(
      /^The setting bus is missing: .* would not hear of changes\..*ARCHIPEL_BUS/,
    );
    expect(wrong({ bus: BUS })).toMatch(/^The setting store is missing: .* documents of its own\..*ARCHIPEL_STORE/);
  });

  it('what is wrong is named, and never what it was', () => {
    const sentences = {
      store: ['mysql://u:hunter2@a', 'hunter2', 'postgres://u:hunt#er2@a', 'file:///hunter2'].map((store) =>
        wrong({ store, bus: BUS }),
      ),
      bus: ['ws://u:hunter2@a', 'hunter2', 'nats://u:hunter2@a,hunter2', 'nats://u:hunt#er2@a'].map((bus) =>
        wrong({ store: STORE, bus }),
      ),
      storePool: [0, 1.5, 'many', 100_000].map((storePool) => wrong({ store: STORE, bus: BUS, storePool })),
      busPrefix: ['', 'a b', 'a.*', '.a', '>'].map((busPrefix) => wrong({ store: STORE, bus: BUS, busPrefix })),
    };
    for (const [name, all] of Object.entries(sentences)) {
      for (const sentence of all) expect(sentence).toMatch(new RegExp(`^The setting ${name} is not right: `));
    }
    const both = [wrong({ store: STORE }), wrong({ bus: BUS }), wrong({ store: 7, bus: BUS })];
    for (const sentence of [...Object.values(sentences).flat(), ...both]) expect(sentence).not.toMatch(/hunt/);
  });

  it('the environment goes before the file, and its empty words are the default', () => {
    const folder = folderWith(JSON.stringify({ store: STORE, bus: 'nats://other' }));
    setVariables({ ARCHIPEL_BUS: BUS });
    expect(readConfig(folder)).toMatchObject({ store: { kind: 'postgres' }, bus: { servers: { length: 2 } } });
    setVariables({ ARCHIPEL_STORE: '', ARCHIPEL_BUS: '' });
    expect(readConfig(folder)).toMatchObject({ store: { kind: 'sqlite' }, bus: { kind: 'local' } });
  });

  it('a file that is no JSON is not quoted', () => {
    for (const text of [
      '{ "store": hunter2 }',
      '{ "a": 1 "hunter2" }',
      'hunter2',
      '{ "store": "hunter2',
      '"hunter2" x',
    ]) {
      const sentence = sentenceOf(() => readConfig(folderWith(text)));
      expect(sentence).toMatch(/archipel\.json cannot be read: \S/);
      expect(sentence).not.toMatch(/hunt/);
    }
  });
});
