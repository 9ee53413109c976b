// What a host has no room for goes to one that it works with: from the terminal, with real hosts, each a process.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, makeKnownHosts } from '@archipel/relay/services';
import { expect, it, onTestFinished, vi } from 'vitest';
import { run } from '../src/commands.ts';
import { testTerminal } from './support/terminal.ts';

const LONG_MS = 120_000;

async function archipel(...args: string[]): Promise<{ code: number; said: string; complained: string }> {
  const terminal = testTerminal();
  const code = await run(args, terminal);
  return { code, said: terminal.said.join('\n'), complained: terminal.complained.join('\n') };
}

async function metrics(origin: string): Promise<string> {
  return (await fetch(`${origin}/metrics`)).text();
}

it(
  '[VOU-1] put sends it there with a voucher that the full host got, also where strangers are not welcome; get finds it by the link',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'archipel-overflow-'));
    vi.stubEnv('XDG_STATE_HOME', folder);
    vi.stubEnv('ARCHIPEL_CONFIG', join(folder, 'none.json'));
    const common = { host: '127.0.0.1', logLevel: 'silent' } as const;
    const plans = [
      { ...common, port: await freePort(), network: { people: 100, capacity: '1 kB of files' } },
      { ...common, port: await freePort(), network: { people: 100, welcome: ['peers'] } },
    ];
    const hosts = makeKnownHosts(plans.map((settings, i) => ({ folder: join(folder, `host-${i}`), settings })));
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      await Promise.all(hosts.map((host) => host.kill()));
      rmSync(folder, { recursive: true, force: true });
    });
    await Promise.all(hosts.map((host) => host.start()));
    const [full, roomy] = hosts.map(({ origin }) => origin) as [string, string];
    while (!(await metrics(full)).includes('archipel_peers_reached 1'))
      await new Promise((resolve) => setTimeout(resolve, 50));
    const path = join(folder, 'protokoll.txt');
    writeFileSync(path, 'sealed words '.repeat(4000));
    expect((await archipel('put', path, '--host', roomy)).code).toBe(1);
    const { code, said, complained } = await archipel('put', path, '--host', full);
    expect({ code, complained }).toEqual({ code: 0, complained: '' });
    expect(said).toContain(`${full} has no room for that just now; it sent the files to ${roomy}.`);
    expect(await metrics(full)).toContain('archipel_blobs 0\n');
    expect(await metrics(roomy)).toContain('archipel_blobs 1\n');
    const [view = '', own = ''] = said.match(/http\S+#1\S+/g) ?? [];
    // The link is of the front that was asked, and leads to the host that has it.
    expect(view.startsWith(`${full}/drop#`)).toBe(true);
    expect((await archipel('get', view, '--to', join(folder, 'to'))).code).toBe(0);
    expect(readFileSync(join(folder, 'to', 'protokoll.txt'))).toEqual(readFileSync(path));
    expect((await archipel('drop', own, '--delete')).code).toBe(0);
    expect(await metrics(roomy)).toContain('archipel_blobs 0\n');
    // What nobody has room for is refused, and says so.
    await hosts[1]?.kill();
    const refused = await archipel('put', path, '--host', full);
    expect(refused.code).toBe(1);
    expect(refused.complained).not.toBe('');
  },
  LONG_MS,
);
