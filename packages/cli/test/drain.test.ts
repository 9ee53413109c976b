// The command against real hosts on this machine.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '@archipel/relay';
import { makeConfig, startServer } from '@archipel/relay';
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
  folder = mkdtempSync(join(tmpdir(), 'archipel-drain-'));
  process.env.ARCHIPEL_CONFIG = join(folder, 'archipel.json');
  writeSettings({});
});
afterEach(() => {
  process.env = { ...environment };
  rmSync(folder, { recursive: true, force: true });
});

function writeSettings(more: Settings): void {
  const settings = { host: '127.0.0.1', port, data: join(folder, 'data'), logLevel: 'silent', ...more };
  writeFileSync(join(folder, 'archipel.json'), JSON.stringify(settings));
}

async function startHost(): Promise<void> {
  const { settings, origin } = findSettings();
  const server = await startServer(makeConfig(settings, origin));
  onTestFinished(() => server.stop());
}

async function drain(...args: string[]): Promise<{ code: number; said: string; complained: string }> {
  const terminal = testTerminal();
  const code = await run(['drain', ...args], terminal);
  return { code, said: terminal.said.join('\n'), complained: terminal.complained.join('\n') };
}

describe('a host that leaves', () => {
  it('must run', async () => {
    const { code, complained } = await drain();
    expect(code).toBe(1);
    expect(complained).toContain('No host runs with these settings');
  });

  it('works with no other: nobody could keep its documents', async () => {
    await startHost();
    const { code, complained } = await drain();
    expect(code).toBe(1);
    expect(complained).toContain('works with no other');
  });

  it('says when all is on another host too, and that it stays after all', async () => {
    writeSettings({ network: { url: `http://127.0.0.1:${port}`, people: 10 } });
    await startHost();
    const drained = await drain();
    expect(drained).toMatchObject({ code: 0, complained: '' });
    expect(drained.said).toContain('Every document (0 documents) is on another host too. This host can be stopped.');
    expect(await drain('--stay')).toMatchObject({ code: 0, said: 'This host stays, and takes new documents again.' });
  });
});
