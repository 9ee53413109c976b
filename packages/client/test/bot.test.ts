// The bot of docs/client.md, exactly as it stands there, as a process beside a real relay.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { testClient, until } from './support/clients.ts';
import { startRelay, temporaryFolder } from './support/relay.ts';

const DOCUMENTATION = new URL('../../../docs/client.md', import.meta.url);
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

function botOfDocumentation(): string {
  const code = /```ts bot\.ts\n([\s\S]*?)```/.exec(readFileSync(DOCUMENTATION, 'utf8'))?.[1];
  if (code === undefined) throw new Error('docs/client.md has no bot');
  return code;
}

it('the bot of the documentation answers, in twenty lines, and loses nothing when it is killed', async () => {
  const code = botOfDocumentation();
  expect(code.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(20);
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'bot'));
  symlinkSync(MODULES, join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'bot.ts'), code);

  const relay = await startRelay();
  const anna = await testClient().create({ relay: relay.url });
  await anna.flush();
  const lines = anna.ydoc.getArray<string>('lines');
  const start = () => {
    const link = `https://host/pad#${anna.links().edit}`;
    const args = [join(folder, 'bot.ts'), link, relay.url, join(folder, 'bot')];
    const bot = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => {
      bot.kill('SIGKILL');
    });
    return bot;
  };
  const first = start();
  lines.push(['Is anybody here?']);
  await until(
    () => lines.toArray(),
    (all) => all.includes('That was question 1.'),
  );
  first.kill('SIGKILL');
  await once(first, 'exit');

  lines.push(['And now?']);
  await anna.flush();
  const second = start();
  await until(
    () => lines.toArray(),
    (all) => all.includes('That was question 3.'),
  );
  second.kill('SIGTERM');
  const [code2] = await once(second, 'exit');
  expect(code2).toBe(0);
  expect(anna.reports).toEqual([]);
});
